import { OssError } from '../errors.ts';
import type { OssRequest } from '../request.ts';
import { etagOf } from '../storage/digests.ts';
import type { ObjectRecord } from '../storage/records.ts';
import { OBJECT_ACL, objectAcl } from './object-acl.ts';
import { objectHeaders } from './object-headers.ts';
import { encryptionHeader } from './object-rules.ts';
import type { Operation } from './operation.ts';
import { assertMayReplace } from './operation.ts';
import { digestHeaders, receiveContent } from './receive-content.ts';

/** `PUT /key` (OSS docs, PutObject). */
export const putObject: Operation = async (context) => {
  const { request, bucket, key, store, callbacks, now } = context;
  assertSupportedHeaders(request);
  const acl = objectAcl(request.headers[OBJECT_ACL]);
  const headers = objectHeaders(request);
  assertMayReplace(context);
  const callback = await callbacks.planRequest('PutObject', context);
  const content = await receiveContent(context);
  try {
    // Judged again: much may have happened while the body came in.
    assertMayReplace(context);
  } catch (error) {
    store.removeBytes(content.bytes);
    throw error;
  }
  const etag = etagOf(content.md5);
  const object: ObjectRecord = {
    bucket,
    key,
    headers,
    ...acl,
    type: 'Normal',
    pieces: [content.bytes],
    size: content.bytes.size,
    etag,
    crc64: content.crc64,
    lastModified: now(),
  };
  store.putObject(object);
  await store.saved();
  return await callback(object, {
    status: 200,
    headers: {
      ETag: `"${etag}"`,
      ...encryptionHeader(headers.kept),
      ...digestHeaders(content, content.md5),
    },
  });
};

const UNSUPPORTED = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'];

/** OSS Errors and Troubleshooting 2019-08-16, §1: NotImplemented, with the header's name. */
function assertSupportedHeaders(request: OssRequest): void {
  const header = UNSUPPORTED.find((name) => name in request.headers);
  if (header !== undefined) throw new OssError('NotImplemented', { extras: [['Header', header]] });
}
