import { invalidArgument, OssError } from '../errors.ts';
import type { OssRequest } from '../request.ts';
import { queryValue } from '../request.ts';
import { etagOf } from '../storage/digests.ts';
import type { Operation } from './operation.ts';
import { requireUpload } from './operation.ts';
import { digestHeaders, receiveContent } from './receive-content.ts';

const NO_SUCH_UPLOAD_EC = '0017-00000244';

/** `PUT /key?partNumber=N&uploadId=ID`; a part's size is judged only at CompleteMultipartUpload (OSS docs, UploadPart). */
export const uploadPart: Operation = async (context) => {
  const { request, store, now } = context;
  const partNumber = requirePartNumber(request);
  if ('x-oss-copy-source' in request.headers)
    throw new OssError('NotImplemented', { extras: [['Header', 'x-oss-copy-source']] });
  requireUpload(context, NO_SUCH_UPLOAD_EC);
  const content = await receiveContent(context);
  const etag = etagOf(content.md5);
  try {
    // Looked up again: the upload may have been aborted or completed while the body came in.
    const upload = requireUpload(context, NO_SUCH_UPLOAD_EC);
    const { bytes, crc64 } = content;
    store.putPart(upload, { partNumber, bytes, etag, crc64, lastModified: now() });
  } catch (error) {
    store.removeBytes(content.bytes);
    throw error;
  }
  await store.saved();
  return { status: 200, headers: { ETag: `"${etag}"`, ...digestHeaders(content, content.md5) } };
};

function requirePartNumber(request: OssRequest): number {
  for (const name of ['partNumber', 'uploadId'])
    if ((queryValue(request, name) ?? '') === '')
      throw invalidArgument(
        'ResourceType',
        name,
        'Unexpected query string parameter',
        '0017-00000219',
      );
  const text = queryValue(request, 'partNumber') ?? '';
  const partNumber = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (partNumber >= 1 && partNumber <= 10_000) return partNumber;
  const message = 'Part number must be an integer between 1 and 10000, inclusive.';
  throw invalidArgument('PartNumber', text, message, '0017-00000220');
}
