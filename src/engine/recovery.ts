import { type Operation, UploadError, type UploadErrorKind } from '../errors.ts';
import type { OssErrorCode } from '../oss/error-codes/codes.ts';
import type { Recovery } from '../oss/error-codes/entry.ts';

/** Names of our own for failures that no answer of OSS names. */
type OwnCode =
  | 'CredentialsUnusable'
  | 'WebCryptoMissing'
  | 'FileUnreadable'
  | 'FileChanged'
  | 'AnotherFile'
  | 'BytesDiffer'
  | 'ObjectDiffers'
  | 'ConnectionStalled';

/** Recoveries with a bound of their own; the others spend the budget of their request. */
export type BoundedRecovery = Exclude<
  Recovery,
  'retry' | 'slow-down' | 'look' | 'needs-file' | 'fail'
>;

/** How often one request, or for the last two one upload, may be mended by each of these. */
export const MAX_REPAIRS: Readonly<Record<BoundedRecovery, number>> = {
  'sign-again': 1,
  'resync-clock': 2,
  'renew-credentials': 1,
  'switch-endpoint': 1,
  reopen: 2,
  restart: 2,
};

/** How often the app's server, where it signs, is asked for another signature of one request. */
export const MAX_ASKED_AGAIN = 2;

/** By OSS's error code. Sources: "OSS Errors and Troubleshooting" 2019-08-16, §1 and §2; OSS documentation. */
export const BY_CODE: Readonly<Partial<Record<OssErrorCode | OwnCode, Recovery>>> = {
  RequestTimeout: 'retry',
  BadRequest: 'retry',
  IncompleteBody: 'retry',
  InvalidDigest: 'retry',
  InvalidCRC64: 'retry',
  InternalError: 'retry',

  ServiceUnavailable: 'slow-down',
  QpsLimitExceeded: 'slow-down',
  TotalQpsLimitExceeded: 'slow-down',
  ActiveRequestLimitExceeded: 'slow-down',
  CpuLimitExceeded: 'slow-down',
  UploadTrafficRateLimitExceeded: 'slow-down',
  DownloadTrafficRateLimitExceeded: 'slow-down',
  MetaOperationQPSLimitExceeded: 'slow-down',
  MetaOperationQpsLimitExceeded: 'slow-down',

  SignatureDoesNotMatch: 'sign-again',
  RequestTimeTooSkewed: 'resync-clock',
  PermanentRedirect: 'switch-endpoint',

  SecurityTokenExpired: 'renew-credentials',
  InvalidAccessKeyId: 'renew-credentials',
  InvalidSecurityToken: 'renew-credentials',
  AccessKeyIdAndSecurityTokenNotMatch: 'renew-credentials',

  InvalidPart: 'reopen',
  InvalidPartOrder: 'reopen',
  FilePartNotExist: 'reopen',
  FilePartInterity: 'reopen',
  FilePartStale: 'reopen',

  NoSuchUpload: 'restart',
  EntityTooSmall: 'restart',

  FileUnreadable: 'needs-file',
  FileChanged: 'needs-file',
  BytesDiffer: 'retry',
  ObjectDiffers: 'restart',
  CredentialsUnusable: 'fail',
  WebCryptoMissing: 'fail',
  // Others got through: there is no reason to send fewer, or to wait.
  ConnectionStalled: 'retry',
};

/** AccessDenied has many causes, and only its message tells them apart. Sources: the same, §3, §4 and §9. */
export const BY_DENIAL: readonly { readonly pattern: RegExp; readonly recovery: Recovery }[] = [
  { pattern: /using the specified endpoint/i, recovery: 'switch-endpoint' },
  { pattern: /authorizer.{0,8}policy|policy expired/i, recovery: 'renew-credentials' },
  { pattern: /request has expired|invalid date|requires a valid date/i, recovery: 'sign-again' },
];

/** A key that exists and must not be overwritten may be our own, of a Complete whose answer was lost. */
const BY_OPERATION: Readonly<Partial<Record<Operation, Readonly<Record<string, Recovery>>>>> = {
  CompleteMultipartUpload: { FileAlreadyExists: 'look' },
  PutObject: { FileAlreadyExists: 'look' },
};

/** Where no code says more. `service` is decided by the status. */
const BY_KIND: Readonly<Record<Exclude<UploadErrorKind, 'service'>, Recovery>> = {
  network: 'retry',
  timeout: 'slow-down',
  protocol: 'retry',
  credentials: 'fail',
  source: 'fail',
  storage: 'fail',
};

/** The one place that decides what to do about a failure. What is no `UploadError` is a fault of ours: it is told. */
export function recoveryFor(error: unknown): Recovery {
  if (!(error instanceof UploadError)) return 'fail';
  const { code, kind, operation, serviceMessage = '' } = error;
  const byOperation = operation === undefined ? undefined : BY_OPERATION[operation]?.[code ?? ''];
  const byDenial =
    code === 'AccessDenied'
      ? BY_DENIAL.find(({ pattern }) => pattern.test(serviceMessage))?.recovery
      : undefined;
  const named = byOperation ?? byDenial ?? recoveryOfCode(code);
  if (named !== undefined) return named;
  return kind === 'service' ? byStatus(error.status ?? 0) : BY_KIND[kind];
}

/** Whether a link that does not bear a body of this size may be the reason: a smaller one may get through. */
export function mayBeTooLarge({ kind, code }: UploadError): boolean {
  if (kind === 'service') return code === 'IncompleteBody' || code === 'RequestTimeout';
  return kind === 'network' || (kind === 'timeout' && code !== 'SocketQueueTimeout');
}

function recoveryOfCode(code: string | undefined): Recovery | undefined {
  const table: Readonly<Record<string, Recovery | undefined>> = BY_CODE;
  return code === undefined ? undefined : table[code];
}

function byStatus(status: number): Recovery {
  if (status === 429 || status === 503) return 'slow-down';
  return status >= 500 || status === 408 ? 'retry' : 'fail';
}
