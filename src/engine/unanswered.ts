import { UploadError } from '../errors.ts';

/** Whether a failure leaves open if the request has taken effect: no answer, or one that does not tell. */
export function isUnanswered(error: unknown): boolean {
  if (!(error instanceof UploadError)) return false;
  return error.kind !== 'service' ? error.kind !== 'credentials' : (error.status ?? 0) >= 500;
}
