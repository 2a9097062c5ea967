import { OssError } from '../errors.ts';
import { isoTime } from '../iso-time.ts';

/** 15 minutes (OSS Errors and Troubleshooting 2019-08-16, §9). */
const MAX_SKEW = 900_000;

/** Throws RequestTimeTooSkewed when the two times, in epoch milliseconds, are more than 15 minutes apart. */
export function assertNotSkewed(requestTime: number, serverTime: number): void {
  if (Math.abs(requestTime - serverTime) <= MAX_SKEW) return;
  throw new OssError('RequestTimeTooSkewed', {
    extras: [
      ['MaxAllowedSkewMilliseconds', MAX_SKEW],
      ['RequestTime', isoTime(requestTime)],
      ['ServerTime', isoTime(serverTime)],
    ],
  });
}
