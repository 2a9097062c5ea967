import { xmlAnswer } from '../answer.ts';
import { queryValue } from '../request.ts';
import type { XmlElement } from '../xml.ts';
import { bucketElements } from './bucket-info.ts';
import { compareBytes, integerParameter } from './listing.ts';
import type { Operation } from './operation.ts';
import { ownerElement } from './owner.ts';

/** `GET /` without a bucket, by name; what is not told is told of truncated lists alone (OSS docs, ListBuckets). */
export const listBuckets: Operation = (context) => {
  const { request, buckets } = context;
  const most = integerParameter(request, 'max-keys', { least: 1, most: 1000, otherwise: 100 });
  const prefix = queryValue(request, 'prefix') ?? '';
  const marker = queryValue(request, 'marker') ?? '';
  const rest = buckets
    .all()
    .filter(({ name }) => name.startsWith(prefix) && compareBytes(name, marker) > 0)
    .toSorted((a, b) => compareBytes(a.name, b.name));
  const page = rest.slice(0, most);
  const position: XmlElement[] = [
    ['Prefix', prefix],
    ['Marker', marker],
    ['MaxKeys', most],
    ['IsTruncated', rest.length > page.length],
    ['NextMarker', page.at(-1)?.name ?? ''],
  ];
  const answer = xmlAnswer([
    'ListAllMyBucketsResult',
    [
      ...(rest.length > page.length ? position : []),
      ownerElement(),
      ['Buckets', page.map((bucket): XmlElement => ['Bucket', bucketElements(bucket, context)])],
    ],
  ]);
  return Promise.resolve(answer);
};
