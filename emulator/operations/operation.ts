import type { Answer } from '../answer.ts';
import { OssError } from '../errors.ts';
import type { OssRequest } from '../request.ts';
import { queryValue } from '../request.ts';
import type { RequestBody } from '../request-body.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { UploadRecord } from '../storage/records.ts';

/** What an operation works with. The request is authenticated, its bucket exists. */
export interface OperationContext {
  readonly request: OssRequest;
  readonly bucket: string;
  /** Empty for operations on a bucket. */
  readonly key: string;
  readonly body: RequestBody;
  readonly store: ObjectStore;
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

/** Throws FileAlreadyExists when the request forbids to overwrite and the key exists. */
export function assertMayOverwrite({ request, store, bucket, key }: OperationContext): void {
  const isForbidden = request.headers['x-oss-forbid-overwrite']?.toLowerCase() === 'true';
  if (isForbidden && store.object(bucket, key) !== undefined)
    throw new OssError('FileAlreadyExists', { extras: [['Key', key]] });
}
