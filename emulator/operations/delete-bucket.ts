import { OssError } from '../errors.ts';
import type { Operation } from './operation.ts';

/** `DELETE /`: only an empty bucket, without open uploads, can be deleted (OSS docs, DeleteBucket). */
export const deleteBucket: Operation = async ({ bucket, buckets, store }) => {
  const isInside = (record: { readonly bucket: string }): boolean => record.bucket === bucket;
  if (store.objects().some(isInside) || store.uploads().some(isInside))
    throw new OssError('BucketNotEmpty', { extras: [['BucketName', bucket]] });
  buckets.remove(bucket);
  await buckets.saved();
  return { status: 204 };
};
