import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Answer } from '../answer.ts';
import type { PlannedCallback } from '../callbacks/callbacks.ts';
import { invalidArgument, OssError } from '../errors.ts';
import { assertKey } from '../names.ts';
import { OBJECT_ACL, objectAcl } from '../operations/object-acl.ts';
import { objectHeaders } from '../operations/object-headers.ts';
import type { OperationContext } from '../operations/operation.ts';
import { assertMayReplace, requireBucket } from '../operations/operation.ts';
import { assertMd5, expectedDigest } from '../operations/receive-content.ts';
import { trafficLimit } from '../operations/traffic-limit.ts';
import { ANONYMOUS, type Requester } from '../rights/requester.ts';
import type { BlobWriter } from '../storage/blobs.ts';
import { DigestStream, etagOf } from '../storage/digests.ts';
import type { ObjectHeaders, ObjectRecord } from '../storage/records.ts';
import { formAnswer } from './form-answer.ts';
import {
  assertConditions,
  assertPolicyNotExpired,
  parsePolicy,
  type SizeRange,
  sizeRange,
} from './policy.ts';
import type { FormFields, FormFile, FormReceiver } from './read-form.ts';
import { readSignedPolicy } from './signed-policy.ts';

/** What is known of a form's object once its fields have been judged. */
interface Admission {
  /** The operation's context, with the form's key and the headers that its fields stand for. */
  readonly context: OperationContext;
  readonly fields: FormFields;
  readonly headers: ObjectHeaders;
  readonly callback: PlannedCallback;
}

/** The object that a form uploads: judged when the file begins, stored when the form has ended. */
export class FormUpload implements FormReceiver {
  readonly #context: OperationContext;
  readonly #bodyMd5 = createHash('md5');
  readonly #expectedMd5: Buffer | undefined;
  readonly #digests = new DigestStream();
  #writer: BlobWriter | undefined;
  #admission: Admission | undefined;
  #size = 0;

  constructor(context: OperationContext) {
    this.#context = context;
    this.#expectedMd5 = expectedDigest(context.request.headers['content-md5']);
  }

  onChunk(chunk: Buffer): void {
    if (this.#expectedMd5 !== undefined) this.#bodyMd5.update(chunk);
  }

  async onFile(fields: FormFields, file: FormFile): Promise<void> {
    const range = await this.#admit(fields, file);
    await this.#receive(file.stream, range);
  }

  /** Stores the object. Throws InvalidDigest, FileAlreadyExists and FileImmutable. */
  async finish(): Promise<Answer> {
    const { store, now } = this.#context;
    const admission = this.#admission;
    if (admission === undefined || this.#writer === undefined) throw new OssError('InternalError');
    // The header is about all that was sent, the file is only a part of it.
    assertMd5(this.#bodyMd5.digest(), this.#expectedMd5);
    const { md5, crc64 } = this.#digests.finish();
    // Judged again: much may have happened while the form came in.
    requireBucket(admission.context);
    assertMayReplace(admission.context);
    const bytes = await this.#writer.finish();
    const object: ObjectRecord = {
      bucket: admission.context.bucket,
      key: admission.context.key,
      headers: admission.headers,
      ...objectAcl(admission.fields.get(OBJECT_ACL)),
      type: 'Normal',
      pieces: [bytes],
      size: bytes.size,
      etag: etagOf(md5),
      crc64,
      lastModified: now(),
    };
    store.putObject(object);
    await store.saved();
    const answer = formAnswer(admission.context.request, object, md5, admission.fields);
    return await admission.callback(object, answer);
  }

  async discard(): Promise<void> {
    await this.#writer?.discard();
  }

  /** Judges the fields in the order in which the service's messages suggest that it does. */
  async #admit(fields: FormFields, file: FormFile): Promise<SizeRange | undefined> {
    const { request, rights, callbacks, bucket } = this.#context;
    const template = fields.get('key');
    if (template === undefined) throw missingKey();
    const { requester, range } = this.#authenticate(fields, file);
    const key = template.replaceAll('${filename}', () => file.name);
    assertKey(key);
    rights.assertMay(requester, 'PostObject', { bucket, key });
    const headers = formHeaders(fields, file, request.headers);
    const context = { ...this.#context, key, requester, request: { ...request, key, headers } };
    assertMayReplace(context);
    const rate = trafficLimit(context.request);
    if (rate !== undefined) context.body.slowDown(rate);
    this.#admission = {
      context,
      fields,
      headers: objectHeaders(context.request),
      callback: await callbacks.planForm(fields, context),
    };
    return range;
  }

  /** Who has signed the form, and how large its policy lets the file be. */
  #authenticate(
    fields: FormFields,
    file: FormFile,
  ): { requester: Requester; range: SizeRange | undefined } {
    const { authentication, bucket } = this.#context;
    const signed = readSignedPolicy(fields);
    if (signed === undefined) return { requester: ANONYMOUS, range: undefined };
    const policy = parsePolicy(signed.policy);
    assertPolicyNotExpired(policy, authentication.now());
    const requester = signed.verify(authentication);
    const contentType: [string, string] = ['content-type', file.contentType];
    assertConditions(policy, new Map([contentType, ...fields, ['bucket', bucket]]));
    return { requester, range: sizeRange(policy) };
  }

  async #receive(stream: Readable, range: SizeRange | undefined): Promise<void> {
    const { store, limits } = this.#context;
    const most = Math.min(limits.maxBodySize, range?.most ?? limits.maxBodySize);
    const writer = store.createBlob();
    this.#writer = writer;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      this.#size += chunk.length;
      if (this.#size > most) throw tooLarge(this.#size, most);
      this.#digests.update(chunk);
      await writer.write(chunk);
    }
    const least = range?.least ?? 0;
    if (this.#size < least) throw tooSmall(this.#size, least);
  }
}

/**
 * The request headers that the fields stand for, for those who read headers. The field `x-oss-content-type` goes
 * before the file's own type, and that before the field `Content-Type` (OSS docs, PostObject).
 */
function formHeaders(
  fields: FormFields,
  file: FormFile,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const tagging = fields.get('x-oss-tagging');
  if (tagging !== undefined)
    throw invalidArgument('x-oss-tagging', tagging, 'A form cannot set tags.');
  const headers: Record<string, string> = { host: own['host'] ?? '' };
  // Header values are bytes as Latin-1 characters everywhere else.
  for (const [name, value] of fields) headers[name] = Buffer.from(value).toString('latin1');
  // A file without a type comes as text/plain from the form's parser.
  const isTyped = file.contentType !== 'text/plain' || headers['content-type'] === undefined;
  const contentType = fields.get('x-oss-content-type') ?? (isTyped ? file.contentType : undefined);
  if (contentType !== undefined) headers['content-type'] = contentType;
  return headers;
}

function missingKey(): OssError {
  const message =
    "The bucket POST must contain the specified 'key'. If it is specified, please check the order of the fields";
  return invalidArgument('key', '', message);
}

function tooLarge(size: number, most: number): OssError {
  return new OssError('EntityTooLarge', {
    extras: [
      ['ProposedSize', size],
      ['MaxSizeAllowed', most],
    ],
  });
}

function tooSmall(size: number, least: number): OssError {
  return new OssError('EntityTooSmall', {
    ec: '0006-00000004',
    extras: [
      ['ProposedSize', size],
      ['MinSizeAllowed', least],
    ],
  });
}
