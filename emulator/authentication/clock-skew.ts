import { OssError } from '../errors.ts';
import { isoTime } from '../iso-time.ts';

/** 15 minutes (OSS Errors and Troubleshooting 2019-08-16, §9). */
const MAX_SKEW = 900_000;

/** Throws RequestTimeTooSkewed when the two times, in epoch milliseconds, are more than 15 minutes apart. */
export function assertNotSkewed(requestTime: number, serverTime: number): void {
  if (requestTime >= serverTime - MAX_SKEW) return assertNotInFuture(requestTime, serverTime);
  throw tooSkewed(requestTime, serverTime);
}

/** Throws RequestTimeTooSkewed when a request begins to be valid more than 15 minutes from now. */
export function assertNotInFuture(requestTime: number, serverTime: number): void {
  if (requestTime <= serverTime + MAX_SKEW) return;
  throw tooSkewed(requestTime, serverTime);
}

function tooSkewed(requestTime: number, serverTime: number): OssError {
  return new OssError('RequestTimeTooSkewed', {
    extras: [
      ['MaxAllowedSkewMilliseconds', MAX_SKEW],
      ['RequestTime', isoTime(requestTime)],
      ['ServerTime', isoTime(serverTime)],
    ],
  });
}
