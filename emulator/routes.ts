import type { OperationName } from './types.ts';

/** What an address names: everything, a bucket, or an object. */
export type Resource = 'Service' | 'Bucket' | 'Object';

/** One line of the protocol. */
export interface Route {
  readonly operation: OperationName;
  readonly method: string;
  readonly resource: Resource;
  /** The route is taken when one of these parameters is present; without them it is the plain one. */
  readonly parameters?: readonly string[];
  /** The route is taken only with this header. */
  readonly header?: string;
}

const COPY_SOURCE = 'x-oss-copy-source';

/** The first that fits is taken, those with parameters before the plain ones. */
export const ROUTES: readonly Route[] = [
  on('Service', 'GET', 'ListBuckets'),

  on('Bucket', 'PUT', 'PutBucketAcl', 'acl'),
  on('Bucket', 'GET', 'GetBucketAcl', 'acl'),
  on('Bucket', 'GET', 'GetBucketInfo', 'bucketInfo'),
  on('Bucket', 'GET', 'GetBucketLocation', 'location'),
  on('Bucket', 'PUT', 'PutBucketCors', 'cors'),
  on('Bucket', 'GET', 'GetBucketCors', 'cors'),
  on('Bucket', 'DELETE', 'DeleteBucketCors', 'cors'),
  on('Bucket', 'PUT', 'PutBucketReferer', 'referer'),
  on('Bucket', 'GET', 'GetBucketReferer', 'referer'),
  on('Bucket', 'PUT', 'PutBucketLifecycle', 'lifecycle'),
  on('Bucket', 'GET', 'GetBucketLifecycle', 'lifecycle'),
  on('Bucket', 'DELETE', 'DeleteBucketLifecycle', 'lifecycle'),
  on('Bucket', 'GET', 'ListMultipartUploads', 'uploads'),
  on('Bucket', 'GET', 'ListObjectsV2', 'list-type'),
  on('Bucket', 'POST', 'DeleteMultipleObjects', 'delete'),
  on('Bucket', 'POST', 'PostObject'),
  on('Bucket', 'GET', 'ListObjects'),
  on('Bucket', 'PUT', 'PutBucket'),
  on('Bucket', 'DELETE', 'DeleteBucket'),

  on('Object', 'POST', 'InitiateMultipartUpload', 'uploads'),
  { ...on('Object', 'PUT', 'UploadPartCopy', 'uploadId', 'partNumber'), header: COPY_SOURCE },
  on('Object', 'PUT', 'UploadPart', 'uploadId', 'partNumber'),
  on('Object', 'POST', 'CompleteMultipartUpload', 'uploadId'),
  on('Object', 'DELETE', 'AbortMultipartUpload', 'uploadId'),
  on('Object', 'GET', 'ListParts', 'uploadId'),
  on('Object', 'POST', 'AppendObject', 'append'),
  on('Object', 'HEAD', 'GetObjectMeta', 'objectMeta'),
  on('Object', 'PUT', 'PutObjectAcl', 'acl'),
  on('Object', 'GET', 'GetObjectAcl', 'acl'),
  on('Object', 'PUT', 'PutObjectTagging', 'tagging'),
  on('Object', 'GET', 'GetObjectTagging', 'tagging'),
  on('Object', 'DELETE', 'DeleteObjectTagging', 'tagging'),
  { ...on('Object', 'PUT', 'CopyObject'), header: COPY_SOURCE },
  on('Object', 'PUT', 'PutObject'),
  on('Object', 'GET', 'GetObject'),
  on('Object', 'HEAD', 'HeadObject'),
  on('Object', 'DELETE', 'DeleteObject'),
];

function on(
  resource: Resource,
  method: string,
  operation: OperationName,
  ...parameters: string[]
): Route {
  return parameters.length === 0
    ? { operation, method, resource }
    : { operation, method, resource, parameters };
}
