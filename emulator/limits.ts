import { type Check, fieldsOf, integer, positive } from './fields.ts';

/** What the emulator lets through. Absent rates are unlimited. */
export interface Limits {
  /** Bytes of a PutObject, AppendObject, PostObject or part, and of an object that is appended to. Default 5 GB. */
  readonly maxBodySize: number;
  /** Default 100. */
  readonly maxBuckets: number;
  /** Rules per bucket. Default 10. */
  readonly maxCorsRules: number;
  /** Requests per second of one bucket; more answer 429 QpsLimitExceeded. */
  readonly bucketQps?: number;
  /** Requests per second of the account; more answer 503 TotalQpsLimitExceeded. */
  readonly accountQps?: number;
  /** Requests per second that list, create, delete or configure buckets; more answer 503 MetaOperationQPSLimitExceeded. */
  readonly metaOperationQps?: number;
  /** Bytes per second into the account; more answer 503 UploadTrafficRateLimitExceeded. */
  readonly uploadRate?: number;
  /** Bytes per second out of the account; more answer 503 DownloadTrafficRateLimitExceeded. */
  readonly downloadRate?: number;
  /**
   * Milliseconds for which a request above a rate is held back before it is refused instead; one that was held back
   * says so in `x-oss-qos-delay-time`. Default 0.
   */
  readonly maxDelay: number;
}

/** OSS docs, "Limits". */
export const DEFAULT_LIMITS: Limits = {
  maxBodySize: 5 * 1024 ** 3,
  maxBuckets: 100,
  maxCorsRules: 10,
  maxDelay: 0,
};

const count = integer(0, Number.MAX_SAFE_INTEGER);

const CHECKS: { readonly [Name in keyof Limits]-?: Check<number> } = {
  maxBodySize: count,
  maxBuckets: count,
  maxCorsRules: count,
  bucketQps: positive,
  accountQps: positive,
  metaOperationQps: positive,
  uploadRate: positive,
  downloadRate: positive,
  maxDelay: count,
};

/** The limits that are given, and defaults for the others. Throws FieldError. */
export function parseLimits(value: unknown): Limits {
  const names = Object.keys(CHECKS) as (keyof Limits)[];
  const fields = fieldsOf(value, 'limits', names);
  const given = names.flatMap((name) => {
    const field = fields[name];
    return field === undefined ? [] : [[name, CHECKS[name](field, `limits.${name}`)]];
  });
  return { ...DEFAULT_LIMITS, ...Object.fromEntries(given) };
}

/** One rate that grants a second's worth at once, and then what its time brings, by the emulator's clock. */
export class Rate {
  /** Epoch milliseconds at which all that was taken has had its time. */
  #paidAt = 0;

  /** Milliseconds until an amount may be taken at so much per second; more than a second's worth needs no debt. */
  wait(amount: number, perSecond: number, now: number): number {
    const debt = Math.max(this.#paidAt - now, 0);
    return Math.max(debt + Math.min((amount * 1000) / perSecond, 1000) - 1000, 0);
  }

  take(amount: number, perSecond: number, now: number): void {
    this.#paidAt = Math.max(this.#paidAt, now) + (amount * 1000) / perSecond;
  }
}
