import { createHash } from 'node:crypto';
import { xmlAnswer } from '../answer.ts';
import { joinCrc64 } from '../crc64.ts';
import { invalidArgument, OssError } from '../errors.ts';
import type { ObjectRecord, PartRecord, UploadRecord } from '../storage/records.ts';
import { keyEncoding } from './listing.ts';
import { locationOf } from './location.ts';
import { OBJECT_ACL, objectAcl } from './object-acl.ts';
import { encryptionHeader } from './object-rules.ts';
import type { Operation, OperationContext } from './operation.ts';
import { assertMayReplace, requireUpload } from './operation.ts';
import { assertSizes, parsePartList, selectParts } from './part-list.ts';
import { receiveDocument } from './receive-content.ts';

/** 10,000 parts written with every optional blank stay under 2 MiB. */
const MAX_LIST_SIZE = 4 * 1024 ** 2;

/**
 * `POST /key?uploadId=ID` (OSS docs, CompleteMultipartUpload). From the moment the list has been read nothing waits
 * for the client any more, so that the upload is completed even if it has left.
 */
export const completeMultipartUpload: Operation = async (context) => {
  const { request, bucket, key, store, callbacks, now } = context;
  const encoding = keyEncoding(request);
  const acl = objectAcl(request.headers[OBJECT_ACL]);
  const callback = await callbacks.planRequest('CompleteMultipartUpload', context);
  const list = await receiveDocument(context, MAX_LIST_SIZE);
  const upload = requireUpload(context);
  const parts = chooseParts(context, upload, list);
  assertMayReplace(context);
  const etag = multipartEtag(parts);
  const runs = parts.map(({ crc64, bytes }) => ({ crc64, size: bytes.size }));
  const crc64 = joinCrc64(runs);
  const object: ObjectRecord = {
    bucket,
    key,
    headers: upload.headers,
    ...acl,
    type: 'Multipart',
    pieces: parts.map(({ bytes }) => bytes),
    size: runs.reduce((sum, { size }) => sum + size, 0),
    etag,
    crc64,
    lastModified: now(),
  };
  store.completeUpload(upload, object);
  await store.saved();
  const answer = xmlAnswer(
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
    {
      ETag: `"${etag}"`,
      ...encryptionHeader(upload.headers.kept),
      'x-oss-hash-crc64ecma': crc64.toString(),
    },
  );
  return await callback(object, answer);
};

function chooseParts(
  { request, missingPartCode }: OperationContext,
  upload: UploadRecord,
  list: string | undefined,
): PartRecord[] {
  if (list === undefined) throw new OssError('MalformedXML');
  const all = request.headers['x-oss-complete-all'];
  if (all === undefined) return selectParts(upload, parsePartList(list), missingPartCode);
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
