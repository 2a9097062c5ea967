import { randomBytes } from 'node:crypto';
import { xmlAnswer } from '../answer.ts';
import { queryValue } from '../request.ts';
import { keyEncoding } from './listing.ts';
import { objectHeaders } from './object-headers.ts';
import { encryptionHeader } from './object-rules.ts';
import type { Operation } from './operation.ts';
import { assertMayOverwrite } from './operation.ts';

/** `POST /key?uploads`; the object's content type and metadata are fixed here (OSS docs, InitiateMultipartUpload). */
export const initiateMultipartUpload: Operation = async (context) => {
  const { request, bucket, key, store, now } = context;
  const encoding = keyEncoding(request);
  const headers = objectHeaders(request);
  assertMayOverwrite(context);
  const uploadId = randomBytes(16).toString('hex').toUpperCase();
  store.createUpload({
    uploadId,
    bucket,
    key,
    headers,
    initiated: now(),
    parts: new Map(),
    isSequential: queryValue(request, 'sequential') !== undefined,
  });
  await store.saved();
  return xmlAnswer(
    [
      'InitiateMultipartUploadResult',
      [
        ...encoding.elements,
        ['Bucket', bucket],
        ['Key', encoding.encode(key)],
        ['UploadId', uploadId],
      ],
    ],
    encryptionHeader(headers.kept),
  );
};
