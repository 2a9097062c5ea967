import type { OperationName } from '../types.ts';

/** How OSS words the refusal, which depends on what was asked for. */
export type Refusal =
  | 'plain'
  | 'object'
  | 'multipart'
  | 'bucket'
  | 'list-buckets'
  | 'read-acl'
  | 'write-acl';

/** What a requester needs for an operation. */
export interface Requirement {
  /** The action that a policy must allow (OSS docs, "RAM policies: actions in OSS"). */
  readonly action: string;
  /** What a public ACL must grant; `none`: no ACL can. */
  readonly publicAccess: 'read' | 'write' | 'none';
  readonly refusal: Refusal;
  /** Judged for each key that the body names, by the operation itself. */
  readonly isPerKey?: boolean;
}

/** Operations by the names OSS gives them. A copy also needs GetObject for its source. */
export const REQUIREMENTS = {
  ...objectReads('GetObject', 'HeadObject', 'GetObjectMeta'),
  ...objectWrites('oss:PutObject', 'PutObject', 'PostObject', 'AppendObject', 'CopyObject'),
  ...objectWrites('oss:DeleteObject', 'DeleteObject'),
  DeleteMultipleObjects: {
    action: 'oss:DeleteObject',
    publicAccess: 'write',
    refusal: 'object',
    isPerKey: true,
  },
  InitiateMultipartUpload: multipart('oss:PutObject'),
  UploadPart: multipart('oss:PutObject'),
  UploadPartCopy: multipart('oss:PutObject'),
  CompleteMultipartUpload: multipart('oss:PutObject'),
  AbortMultipartUpload: multipart('oss:AbortMultipartUpload'),
  ListParts: multipart('oss:ListParts'),
  ListMultipartUploads: { ...multipart('oss:ListMultipartUploads'), refusal: 'bucket' },
  GetObjectAcl: { action: 'oss:GetObjectAcl', publicAccess: 'none', refusal: 'read-acl' },
  PutObjectAcl: { action: 'oss:PutObjectAcl', publicAccess: 'none', refusal: 'write-acl' },
  ...objectConfigurations('GetObjectTagging', 'PutObjectTagging', 'DeleteObjectTagging'),
  ListObjects: { ...bucketAction('oss:ListObjects'), publicAccess: 'read' },
  ListObjectsV2: { ...bucketAction('oss:ListObjects'), publicAccess: 'read' },
  ListBuckets: { action: 'oss:ListBuckets', publicAccess: 'none', refusal: 'list-buckets' },
  ...bucketConfigurations(
    'PutBucket',
    'DeleteBucket',
    'GetBucketInfo',
    'GetBucketLocation',
    'GetBucketAcl',
    'PutBucketAcl',
    'GetBucketCors',
    'PutBucketCors',
    'DeleteBucketCors',
    'GetBucketReferer',
    'PutBucketReferer',
    'GetBucketLifecycle',
    'PutBucketLifecycle',
    'DeleteBucketLifecycle',
  ),
} as const satisfies Readonly<Record<string, Requirement>> &
  Readonly<Record<Exclude<OperationName, 'Preflight'>, Requirement>>;

/** An operation that rights can be asked about. */
export type GuardedOperation = keyof typeof REQUIREMENTS;

type Requirements<Name extends string> = Readonly<Record<Name, Requirement>>;

function objectReads<Name extends string>(...names: Name[]): Requirements<Name> {
  return forAll(names, () => ({
    action: 'oss:GetObject',
    publicAccess: 'read',
    refusal: 'object',
  }));
}

function objectWrites<Name extends string>(action: string, ...names: Name[]): Requirements<Name> {
  return forAll(names, () => ({ action, publicAccess: 'write', refusal: 'object' }));
}

function objectConfigurations<Name extends string>(...names: Name[]): Requirements<Name> {
  return forAll(names, (name) => ({
    action: `oss:${name}`,
    publicAccess: 'none',
    refusal: 'plain',
  }));
}

function bucketConfigurations<Name extends string>(...names: Name[]): Requirements<Name> {
  return forAll(names, (name) => bucketAction(`oss:${name}`));
}

function multipart(action: string): Requirement {
  return { action, publicAccess: 'write', refusal: 'multipart' };
}

function bucketAction(action: string): Requirement {
  return { action, publicAccess: 'none', refusal: 'bucket' };
}

function forAll<Name extends string>(
  names: readonly Name[],
  requirement: (name: Name) => Requirement,
): Requirements<Name> {
  const entries = names.map((name) => [name, requirement(name)] as const);
  return Object.fromEntries(entries) as Requirements<Name>;
}
