import { FieldError, fieldsOf, integer } from '../fields.ts';

/** Where the documentation's pages differ, or STS has quotas. */
export interface StsLimits {
  /** In characters. Default 32; newer pages say 64. */
  readonly roleSessionNameLength: number;
  /** In characters. Default 1024; newer pages say 2048. */
  readonly policyLength: number;
  /** Shortest session, in seconds. Default 900. The longest is the role's. */
  readonly minSessionSeconds: number;
  /** Further calls answer Throttling.User. Default: none. */
  readonly callsPerMinute: number;
}

const DEFAULT_STS_LIMITS: StsLimits = {
  roleSessionNameLength: 32,
  policyLength: 1024,
  minSessionSeconds: 900,
  callsPerMinute: Number.POSITIVE_INFINITY,
};

/** Limits from outside, with defaults for what is left out. Throws FieldError. */
export function parseStsLimits(value: unknown): StsLimits {
  const names = Object.keys(DEFAULT_STS_LIMITS);
  const limits = fieldsOf(value, 'sts', names);
  for (const [name, limit] of Object.entries(limits)) {
    if (limit === undefined) throw new FieldError(`sts.${name}`, 'a number');
    integer(1, Number.MAX_SAFE_INTEGER)(limit, `sts.${name}`);
  }
  return { ...DEFAULT_STS_LIMITS, ...(limits as Partial<StsLimits>) };
}
