import { OssError } from '../errors.ts';
import { DEFAULT_REFERER_CONFIGURATION } from '../referer.ts';
import { readXml } from '../xml.ts';
import { bucketAcl } from './bucket-acl.ts';
import type { Operation } from './operation.ts';
import { receiveDocument } from './receive-content.ts';

/** Far more than a storage class and a redundancy type need, in bytes. */
const MAX_DOCUMENT = 16_384;

/** `PUT /` on a bucket that does not exist: private, without CORS, in the region that was asked (OSS docs, PutBucket). */
export const putBucket: Operation = async (context) => {
  const { request, bucket, buckets, limits, region, now } = context;
  if (request.isCustomDomain === true) throw new OssError('InvalidHostPutBucket');
  const acl = bucketAcl(request.headers['x-oss-acl']) ?? 'private';
  const document = await receiveDocument(context, MAX_DOCUMENT);
  if (document === undefined || (document !== '' && readXml(document) === undefined))
    throw new OssError('MalformedXML');
  if (buckets.has(bucket))
    throw new OssError('BucketAlreadyExists', { extras: [['BucketName', bucket]] });
  if (buckets.names().length >= limits.maxBuckets)
    throw new OssError('TooManyBuckets', { extras: [['BucketName', bucket]] });
  buckets.create({
    name: bucket,
    region,
    createdAt: now(),
    corsRules: [],
    responseVary: false,
    acl,
    referer: DEFAULT_REFERER_CONFIGURATION,
    lifecycle: [],
  });
  await buckets.saved();
  return { status: 200, headers: { Location: `/${bucket}` } };
};
