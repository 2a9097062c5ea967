import { isRecord } from '../oss/is-record.ts';
import { MAX_PART_SIZE, MIN_PART_SIZE } from '../oss/limits.ts';
import { checkKey, quote } from '../oss/names.ts';
import type { RequestToSign } from '../oss/signing-request.ts';
import type { SignatureVersion } from './signing-options.ts';
import { SigningRefusal } from './signing-refusal.ts';
import { isKeyForV1, unfitForV1 } from './text-v1.ts';
import { recognise, type UploadOperation } from './upload-operations.ts';

/** A request that the signer found good, with the operation that it is. */
export type UploadRequest = RequestToSign & { readonly operation: UploadOperation };

/** What the signer lets through; sizes in bytes. */
export interface UploadRequestLimits {
  readonly version: SignatureVersion;
  readonly buckets: ReadonlySet<string>;
  readonly keyPrefix: string;
  readonly fileSize: number;
  readonly partSize: number;
  /** Seconds. */
  readonly expiresIn: number;
  readonly permittedHeaders: ReadonlySet<string>;
}

/** A list of 10,000 parts has some 1.1 MB. */
const MAX_PART_LIST = 2 * 1024 ** 2;

/**
 * A request of a page, found good in form and within the limits.
 *
 * @param index where it stood in its call; the refusal tells.
 * @throws SigningRefusal
 */
export function checkUploadRequest(
  value: unknown,
  limits: UploadRequestLimits,
  index?: number,
): UploadRequest {
  try {
    return check(readRequest(value), limits);
  } catch (error) {
    if (!(error instanceof SigningRefusal)) throw error;
    throw new SigningRefusal(error.code, error.message, index);
  }
}

function check(request: RequestToSign, limits: UploadRequestLimits): UploadRequest {
  if (!limits.buckets.has(request.bucket)) {
    throw new SigningRefusal(
      'BucketNotAllowed',
      `Nothing is signed for the bucket ${quote(request.bucket)}.`,
    );
  }
  checkKeyOf(request);
  if (!request.key.startsWith(limits.keyPrefix)) {
    throw new SigningRefusal(
      'KeyNotAllowed',
      `Nothing is signed for the key ${quote(request.key)}.`,
    );
  }
  const operation = recognise(request, limits.permittedHeaders);
  if (limits.version === 1) checkForV1(request);
  checkSizes(operation, request, limits);
  if (request.expiresIn > limits.expiresIn) {
    throw new SigningRefusal(
      'ExpiresInTooLong',
      `Signatures hold for ${limits.expiresIn} s at most; ${request.expiresIn} s were asked for.`,
    );
  }
  return { ...request, operation };
}

function readRequest(value: unknown): RequestToSign {
  if (!isRecord(value)) throw invalid('a request', 'an object', value);
  const { method, bucket, key, query, headers, size, fileSize, expiresIn } = value;
  // Uploaders tell it; what else calls may not.
  const endpoint = value['endpoint'] === undefined ? {} : { endpoint: value['endpoint'] };
  for (const [name, text] of Object.entries({ method, bucket, key, ...endpoint })) {
    if (typeof text !== 'string') throw invalid(`\`${name}\``, 'a text', text);
  }
  for (const [name, texts] of Object.entries({ query, headers })) {
    if (!isRecord(texts) || Object.values(texts).some((text) => typeof text !== 'string'))
      throw invalid(`\`${name}\``, 'text by name', texts);
  }
  for (const [name, number] of Object.entries({ size, fileSize, expiresIn })) {
    const isCount = Number.isSafeInteger(number) && Number(number) >= 0;
    if (!isCount) throw invalid(`\`${name}\``, 'a whole number from 0', number);
  }
  if (expiresIn === 0) throw invalid('`expiresIn`', 'at least 1', expiresIn);
  const numbers = { size, fileSize, expiresIn };
  return { method, bucket, ...endpoint, key, query, headers, ...numbers } as RequestToSign;
}

function checkKeyOf({ key }: RequestToSign): void {
  try {
    checkKey(key);
  } catch (error) {
    throw new SigningRefusal('InvalidKey', error instanceof Error ? error.message : 'Bad key.');
  }
}

function checkForV1({ key, query }: RequestToSign): void {
  if (!isKeyForV1(key)) {
    throw new SigningRefusal(
      'InvalidKey',
      `V1 signs key and query as one text: no key may have "?" in it; got ${quote(key)}.`,
    );
  }
  const unfit = unfitForV1(query);
  if (unfit === undefined) return;
  throw new SigningRefusal(
    'InvalidQuery',
    `V1 signs the query as one text: ${quote(unfit)} may have no "&" or "?" in it.`,
  );
}

function checkSizes(
  operation: UploadOperation,
  { size, fileSize, query }: RequestToSign,
  limits: UploadRequestLimits,
): void {
  if (fileSize > limits.fileSize) {
    throw new SigningRefusal(
      'FileTooLarge',
      `Files have ${limits.fileSize} bytes at most; this one has ${fileSize}.`,
    );
  }
  if (operation === 'PutObject' && size > MAX_PART_SIZE) throw tooLarge(size, MAX_PART_SIZE);
  if (operation === 'UploadPart') {
    if (size > limits.partSize) throw tooLarge(size, limits.partSize);
    // All parts before it hold 100 KiB or more, whoever cut the file.
    const before = (Number(query['partNumber']) - 1) * MIN_PART_SIZE;
    if (before + size <= fileSize) return;
    throw new SigningRefusal(
      'InvalidSize',
      `A file of ${fileSize} bytes has no part ${query['partNumber']} of ${size} bytes.`,
    );
  }
  if (isRightSize(operation, size, fileSize)) return;
  throw new SigningRefusal('InvalidSize', `${operation} is not signed with ${size} bytes.`);
}

function isRightSize(operation: UploadOperation, size: number, fileSize: number): boolean {
  if (operation === 'PutObject') return size === fileSize;
  if (operation === 'CompleteMultipartUpload') return size <= MAX_PART_LIST;
  return size === 0;
}

function tooLarge(size: number, most: number): SigningRefusal {
  return new SigningRefusal(
    'PartTooLarge',
    `One request brings ${most} bytes at most; this one has ${size}.`,
  );
}

function invalid(what: string, expected: string, got: unknown): SigningRefusal {
  return new SigningRefusal(
    'InvalidRequest',
    `Expected ${what} to be ${expected}; got ${quote(got)}.`,
  );
}
