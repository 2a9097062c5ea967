import { FieldError } from './fields.ts';
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

/** Throws FieldError, a TypeError, for a rule that OSS would refuse (OSS docs, PutBucketCors). */
export function assertCorsRules(rules: readonly CorsRule[]): void {
  for (const rule of rules) {
    if (rule.allowedOrigins.length === 0) throw new FieldError('allowedOrigins', 'at least one');
    if (rule.allowedMethods.length === 0) throw new FieldError('allowedMethods', 'at least one');
    for (const method of rule.allowedMethods)
      if (!METHODS.has(method))
        throw new FieldError('allowedMethods', `GET, PUT, POST, DELETE or HEAD, got ${method}`);
    for (const field of ['allowedOrigins', 'allowedHeaders'] as const)
      for (const pattern of rule[field])
        if (pattern.split('*').length > 2)
          throw new FieldError(field, `at most one * in ${pattern}`);
    for (const name of rule.exposeHeaders)
      if (name.includes('*')) throw new FieldError('exposeHeaders', `no * in ${name}`);
  }
}
