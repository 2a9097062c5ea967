import { createHash } from 'node:crypto';
import { combineCrc64 } from '../crc64.ts';
import { invalidArgument, OssError } from '../errors.ts';
import type { OssRequest } from '../request.ts';
import { queryValue } from '../request.ts';
import { etagOf } from '../storage/digests.ts';
import type { ObjectRecord } from '../storage/records.ts';
import { OBJECT_ACL, objectAcl } from './object-acl.ts';
import { appendHeaders, objectHeaders } from './object-headers.ts';
import { encryptionHeader } from './object-rules.ts';
import type { Operation, OperationContext } from './operation.ts';
import { assertMutable, requireBucket } from './operation.ts';
import type { ReceivedContent } from './receive-content.ts';
import { digestHeaders, receiveContent } from './receive-content.ts';

/** `POST /key?append&position=N`: the first one makes the object, and fixes its metadata but not its ACL (OSS docs, AppendObject). */
export const appendObject: Operation = async (context) => {
  const { request, store, body, limits } = context;
  const position = requirePosition(request);
  const acl = objectAcl(request.headers[OBJECT_ACL]);
  const headers = objectHeaders(request);
  requireAppendable(context, position);
  assertMutable(context);
  if (position + (body.length ?? 0) > limits.maxBodySize) throw new OssError('EntityTooLarge');
  const content = await receiveContent(context);
  let object: ObjectRecord;
  try {
    // Looked up again: somebody else may have appended while the body came in.
    requireBucket(context);
    const earlier = requireAppendable(context, position);
    object = appended(context, { ...(earlier ?? { headers }), ...acl }, content);
  } catch (error) {
    store.removeBytes(content.bytes);
    throw error;
  }
  store.putObject(object);
  await store.saved();
  return {
    status: 200,
    headers: {
      ETag: `"${object.etag}"`,
      ...appendHeaders(object),
      ...encryptionHeader(object.headers.kept),
      ...digestHeaders(object, content.md5),
    },
  };
};

type Beginning = Pick<ObjectRecord, 'headers' | 'acl'> & Partial<ObjectRecord>;

function appended(
  { bucket, key, now }: OperationContext,
  { pieces = [], size = 0, etag = '', crc64 = 0n, ...rest }: Beginning,
  content: ReceivedContent,
): ObjectRecord {
  const { bytes, md5 } = content;
  return {
    ...rest,
    bucket,
    key,
    type: 'Appendable',
    lastModified: now(),
    pieces: [...pieces, bytes],
    size: size + bytes.size,
    // Unlike a simple object's, not the MD5 of the content.
    etag: createHash('md5')
      .update(`${etag}${etagOf(md5)}`)
      .digest('hex')
      .toUpperCase(),
    crc64: combineCrc64(crc64, content.crc64, bytes.size),
  };
}

/** The object to append to, undefined when it is still to be made. Throws ObjectNotAppendable, PositionNotEqualToLength. */
function requireAppendable(
  { store, bucket, key }: OperationContext,
  position: number,
): ObjectRecord | undefined {
  const object = store.object(bucket, key);
  if (object !== undefined && object.type !== 'Appendable')
    throw new OssError('ObjectNotAppendable');
  const size = object?.size ?? 0;
  if (position === size) return object;
  throw new OssError('PositionNotEqualToLength', {
    headers: {
      'x-oss-next-append-position': String(size),
      'x-oss-hash-crc64ecma': (object?.crc64 ?? 0n).toString(),
    },
  });
}

function requirePosition(request: OssRequest): number {
  const text = queryValue(request, 'position');
  if (text === undefined)
    throw new OssError('MissingArgument', { extras: [['ArgumentName', 'position']] });
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw invalidArgument('position', text, 'The append position must be a non-negative integer.');
}
