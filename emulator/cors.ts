import type { Answer } from './answer.ts';
import { OssError } from './errors.ts';
import type { OssRequest } from './request.ts';
import type { CorsRule } from './types.ts';

/** What a browser page needs, for pages served from this machine. */
export const DEFAULT_CORS_RULES: readonly CorsRule[] = [
  {
    allowedOrigins: ['http://127.0.0.1:*', 'http://localhost:*'],
    allowedMethods: ['GET', 'PUT', 'POST', 'DELETE', 'HEAD'],
    allowedHeaders: ['*'],
    exposeHeaders: [
      'ETag',
      'x-oss-request-id',
      'x-oss-hash-crc64ecma',
      'x-oss-server-time',
      'x-oss-version-id',
      'x-oss-ec',
      'x-oss-err',
      'x-oss-object-type',
      'x-oss-next-append-position',
      'x-oss-qos-delay-time',
      'Content-MD5',
      'Date',
      'Retry-After',
    ],
    maxAgeSeconds: 600,
  },
];

const METHODS = new Set(['GET', 'PUT', 'POST', 'DELETE', 'HEAD']);

/** Throws TypeError for a rule that OSS would refuse (OSS docs, PutBucketCors). */
export function assertCorsRules(rules: readonly CorsRule[]): void {
  for (const rule of rules) {
    if (rule.allowedOrigins.length === 0)
      throw new TypeError('allowedOrigins: expected at least one');
    if (rule.allowedMethods.length === 0)
      throw new TypeError('allowedMethods: expected at least one');
    for (const method of rule.allowedMethods)
      if (!METHODS.has(method))
        throw new TypeError(
          `allowedMethods: expected GET, PUT, POST, DELETE or HEAD, got ${method}`,
        );
    for (const pattern of [...rule.allowedOrigins, ...rule.allowedHeaders])
      if (pattern.split('*').length > 2)
        throw new TypeError(`allowedOrigins, allowedHeaders: expected at most one * in ${pattern}`);
    for (const name of rule.exposeHeaders)
      if (name.includes('*')) throw new TypeError(`exposeHeaders: expected no * in ${name}`);
  }
}

/**
 * CORS headers of an answer that is not a preflight's: those of the first rule that allows origin and method,
 * errors included; none when no rule does (OSS docs, "Configure CORS").
 */
export function corsHeaders(
  rules: readonly CorsRule[],
  request: OssRequest,
): Record<string, string> {
  if (rules.length === 0) return {};
  const origin = request.headers['origin'];
  if (origin === undefined) return { Vary: 'Origin' };
  const rule = rules.find(
    (candidate) =>
      matchingOrigin(candidate, origin) !== undefined &&
      candidate.allowedMethods.includes(request.method),
  );
  return { Vary: 'Origin', ...(rule === undefined ? {} : sharedHeaders(rule, origin)) };
}

/** Answers a preflight. Throws BadRequest when it is incomplete, AccessForbidden when no rule allows all of it. */
export function answerPreflight(rules: readonly CorsRule[], request: OssRequest): Answer {
  const origin = required(request, 'origin', 'Origin');
  const method = required(
    request,
    'access-control-request-method',
    'Access-Control-Request-Method',
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
      Vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
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

function required(request: OssRequest, header: string, spelled: string): string {
  const value = request.headers[header];
  if (value !== undefined && value !== '') return value;
  const message = `Insufficient information. ${spelled} request header needed.`;
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
