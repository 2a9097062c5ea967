import type { UploadError } from './errors.ts';

export interface RetrySettings {
  /** Failures in a row of one request, with nothing of its upload confirmed between, that end the upload. */
  readonly limit: number;
  /** Milliseconds. */
  readonly baseDelay: number;
  /** Milliseconds. */
  readonly maxDelay: number;
}

/** The longest that a server's Retry-After is obeyed, in milliseconds. */
const LONGEST_RETRY_AFTER = 300_000;

/**
 * How long to wait after so many failures in a row, in milliseconds: exponential with full jitter, so that many pages
 * do not come back at the same moment.
 */
export function waitAfter(
  failures: number,
  { retryAfter }: Pick<Partial<UploadError>, 'retryAfter'>,
  retry: RetrySettings,
): number {
  if (retryAfter !== undefined) return Math.min(retryAfter, LONGEST_RETRY_AFTER);
  const most = Math.min(retry.maxDelay, retry.baseDelay * 2 ** (failures - 1));
  return Math.round(Math.random() * most);
}
