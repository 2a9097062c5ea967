import { xmlAnswer } from '../answer.ts';
import { isoTime } from '../iso-time.ts';
import { queryValue } from '../request.ts';
import { integerParameter, keyEncoding } from './listing.ts';
import type { Operation } from './operation.ts';
import { requireUpload } from './operation.ts';

/** `GET /key?uploadId=ID`, ascending by number (OSS docs, ListParts). */
export const listParts: Operation = (context) => {
  const { request, bucket, key, pageLimit } = context;
  const encoding = keyEncoding(request);
  const most = integerParameter(request, 'max-parts', { least: 1, most: 1000, otherwise: 1000 });
  const bounds = { least: 0, most: Number.MAX_SAFE_INTEGER, otherwise: 0 };
  const marker = integerParameter(request, 'part-number-marker', bounds);
  const upload = requireUpload(context);
  const rest = [...upload.parts.values()]
    .filter(({ partNumber }) => partNumber > marker)
    .toSorted((a, b) => a.partNumber - b.partNumber);
  const page = rest.slice(0, Math.min(most, pageLimit ?? most));
  const answer = xmlAnswer([
    'ListPartsResult',
    [
      ...encoding.elements,
      ['Bucket', bucket],
      ['Key', encoding.encode(key)],
      ['UploadId', queryValue(request, 'uploadId') ?? ''],
      ['StorageClass', 'Standard'],
      ['PartNumberMarker', marker],
      ['NextPartNumberMarker', page.at(-1)?.partNumber ?? 0],
      ['MaxParts', most],
      ['IsTruncated', rest.length > page.length],
      ...page.map(
        (part) =>
          [
            'Part',
            [
              ['PartNumber', part.partNumber],
              ['LastModified', isoTime(part.lastModified)],
              ['ETag', `"${part.etag}"`],
              ['HashCrc64ecma', part.crc64.toString()],
              ['Size', part.bytes.size],
            ],
          ] as const,
      ),
    ],
  ]);
  return Promise.resolve(answer);
};
