import type { Addressing } from '../addressing.ts';
import type { Answer } from '../answer.ts';
import type { AuthenticationContext } from '../authentication/scheme.ts';
import type { BucketRecord, Buckets } from '../buckets.ts';
import type { Callbacks } from '../callbacks/callbacks.ts';
import { OssError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import type { FormLimits } from '../post-object/form-limits.ts';
import type { OssRequest } from '../request.ts';
import { queryValue } from '../request.ts';
import type { RequestBody } from '../request-body.ts';
import type { Retention } from '../retention.ts';
import type { Requester } from '../rights/requester.ts';
import type { Rights } from '../rights/rights.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { ObjectRecord, UploadRecord } from '../storage/records.ts';

/** What an operation works with. The request is authenticated and allowed, its bucket exists. */
export interface OperationContext {
  readonly request: OssRequest;
  readonly bucket: string;
  /** Empty for operations on a bucket. */
  readonly key: string;
  readonly body: RequestBody;
  /** Of the bucket or, without one, of the endpoint that was asked; without the `oss-` prefix. */
  readonly region: string;
  readonly store: ObjectStore;
  readonly buckets: Buckets;
  readonly addressing: Addressing;
  readonly limits: Limits;
  readonly requester: Requester;
  /** For what the requester needs beside the right to the operation itself. */
  readonly rights: Rights;
  /** For forms, which are signed in their body. */
  readonly authentication: AuthenticationContext;
  readonly callbacks: Callbacks;
  readonly formLimits: FormLimits;
  readonly clientAddress: string;
  readonly retention: Retention;
  /** What CompleteMultipartUpload answers for a part that is not there. */
  readonly missingPartCode: 'InvalidPart' | 'FilePartNotExist';
  /** Parts on a page of ListParts, at most; undefined: as many as are asked for. */
  readonly pageLimit: number | undefined;
  readonly now: () => number;
}

/** Carries out a request; throws OssError for what OSS refuses. */
export type Operation = (context: OperationContext) => Promise<Answer>;

/** The upload that the request names. Throws NoSuchUpload; the error number differs between operations. */
export function requireUpload(context: OperationContext, ec?: string): UploadRecord {
  const uploadId = queryValue(context.request, 'uploadId') ?? '';
  const upload = context.store.upload(context.bucket, context.key, uploadId);
  if (upload !== undefined) return upload;
  throw new OssError('NoSuchUpload', {
    ...(ec === undefined ? {} : { ec }),
    extras: [['UploadId', uploadId]],
  });
}

/** The bucket that the request names. Throws NoSuchBucket when it has been deleted meanwhile. */
export function requireBucket({ buckets, bucket }: OperationContext): BucketRecord {
  const record = buckets.configuration(bucket);
  if (record !== undefined) return record;
  throw new OssError('NoSuchBucket', { extras: [['BucketName', bucket]] });
}

/** The object that the request names. Throws NoSuchKey. */
export function requireObject({ store, bucket, key }: OperationContext): ObjectRecord {
  const object = store.object(bucket, key);
  if (object !== undefined) return object;
  throw new OssError('NoSuchKey', { extras: [['Key', key]] });
}

/**
 * Throws FileAlreadyExists as `assertMayOverwrite` does, FileImmutable when there is an object that is kept, and
 * NoSuchBucket when the bucket has been deleted meanwhile.
 */
export function assertMayReplace(context: OperationContext): void {
  requireBucket(context);
  assertMayOverwrite(context);
  assertMutable(context);
}

/** Throws FileImmutable when there is an object of that key that is kept. */
export function assertMutable({ retention, store, bucket, key, now }: OperationContext): void {
  retention.assertMutable(store.object(bucket, key), now());
}

/** Throws FileAlreadyExists when the request forbids to overwrite and the key exists. */
export function assertMayOverwrite({ request, store, bucket, key }: OperationContext): void {
  const isForbidden = request.headers['x-oss-forbid-overwrite']?.toLowerCase() === 'true';
  if (isForbidden && store.object(bucket, key) !== undefined)
    throw new OssError('FileAlreadyExists', { extras: [['Key', key]] });
}
