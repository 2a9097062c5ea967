import { xmlAnswer } from '../answer.ts';
import type { BucketRecord } from '../buckets.ts';
import type { XmlElement } from '../xml.ts';
import type { Operation, OperationContext } from './operation.ts';
import { requireBucket } from './operation.ts';
import { ownerElement } from './owner.ts';

/** `GET /?bucketInfo` (OSS docs, GetBucketInfo). */
export const getBucketInfo: Operation = (context) => {
  const record = requireBucket(context);
  const bucket: XmlElement = [
    'Bucket',
    [
      ...bucketElements(record, context),
      ['AccessMonitor', 'Disabled'],
      ['TransferAcceleration', 'Disabled'],
      ['CrossRegionReplication', 'Disabled'],
      ['DataRedundancyType', 'LRS'],
      ownerElement(),
      ['AccessControlList', [['Grant', record.acl]]],
    ],
  ];
  return Promise.resolve(xmlAnswer(['BucketInfo', [bucket]]));
};

/** `GET /?location` (OSS docs, GetBucketLocation). */
export const getBucketLocation: Operation = (context) => {
  const { region } = requireBucket(context);
  return Promise.resolve(xmlAnswer(['LocationConstraint', `oss-${region}`]));
};

/** What a list of buckets says of each. */
export function bucketElements(
  { name, region, createdAt }: BucketRecord,
  { addressing, request }: OperationContext,
): XmlElement[] {
  return [
    ['CreationDate', new Date(createdAt).toISOString()],
    ['ExtranetEndpoint', addressing.endpointOf(region, request.host)],
    ['IntranetEndpoint', `oss-${region}-internal.aliyuncs.com`],
    ['Location', `oss-${region}`],
    ['Name', name],
    ['Region', region],
    ['StorageClass', 'Standard'],
  ];
}
