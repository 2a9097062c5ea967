import { xmlAnswer } from '../answer.ts';
import { isoTime } from '../iso-time.ts';
import { queryValue } from '../request.ts';
import type { UploadRecord } from '../storage/records.ts';
import type { XmlElement } from '../xml.ts';
import type { KeyEncoding } from './listing.ts';
import { compareBytes, foldedPrefix, integerParameter, keyEncoding } from './listing.ts';
import type { Operation } from './operation.ts';

/** An upload, or the common prefix of several, in its place in the list. */
type Row =
  | { readonly key: string; readonly uploadId: string; readonly upload: UploadRecord }
  | { readonly key: string; readonly uploadId: ''; readonly upload: undefined };

/** `GET /?uploads`, by key, then upload id (OSS docs, ListMultipartUploads). */
export const listMultipartUploads: Operation = ({ request, bucket, store }) => {
  const encoding = keyEncoding(request);
  const most = integerParameter(request, 'max-uploads', { least: 1, most: 1000, otherwise: 1000 });
  const prefix = queryValue(request, 'prefix') ?? '';
  const delimiter = queryValue(request, 'delimiter') ?? '';
  const keyMarker = queryValue(request, 'key-marker') ?? '';
  // OSS ignores an upload-id-marker that comes alone.
  const idMarker = keyMarker === '' ? '' : (queryValue(request, 'upload-id-marker') ?? '');
  const uploads = store
    .uploads()
    .filter((upload) => upload.bucket === bucket && upload.key.startsWith(prefix));
  const rest = foldPrefixes(uploads, prefix, delimiter).filter(
    (row) =>
      compareBytes(row.key, keyMarker) > 0 ||
      (row.key === keyMarker && idMarker !== '' && compareBytes(row.uploadId, idMarker) > 0),
  );
  const page = rest.slice(0, most);
  const last = page.at(-1);
  const isTruncated = rest.length > page.length;
  const answer = xmlAnswer([
    'ListMultipartUploadsResult',
    [
      ...encoding.elements,
      ['Bucket', bucket],
      ['KeyMarker', encoding.encode(keyMarker)],
      ['UploadIdMarker', idMarker],
      ['NextKeyMarker', isTruncated ? encoding.encode(last?.key ?? '') : ''],
      ['NextUploadIdMarker', isTruncated ? (last?.uploadId ?? '') : ''],
      ['Delimiter', encoding.encode(delimiter)],
      ['Prefix', encoding.encode(prefix)],
      ['MaxUploads', most],
      ['IsTruncated', isTruncated],
      ...page.map((row) => rowElement(row, encoding)),
    ],
  ]);
  return Promise.resolve(answer);
};

function foldPrefixes(uploads: readonly UploadRecord[], prefix: string, delimiter: string): Row[] {
  const rows = new Map<string, Row>();
  for (const upload of uploads) {
    const { key, uploadId } = upload;
    const commonPrefix = foldedPrefix(key, prefix, delimiter);
    if (commonPrefix === undefined) rows.set(`upload ${uploadId}`, { key, uploadId, upload });
    else rows.set(`prefix ${commonPrefix}`, { key: commonPrefix, uploadId: '', upload: undefined });
  }
  return [...rows.values()].toSorted(
    (a, b) => compareBytes(a.key, b.key) || compareBytes(a.uploadId, b.uploadId),
  );
}

function rowElement({ key, upload }: Row, encoding: KeyEncoding): XmlElement {
  if (upload === undefined) return ['CommonPrefixes', [['Prefix', encoding.encode(key)]]];
  return [
    'Upload',
    [
      ['Key', encoding.encode(key)],
      ['UploadId', upload.uploadId],
      ['Initiated', isoTime(upload.initiated)],
    ],
  ];
}
