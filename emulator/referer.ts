import { OssError } from './errors.ts';
import type { OssRequest } from './request.ts';
import { wildcardExpression } from './wildcards.ts';

/** A bucket's hotlink protection, by the names of its elements (OSS docs, PutBucketReferer). */
export interface RefererConfiguration {
  /** Whether a request without Referer, or with a blank one, is let through. */
  readonly allowEmptyReferer: boolean;
  /** Whether the query string is cut off before the comparison. */
  readonly allowTruncateQueryString: boolean;
  /** Whether the path, and all after it, is cut off before the comparison. */
  readonly truncatePath: boolean;
  /** Who is let through; empty lets everybody. `*` stands for any characters, `?` for exactly one. */
  readonly refererList: readonly string[];
  /** Who is not, whatever the list says. */
  readonly refererBlacklist: readonly string[];
}

/** What the documentation leaves open, or tells differently from page to page. */
export interface RefererReading {
  /** Whether a blacklist without a whitelist denies everybody. */
  readonly blacklistAloneDenies: boolean;
  /** Whether entries without `http://` or `https://` count; they match both schemes then. */
  readonly schemeIsOptional: boolean;
}

/** What a bucket has that was never configured: everybody is let through. */
export const DEFAULT_REFERER_CONFIGURATION: RefererConfiguration = {
  allowEmptyReferer: true,
  allowTruncateQueryString: true,
  truncatePath: false,
  refererList: [],
  refererBlacklist: [],
};

/** The manual where it speaks, newer pages where it does not. */
export const DEFAULT_REFERER_READING: RefererReading = {
  blacklistAloneDenies: false,
  schemeIsOptional: true,
};

/**
 * Throws AccessDenied when the bucket's configuration refuses the request's Referer. An Authorization header takes a
 * request out of the check (OSS Errors and Troubleshooting 2019-08-16, §5).
 */
export function assertReferer(
  request: Pick<OssRequest, 'headers'>,
  configuration: RefererConfiguration,
  reading: RefererReading,
): void {
  if (request.headers['authorization'] !== undefined) return;
  if (refererAllows(configuration, request.headers['referer'], reading)) return;
  const message = 'You are denied by bucket referer policy.';
  throw new OssError('AccessDenied', { message, ec: '0003-00000503' });
}

/** Whether a Referer, undefined when there is none, is let through (OSS docs, "Hotlink protection"). */
export function refererAllows(
  configuration: RefererConfiguration,
  referer: string | undefined,
  reading: RefererReading = DEFAULT_REFERER_READING,
): boolean {
  const { allowEmptyReferer, refererList, refererBlacklist } = configuration;
  const text = referer?.trim() ?? '';
  if (text === '') return allowEmptyReferer || refererList.length === 0;
  const cut = truncate(text, configuration);
  const matches = (pattern: string): boolean => matchesReferer(pattern, cut, reading);
  if (refererBlacklist.some(matches)) return false;
  if (refererList.length > 0) return refererList.some(matches);
  return refererBlacklist.length === 0 || !reading.blacklistAloneDenies;
}

function truncate(referer: string, configuration: RefererConfiguration): string {
  if (configuration.truncatePath) return originOf(referer);
  return configuration.allowTruncateQueryString ? referer.replace(/\?.*$/s, '') : referer;
}

/** Browsers send a bare origin with a slash, so that an entry without path has to be compared with the origin alone. */
function matchesReferer(pattern: string, referer: string, reading: RefererReading): boolean {
  const candidates = [referer, originOf(referer)];
  const hasScheme = /^https?:\/\//.test(pattern);
  if (!hasScheme && !reading.schemeIsOptional) return false;
  if (!hasScheme) candidates.push(...candidates.map((text) => text.replace(/^https?:\/\//, '')));
  const expression = wildcardExpression(pattern);
  return candidates.some((candidate) => expression.test(candidate));
}

/** Scheme, host and port, without a slash at the end. */
function originOf(referer: string): string {
  return /^(?:[^/?#]+:\/\/)?[^/?#]*/.exec(referer)?.[0] ?? referer;
}
