import { UploadError, type UploadErrorKind } from '../errors.ts';

/**
 * What is done about a failure. The first four mend a request, the next three a run:
 *
 * - `retry`: the same request again after a wait that grows.
 * - `slow-down`: the same, with one request fewer in flight for a while.
 * - `renew-credentials`: ask the app for new ones, sign again.
 * - `reopen`: ask the server what it holds, send what is missing or differs, complete again.
 * - `restart`: look whether the object is there already, else a new upload from the first byte.
 * - `fail`: tell the caller.
 */
export type Recovery = 'retry' | 'slow-down' | 'renew-credentials' | 'reopen' | 'restart' | 'fail';

/** How often a run may be mended by each of these before its upload fails. */
export const MAX_REPAIRS: Readonly<Record<'reopen' | 'restart', number>> = {
  reopen: 2,
  restart: 2,
};

/** By OSS's error code. Sources: "OSS Errors and Troubleshooting" 2019-08-16, §1 and §2; OSS documentation. */
const BY_CODE: Readonly<Record<string, Recovery>> = {
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

  SecurityTokenExpired: 'renew-credentials',
  InvalidAccessKeyId: 'renew-credentials',
  InvalidSecurityToken: 'renew-credentials',

  InvalidPart: 'reopen',
  InvalidPartOrder: 'reopen',
  FilePartNotExist: 'reopen',

  NoSuchUpload: 'restart',

  ETagNotExposed: 'fail',
  CredentialsUnusable: 'fail',
  WebCryptoMissing: 'fail',
};

/** Where no code says more. `service` is decided by the status. */
const BY_KIND: Readonly<Record<Exclude<UploadErrorKind, 'service'>, Recovery>> = {
  network: 'retry',
  timeout: 'slow-down',
  protocol: 'retry',
  credentials: 'retry',
  source: 'fail',
  storage: 'fail',
};

/** The one place that decides what to do about a failure. What is no `UploadError` is a fault of ours: it is told. */
export function recoveryFor(error: unknown): Recovery {
  if (!(error instanceof UploadError)) return 'fail';
  const byCode = error.code === undefined ? undefined : BY_CODE[error.code];
  if (byCode !== undefined) return byCode;
  return error.kind === 'service' ? byStatus(error.status ?? 0) : BY_KIND[error.kind];
}

/** Whether a failure leaves open if the request has taken effect: no answer, or one that does not tell. */
export function isUnanswered(error: unknown): boolean {
  if (!(error instanceof UploadError)) return false;
  return error.kind !== 'service' ? error.kind !== 'credentials' : (error.status ?? 0) >= 500;
}

function byStatus(status: number): Recovery {
  if (status === 429 || status === 503) return 'slow-down';
  return status >= 500 || status === 408 ? 'retry' : 'fail';
}
