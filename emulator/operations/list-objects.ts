import { xmlAnswer } from '../answer.ts';
import { invalidArgument } from '../errors.ts';
import { isoTime } from '../iso-time.ts';
import type { OssRequest } from '../request.ts';
import { queryValue } from '../request.ts';
import type { ObjectRecord } from '../storage/records.ts';
import type { XmlElement } from '../xml.ts';
import type { KeyEncoding } from './listing.ts';
import { compareBytes, foldedPrefix, integerParameter, keyEncoding } from './listing.ts';
import type { Operation, OperationContext } from './operation.ts';
import { ownerElement } from './owner.ts';

/** `GET /` (OSS docs, GetBucket (ListObjects)). */
export const listObjects: Operation = (context) => {
  const { request, bucket } = context;
  const encoding = keyEncoding(request);
  const marker = queryValue(request, 'marker') ?? '';
  const page = pageOf(context, marker);
  const answer = xmlAnswer([
    'ListBucketResult',
    [
      ...encoding.elements,
      ['Name', bucket],
      ['Prefix', encoding.encode(page.prefix)],
      ['Marker', encoding.encode(marker)],
      ['MaxKeys', page.most],
      ['Delimiter', encoding.encode(page.delimiter)],
      ['IsTruncated', page.next !== undefined],
      ...optionalElement('NextMarker', page.next, encoding),
      ...page.rows.map((row) => rowElement(row, encoding, true)),
    ],
  ]);
  return Promise.resolve(answer);
};

/** `GET /?list-type=2` (OSS docs, ListObjectsV2). */
export const listObjectsV2: Operation = (context) => {
  const { request, bucket } = context;
  const type = queryValue(request, 'list-type') ?? '';
  if (type !== '2') throw invalidArgument('list-type', type, 'Invalid list-type in query.');
  const encoding = keyEncoding(request);
  const token = queryValue(request, 'continuation-token');
  const startAfter = queryValue(request, 'start-after');
  const hasOwner = queryValue(request, 'fetch-owner') === 'true';
  const page = pageOf(context, token === undefined ? (startAfter ?? '') : readToken(token));
  const answer = xmlAnswer([
    'ListBucketResult',
    [
      ...encoding.elements,
      ['Name', bucket],
      ['Prefix', encoding.encode(page.prefix)],
      ...optionalElement('StartAfter', startAfter, encoding),
      ...(token === undefined ? [] : [['ContinuationToken', token] as const]),
      ['MaxKeys', page.most],
      ['Delimiter', encoding.encode(page.delimiter)],
      ['IsTruncated', page.next !== undefined],
      ...(page.next === undefined
        ? []
        : [['NextContinuationToken', Buffer.from(page.next).toString('base64')] as const]),
      ['KeyCount', page.rows.length],
      ...page.rows.map((row) => rowElement(row, encoding, hasOwner)),
    ],
  ]);
  return Promise.resolve(answer);
};

/** An object, or the common prefix of several, in its place in the list. */
interface Row {
  readonly key: string;
  /** Undefined for a common prefix. */
  readonly object: ObjectRecord | undefined;
}

interface Page {
  readonly prefix: string;
  readonly delimiter: string;
  readonly most: number;
  readonly rows: readonly Row[];
  /** What the next page comes after; undefined on the last. */
  readonly next: string | undefined;
}

function pageOf({ request, bucket, store }: OperationContext, after: string): Page {
  const most = integerParameter(request, 'max-keys', { least: 1, most: 1000, otherwise: 100 });
  const [prefix, delimiter] = [
    textParameter(request, 'prefix'),
    textParameter(request, 'delimiter'),
  ];
  const rows = new Map<string, Row>();
  for (const object of store.objects()) {
    if (object.bucket !== bucket || !object.key.startsWith(prefix)) continue;
    const commonPrefix = foldedPrefix(object.key, prefix, delimiter);
    const key = commonPrefix ?? object.key;
    rows.set(key, { key, object: commonPrefix === undefined ? object : undefined });
  }
  const rest = [...rows.values()]
    .filter(({ key }) => compareBytes(key, after) > 0)
    .toSorted((a, b) => compareBytes(a.key, b.key));
  const page = rest.slice(0, most);
  const next = rest.length > page.length ? page.at(-1)?.key : undefined;
  return { prefix, delimiter, most, rows: page, next };
}

function textParameter(request: OssRequest, name: string): string {
  return queryValue(request, name) ?? '';
}

function readToken(token: string): string {
  const key = Buffer.from(token, 'base64').toString('utf8');
  if (token !== '' && Buffer.from(key).toString('base64') === token) return key;
  throw invalidArgument(
    'continuation-token',
    token,
    'The continuation token provided is incorrect.',
  );
}

function optionalElement(
  name: string,
  key: string | undefined,
  encoding: KeyEncoding,
): XmlElement[] {
  return key === undefined ? [] : [[name, encoding.encode(key)]];
}

function rowElement({ key, object }: Row, encoding: KeyEncoding, hasOwner: boolean): XmlElement {
  if (object === undefined) return ['CommonPrefixes', [['Prefix', encoding.encode(key)]]];
  return [
    'Contents',
    [
      ['Key', encoding.encode(key)],
      ['LastModified', isoTime(object.lastModified)],
      ['ETag', `"${object.etag}"`],
      ['Type', object.type],
      ['Size', object.size],
      ['StorageClass', object.headers.kept['x-oss-storage-class'] ?? 'Standard'],
      ...(hasOwner ? [ownerElement()] : []),
    ],
  ];
}
