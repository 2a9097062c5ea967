import type { Answer } from './answer.ts';
import type { BucketRecord } from './buckets.ts';
import { OssError } from './errors.ts';
import type { OssRequest } from './request.ts';
import type { CorsRule } from './types.ts';

/**
 * CORS headers of an answer that is not a preflight's: those of the first rule that allows origin and method,
 * errors included; none when no rule does (OSS docs, "Configure CORS").
 */
export function corsHeaders(
  bucket: BucketRecord | undefined,
  request: OssRequest,
): Record<string, string> {
  if (bucket === undefined) return {};
  const vary = bucket.responseVary ? { Vary: 'Origin' } : {};
  const origin = request.headers['origin'];
  if (origin === undefined) return vary;
  const rule = bucket.corsRules.find(
    (candidate) =>
      matchingOrigin(candidate, origin) !== undefined &&
      candidate.allowedMethods.includes(request.method),
  );
  return { ...vary, ...(rule === undefined ? {} : sharedHeaders(rule, origin)) };
}

/** Answers a preflight. Throws BadRequest when it is incomplete, AccessForbidden when no rule allows all of it. */
export function answerPreflight(rules: readonly CorsRule[], request: OssRequest): Answer {
  const origin = required(request, 'origin', 'Origin request header');
  const method = required(
    request,
    'access-control-request-method',
    'Request Access-Control-Request-Method header',
  );
  const requestedHeaders = request.headers['access-control-request-headers'] ?? '';
  const names = requestedHeaders
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const rule = rules.find(
    (candidate) =>
      matchingOrigin(candidate, origin) !== undefined &&
      candidate.allowedMethods.includes(method) &&
      names.every((name) => isHeaderAllowed(candidate, name)),
  );
  if (rule === undefined) throw new OssError('AccessForbidden');
  return {
    status: 200,
    headers: {
      ...sharedHeaders(rule, origin),
      'Access-Control-Allow-Methods': method,
      // The names themselves, never `*`: the Fetch standard exempts Authorization from the wildcard.
      ...(names.length === 0 ? {} : { 'Access-Control-Allow-Headers': requestedHeaders }),
      ...(rule.maxAgeSeconds === undefined
        ? {}
        : { 'Access-Control-Max-Age': String(rule.maxAgeSeconds) }),
    },
  };
}

function sharedHeaders(rule: CorsRule, origin: string): Record<string, string> {
  return {
    'Access-Control-Allow-Origin': matchingOrigin(rule, origin) === '*' ? '*' : origin,
    ...(rule.exposeHeaders.length === 0
      ? {}
      : { 'Access-Control-Expose-Headers': rule.exposeHeaders.join(', ') }),
  };
}

function required(request: OssRequest, header: string, wanted: string): string {
  const value = request.headers[header];
  if (value !== undefined && value !== '') return value;
  const message = `Insufficient information. ${wanted} needed.`;
  throw new OssError('BadRequest', { message });
}

function matchingOrigin(rule: CorsRule, origin: string): string | undefined {
  return rule.allowedOrigins.find((pattern) => matches(pattern, origin));
}

function isHeaderAllowed(rule: CorsRule, name: string): boolean {
  return rule.allowedHeaders.some((pattern) => matches(pattern.toLowerCase(), name.toLowerCase()));
}

function matches(pattern: string, text: string): boolean {
  const star = pattern.indexOf('*');
  if (star < 0) return pattern === text;
  const [head, tail] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return text.length >= head.length + tail.length && text.startsWith(head) && text.endsWith(tail);
}
