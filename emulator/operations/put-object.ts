import { OssError } from '../errors.ts';
import type { OssRequest } from '../request.ts';
import { etagOf } from '../storage/digests.ts';
import { objectHeaders } from './object-headers.ts';
import type { Operation } from './operation.ts';
import { assertMayOverwrite } from './operation.ts';
import { digestHeaders, receiveContent } from './receive-content.ts';

/** `PUT /key` (OSS docs, PutObject). */
export const putObject: Operation = async (context) => {
  const { request, bucket, key, store, now } = context;
  assertSupportedHeaders(request);
  assertMayOverwrite(context);
  const content = await receiveContent(context);
  try {
    assertMayOverwrite(context);
  } catch (error) {
    store.removeBytes(content.bytes);
    throw error;
  }
  const etag = etagOf(content.md5);
  store.putObject({
    bucket,
    key,
    headers: objectHeaders(request),
    type: 'Normal',
    pieces: [content.bytes],
    size: content.bytes.size,
    etag,
    crc64: content.crc64,
    lastModified: now(),
  });
  await store.saved();
  return { status: 200, headers: { ETag: `"${etag}"`, ...digestHeaders(content, content.md5) } };
};

const UNSUPPORTED = [
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
  'x-oss-copy-source',
];

/** OSS Errors and Troubleshooting 2019-08-16, §1: NotImplemented, with the header's name. */
function assertSupportedHeaders(request: OssRequest): void {
  const header = UNSUPPORTED.find((name) => name in request.headers);
  if (header !== undefined) throw new OssError('NotImplemented', { extras: [['Header', header]] });
}
