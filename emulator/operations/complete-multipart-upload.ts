import { createHash } from 'node:crypto';
import { xmlAnswer } from '../answer.ts';
import { joinCrc64 } from '../crc64.ts';
import { invalidArgument, OssError } from '../errors.ts';
import { percentEncode } from '../names.ts';
import type { OssRequest } from '../request.ts';
import type { PartRecord, UploadRecord } from '../storage/records.ts';
import { keyEncoding } from './listing.ts';
import type { Operation, OperationContext } from './operation.ts';
import { assertMayOverwrite, requireUpload } from './operation.ts';
import { assertSizes, parsePartList, selectParts } from './part-list.ts';
import { receiveDocument } from './receive-content.ts';

/** 10,000 parts written with every optional blank stay under 2 MiB. */
const MAX_LIST_SIZE = 4 * 1024 ** 2;

/**
 * `POST /key?uploadId=ID` (OSS docs, CompleteMultipartUpload). From the moment the list has been read nothing waits
 * for the client any more, so that the upload is completed even if it has left.
 */
export const completeMultipartUpload: Operation = async (context) => {
  const { request, bucket, key, store, now } = context;
  const encoding = keyEncoding(request);
  const list = await receiveDocument(context, MAX_LIST_SIZE);
  const upload = requireUpload(context);
  const parts = chooseParts(context, upload, list);
  assertMayOverwrite(context);
  const etag = multipartEtag(parts);
  const runs = parts.map(({ crc64, bytes }) => ({ crc64, size: bytes.size }));
  const crc64 = joinCrc64(runs);
  store.completeUpload(upload, {
    bucket,
    key,
    headers: upload.headers,
    type: 'Multipart',
    pieces: parts.map(({ bytes }) => bytes),
    size: runs.reduce((sum, { size }) => sum + size, 0),
    etag,
    crc64,
    lastModified: now(),
  });
  await store.saved();
  return xmlAnswer(
    [
      'CompleteMultipartUploadResult',
      [
        ...encoding.elements,
        ['Location', locationOf(request, bucket, key)],
        ['Bucket', bucket],
        ['Key', encoding.encode(key)],
        ['ETag', `"${etag}"`],
      ],
    ],
    { ETag: `"${etag}"`, 'x-oss-hash-crc64ecma': crc64.toString() },
  );
};

function chooseParts(
  { request }: OperationContext,
  upload: UploadRecord,
  list: string | undefined,
): PartRecord[] {
  if (list === undefined) throw new OssError('MalformedXML');
  const all = request.headers['x-oss-complete-all'];
  if (all === undefined) return selectParts(upload, parsePartList(list));
  if (list !== '') {
    const message = 'Should not speficy both complete all header and http body.';
    throw invalidArgument('x-oss-complete-all', all, message, '0042-00000216');
  }
  const parts = [...upload.parts.values()].toSorted((a, b) => a.partNumber - b.partNumber);
  if (parts.length === 0) throw new OssError('MalformedXML');
  assertSizes(parts);
  return parts;
}

/**
 * MD5 over the parts' upper-case hex ETags, and their number. Not documented: it reproduces the documentation's own
 * samples (OSS docs, CompleteMultipartUpload).
 */
export function multipartEtag(parts: readonly { readonly etag: string }[]): string {
  const hash = createHash('md5');
  for (const { etag } of parts) hash.update(etag);
  return `${hash.digest('hex').toUpperCase()}-${parts.length}`;
}

function locationOf(request: OssRequest, bucket: string, key: string): string {
  const path = percentEncode(key).replaceAll('%2F', '/');
  return request.isVirtualHosted
    ? `http://${request.host}/${path}`
    : `http://${request.host}/${bucket}/${path}`;
}
