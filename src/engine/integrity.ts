import { type Operation, UploadError } from '../errors.ts';
import { combineCrc64 } from '../oss/crc64-combine.ts';
import { contentMd5, isMd5, isSameEtag, multipartEtagText } from '../oss/multipart-etag.ts';
import type { StoredPart } from '../oss/operations.ts';
import { describe } from '../oss/service-error.ts';
import type { ByteRange, ConfirmedPart, Digests, ExpectedObject, HashAlgorithm } from '../ports.ts';
import type { UploadContext } from './context.ts';

/** A body ready to be sent: what is known of its bytes, what goes with it, what is still to be made of them. */
export interface PreparedBody {
  readonly body: ByteRange;
  readonly headers: Readonly<Record<string, string>>;
  readonly digests: Digests;
}

/**
 * Reads what has to be known of a body before it is sent: its MD5, where OSS is to refuse damage. All else is made of the
 * bytes while they are sent.
 */
export async function prepareBody(
  context: UploadContext,
  range: ByteRange,
  signal: AbortSignal,
): Promise<PreparedBody> {
  const { integrity, hasher } = context.shared;
  if (integrity === 'none') return { body: range, headers: {}, digests: {} };
  if (integrity === 'md5') {
    const digests = await hasher.digest(range, ['md5', 'crc64'], signal);
    return { body: range, headers: md5Header(digests), digests };
  }
  // Where nobody tells the ETags of parts they have to be made: they are the MD5 of the bytes.
  const mustMakeEtags = context.hasHiddenEtags && context.refusals.has('list-refused');
  const hash: readonly HashAlgorithm[] = mustMakeEtags ? ['crc64', 'md5'] : ['crc64'];
  return { body: { ...range, hash }, headers: {}, digests: {} };
}

/** The header by which OSS refuses a damaged body. */
export function md5Header({ md5 }: Digests): Record<string, string> {
  return md5 === undefined ? {} : { 'content-md5': contentMd5(md5) };
}

/**
 * Compares what the server says of the bytes with what they were.
 *
 * @throws UploadError with the code `BytesDiffer`: to be sent again.
 */
export function assertSame(
  digests: Digests,
  stored: Pick<StoredPart, 'crc64' | 'etag'>,
  operation: Operation,
  partNumber?: number,
): void {
  if (compare(digests, stored) !== false) return;
  throw new UploadError(
    'protocol',
    `${describe(operation, partNumber)} was stored with other bytes than were sent.`,
    {
      operation,
      partNumber,
      code: 'BytesDiffer',
      advice:
        'Something on the way damages data: a proxy, a virus scanner, faulty memory. Try another network or machine.',
    },
  );
}

/** Whether these are the same bytes; nothing where that cannot be told. An ETag that is no MD5 tells nothing. */
export function compare(
  { crc64, md5 }: Digests,
  stored: Pick<Partial<StoredPart>, 'crc64' | 'etag'>,
): boolean | undefined {
  if (crc64 !== undefined && stored.crc64 !== undefined) return crc64 === stored.crc64;
  if (md5 === undefined || stored.etag === undefined || !isMd5(stored.etag)) return undefined;
  return isSameEtag(md5, stored.etag);
}

/** Whether the file, as it is now, comes to this checksum. Without checksums its samples and its date have to do. */
export async function isOfBytes(
  { shared, file, control }: UploadContext,
  crc64: string | undefined,
): Promise<boolean> {
  if (shared.integrity === 'none') return true;
  const whole = { source: file, offset: 0, size: file.size };
  const digests = await shared.hasher.digest(whole, ['crc64'], control.signal);
  return digests.crc64 === crc64;
}

/** The error of an object that is not there although an answer said so. */
export function missingObject(operation: Operation): UploadError {
  return new UploadError('protocol', 'The object is not there, although it was said to be.', {
    operation,
    advice:
      'Something else may have answered in place of OSS: a proxy, a gateway, a service worker.',
  });
}

/** What the object must come to when it is put together of these parts, ascending. */
export async function expectObject(
  context: UploadContext,
  parts: readonly ConfirmedPart[],
): Promise<Pick<ExpectedObject, 'etag' | 'crc64'>> {
  const hashed = parts.flatMap(({ crc64, size }) => (crc64 === undefined ? [] : [{ crc64, size }]));
  return {
    etag: await etagOf(context, parts),
    crc64: hashed.length === parts.length ? combineCrc64(hashed) : undefined,
  };
}

/** Empty where it cannot be told. */
async function etagOf(
  { shared, control }: UploadContext,
  parts: readonly ConfirmedPart[],
): Promise<string> {
  const text = multipartEtagText(parts.map(({ etag }) => etag));
  if (text === undefined) return '';
  const source = new Blob([text]);
  const range = { source, offset: 0, size: source.size };
  const { md5 } = await shared.hasher.digest(range, ['md5'], control.signal);
  shared.releaseFile(source);
  return md5 === undefined ? '' : `${md5}-${parts.length}`;
}
