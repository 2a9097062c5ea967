import type { AddressingOptions } from './addressing.ts';
import type { CallbackOptions } from './callbacks/options.ts';
import type { ReceivedCallback } from './callbacks/receiver.ts';
import type { CallbackReport, CallbackTrial } from './callbacks/trial.ts';
import type { Faults } from './faults/types.ts';
import type { Limits } from './limits.ts';
import type { FormLimits } from './post-object/form-limits.ts';
import type { RefererConfiguration, RefererReading } from './referer.ts';
import type { AccessControl, RoleOptions, UserOptions } from './rights/types.ts';
import type { StsLimits } from './sts/sts-limits.ts';
import type { TrafficReport } from './traffic.ts';

/** How the emulator is set up. Every option has a default; see each. */
export interface EmulatorOptions {
  /** Address to listen on. Default `127.0.0.1`. */
  host?: string;
  /** Port to listen on; 0, the default, takes any free one. */
  port?: number;
  /** Directory for parts, objects and open uploads, which then survive a restart. Default: memory only. */
  dataDir?: string;
  /** Buckets that exist. Default `['partway-demo']`. */
  buckets?: readonly string[];
  /** Region that signatures must name, without the `oss-` prefix. Default `cn-hangzhou`. */
  region?: string;
  /** The permanent key. Default `emulator-key-id`. */
  accessKeyId?: string;
  /** The permanent key's secret. Default `emulator-key-secret`. */
  accessKeySecret?: string;
  /** CORS rules that every bucket starts with. Default: see `DEFAULT_CORS_RULES`. */
  corsRules?: readonly CorsRule[];
  /** ACL that every bucket starts with. Default `private`. */
  acl?: BucketAcl;
  /** Whether every answer carries `Vary: Origin`, in buckets that were not told otherwise. Default `false`. */
  responseVary?: boolean;
  /** How hosts are read: custom domains, endpoints of regions. */
  addressing?: Partial<AddressingOptions>;
  /** Sizes, numbers and rates that are let through. Default: see `DEFAULT_LIMITS`. */
  limits?: Partial<Limits>;
  /** How to read what the documentation of hotlink protection leaves open. */
  refererReading?: Partial<RefererReading>;
  /** How long the fields of a PostObject form may be. Default: see `FormLimits`. */
  forms?: Partial<FormLimits>;
  /** How callbacks are signed, and where they may go. */
  callbacks?: CallbackOptions;
  /** Users of the account, beside the one that is always there and can do nothing but assume roles. */
  users?: readonly UserOptions[];
  /** Roles that can be assumed, beside the one that is always there and has all rights. */
  roles?: readonly RoleOptions[];
  /** Whether V1 takes dates of V4's form, too: the documentation's error pages say so, SDKs do not write them. Default `false`. */
  acceptsIsoDateInV1?: boolean;
  /** Lengths and quotas of AssumeRole. */
  sts?: Partial<StsLimits>;
  /** What CompleteMultipartUpload answers for a part that is not there; old clients know the other. Default `InvalidPart`. */
  missingPartCode?: 'InvalidPart' | 'FilePartNotExist';
  /** Milliseconds after which a body of which nothing comes is answered 400 RequestTimeout. Default: never. */
  idleTimeout?: number;
  /** The server's clock in epoch milliseconds. Default `Date.now`. */
  now?: () => number;
  /** With `false` every answer carries `Connection: close`. Default `true`. */
  keepAlive?: boolean;
}

/** One rule of a bucket's CORS configuration (OSS docs, PutBucketCors). */
export interface CorsRule {
  /** Scheme, host and non-default port; each may hold one `*`. */
  allowedOrigins: readonly string[];
  /** Of GET, PUT, POST, DELETE, HEAD. */
  allowedMethods: readonly string[];
  /** Case-insensitive; each may hold one `*`. */
  allowedHeaders: readonly string[];
  /** Case-insensitive; no `*`. */
  exposeHeaders: readonly string[];
  maxAgeSeconds?: number;
}

/** Who but the owner may do what with a bucket's objects (OSS docs, "Bucket ACL"). */
export const BUCKET_ACLS = ['private', 'public-read', 'public-read-write'] as const;

export type BucketAcl = (typeof BUCKET_ACLS)[number];

/** The operations the emulator knows, by the names OSS gives them; `Preflight` is OPTIONS. */
export const OPERATION_NAMES = [
  'PutObject',
  'PostObject',
  'GetObject',
  'HeadObject',
  'DeleteObject',
  'InitiateMultipartUpload',
  'UploadPart',
  'ListParts',
  'ListMultipartUploads',
  'CompleteMultipartUpload',
  'AbortMultipartUpload',
  'ListBuckets',
  'PutBucket',
  'DeleteBucket',
  'GetBucketInfo',
  'GetBucketLocation',
  'PutBucketAcl',
  'GetBucketAcl',
  'PutBucketCors',
  'GetBucketCors',
  'DeleteBucketCors',
  'PutBucketReferer',
  'GetBucketReferer',
  'PutBucketLifecycle',
  'GetBucketLifecycle',
  'DeleteBucketLifecycle',
  'ListObjects',
  'ListObjectsV2',
  'DeleteMultipleObjects',
  'CopyObject',
  'AppendObject',
  'GetObjectMeta',
  'PutObjectAcl',
  'GetObjectAcl',
  'PutObjectTagging',
  'GetObjectTagging',
  'DeleteObjectTagging',
  'UploadPartCopy',
  'Preflight',
] as const;

export type OperationName = (typeof OPERATION_NAMES)[number];

/** Credentials as STS hands them out. `expiration` is ISO 8601. */
export interface TemporaryCredentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken: string;
  readonly expiration: string;
}

/** One request to OSS itself, kept up to date while the request lives. */
export interface LogEntry {
  readonly id: string;
  /** Arrival, epoch milliseconds by the emulator's clock. */
  readonly at: number;
  readonly method: string;
  readonly operation: OperationName | 'Unknown';
  readonly bucket?: string;
  readonly key?: string;
  readonly partNumber?: number;
  readonly uploadId?: string;
  /** Lower-case names; signatures and tokens are redacted. */
  readonly headers: Readonly<Record<string, string>>;
  /** Body bytes received so far. */
  readonly bodyBytes: number;
  /** 0 while unanswered, and when the answer was cut. */
  readonly status: number;
  /** The error code that was answered. */
  readonly code?: string;
  /** `cut`: the emulator destroyed the socket or swallowed the answer. */
  readonly outcome: 'pending' | 'answered' | 'cut' | 'client-left';
  /** Id of the fault rule that hit this request. */
  readonly fault?: string;
  /** When the outcome was known, epoch milliseconds. */
  readonly finishedAt?: number;
}

/** A stored object. `etag` is without quotes, `lastModified` ISO 8601. */
export interface StoredObjectInfo {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly type: 'Normal' | 'Multipart' | 'Appendable';
  readonly contentType: string;
  /** Without the `x-oss-meta-` prefix. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly lastModified: string;
}

/** An upload that was neither completed nor aborted. `initiated` is ISO 8601; parts ascend by number. */
export interface OpenUploadInfo {
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
  readonly initiated: string;
  readonly parts: readonly {
    readonly partNumber: number;
    readonly size: number;
    readonly etag: string;
  }[];
}

/** A running emulator. */
export interface Emulator extends AccessControl {
  /** Such as `http://127.0.0.1:40123`. */
  readonly origin: string;
  readonly region: string;
  readonly buckets: readonly string[];
  /** Everything issued so far is expired from now on. */
  expireCredentials(): void;
  /** Every request to OSS in order of arrival, preflights included; the control API is not in it. */
  readonly log: readonly LogEntry[];
  clearLog(): void;
  /** Bytes, duplicates and how many requests were in flight, since the start or the last `resetTraffic`. */
  traffic(): TrafficReport;
  resetTraffic(): void;
  readonly faults: Faults;
  objects(): readonly StoredObjectInfo[];
  /** Hash of a stored object in lower-case hex, read as a stream; undefined when there is none. */
  sha256(bucket: string, key: string): Promise<string | undefined>;
  /** What the built-in receiver of callbacks got, in order of arrival. */
  callbacks(): readonly ReceivedCallback[];
  /** Sends one signed callback without an upload, and judges the answer. Rejects for what no upload could ask for. */
  sendCallback(trial: CallbackTrial): Promise<CallbackReport>;
  uploads(): readonly OpenUploadInfo[];
  /** Replaces the rules of one bucket, or of all. */
  setCorsRules(rules: readonly CorsRule[], bucket?: string): void;
  /** Shifts the server's clock; 0 puts it right. In milliseconds. */
  setClockOffset(milliseconds: number): void;
  /** Replaces the ACL of one bucket, or of all. */
  setAcl(acl: BucketAcl, bucket?: string): void;
  /** Replaces the hotlink protection of one bucket, or of all; what is left out has its default. */
  setReferer(configuration: Partial<RefererConfiguration>, bucket?: string): void;
  /** Replaces all limits; what is left out has its default. Throws TypeError. */
  setLimits(limits: Partial<Limits>): void;
  /** Replaces all custom domains, host name to bucket. Throws TypeError. */
  setDomains(domains: Readonly<Record<string, string>>): void;
  /** Objects of the bucket can be neither replaced nor deleted for so many seconds: FileImmutable. Undefined lifts it. */
  setRetention(bucket: string, seconds: number | undefined): void;
  /** These operations answer 403 AccessDenied until called again. */
  setRights(denied: readonly OperationName[]): void;
  /** False when there is no such part. */
  dropPart(uploadId: string, partNumber: number): boolean;
  /** Changes the stored bytes and with them the ETag. False when there is no such part, or an empty one. */
  corruptPart(uploadId: string, partNumber: number): boolean;
  /** As if a lifecycle rule had removed the upload. False when there is none. */
  forgetUpload(uploadId: string): boolean;
  /** Back to the start: no objects, uploads, faults or log; first buckets, limits, domains and rights. Issued credentials stay valid. */
  reset(): Promise<void>;
  /** Destroys all sockets and frees the port. */
  close(): Promise<void>;
}
