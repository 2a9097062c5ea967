import { xmlAnswer } from '../answer.ts';
import { invalidArgument, OssError } from '../errors.ts';
import { BUCKET_ACLS, type BucketAcl } from '../types.ts';
import type { Operation } from './operation.ts';
import { requireBucket } from './operation.ts';
import { ownerElement } from './owner.ts';

/** `PUT /?acl` (OSS docs, PutBucketAcl). */
export const putBucketAcl: Operation = async ({ request, bucket, buckets }) => {
  const acl = bucketAcl(request.headers['x-oss-acl']);
  if (acl === undefined) throw new OssError('MissingArgument');
  buckets.configure(bucket, { acl });
  await buckets.saved();
  return { status: 200 };
};

/** `GET /?acl` (OSS docs, GetBucketAcl). */
export const getBucketAcl: Operation = (context) => {
  const { acl } = requireBucket(context);
  const grants = ['AccessControlList', [['Grant', acl]]] as const;
  return Promise.resolve(xmlAnswer(['AccessControlPolicy', [ownerElement(), grants]]));
};

/** Reads `x-oss-acl`. Throws InvalidArgument. */
export function bucketAcl(value: string | undefined): BucketAcl | undefined {
  if (value === undefined) return undefined;
  const acl = BUCKET_ACLS.find((candidate) => candidate === value);
  if (acl !== undefined) return acl;
  throw invalidArgument('x-oss-acl', value, 'no such bucket access control exists');
}
