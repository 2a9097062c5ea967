import { createHash, createHmac } from 'node:crypto';
import { percentEncode } from '../names.ts';
import type { OssRequest, QueryParameter } from '../request.ts';

/** What of a request takes part in its signature. */
export type SignedRequest = Pick<OssRequest, 'method' | 'bucket' | 'key' | 'query' | 'headers'>;

/** The middle of a credential: `{date}/{region}/{product}`, date as yyyyMMdd. */
export interface Scope {
  readonly date: string;
  readonly region: string;
  readonly product: string;
}

export const ALGORITHM = 'OSS4-HMAC-SHA256';
export const SCOPE_END = 'aliyun_v4_request';

/** `/`, `/bucket/` or `/bucket/key`, percent-encoded but for the slashes. */
export function canonicalUri(bucket: string | undefined, key: string | undefined): string {
  if (bucket === undefined) return '/';
  return `/${bucket}/${percentEncode(key ?? '').replaceAll('%2F', '/')}`;
}

/** All parameters, encoded, in byte order; those without a value without `=`. */
export function canonicalQuery(query: readonly QueryParameter[]): string {
  return query
    .map(([name, value]) => [percentEncode(name), percentEncode(value ?? '')] as const)
    .toSorted(byFirst)
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .join('&');
}

/** The additional headers that count: lower-case, sorted, present, and not signed anyway. */
export function effectiveAdditionalHeaders(
  names: readonly string[],
  headers: Readonly<Record<string, string>>,
): string[] {
  const lowerCase = new Set(names.map((name) => name.trim().toLowerCase()));
  return [...lowerCase].filter((name) => name in headers && !isSignedAnyway(name)).toSorted();
}

/** One line per signed header, each with its newline. */
export function canonicalHeaders(
  headers: Readonly<Record<string, string>>,
  additional: readonly string[],
): string {
  return Object.entries(headers)
    .filter(([name]) => isSignedAnyway(name) || additional.includes(name))
    .toSorted(byFirst)
    .map(([name, value]) => `${name}:${value.trim()}\n`)
    .join('');
}

/** The canonical request (OSS docs, "Include a V4 signature"). Header values keep their bytes as Latin-1 characters. */
export function canonicalRequest(request: SignedRequest, additional: readonly string[]): string {
  return [
    request.method,
    canonicalUri(request.bucket, request.key),
    canonicalQuery(request.query),
    canonicalHeaders(request.headers, additional),
    additional.join(';'),
    request.headers['x-oss-content-sha256'] ?? 'UNSIGNED-PAYLOAD',
  ].join('\n');
}

/** The string to sign; `timestamp` as yyyyMMddTHHmmssZ. */
export function stringToSign(timestamp: string, scope: Scope, canonical: string): string {
  const hash = createHash('sha256').update(canonical, 'latin1').digest('hex');
  const { date, region, product } = scope;
  return [ALGORITHM, timestamp, `${date}/${region}/${product}/${SCOPE_END}`, hash].join('\n');
}

/** The key that signs everything of one day, region and product. */
export function signingKey(secret: string, { date, region, product }: Scope): Buffer {
  const dateKey = hmac(`aliyun_v4${secret}`, date);
  return hmac(hmac(hmac(dateKey, region), product), SCOPE_END);
}

/** The signature in lower-case hex. */
export function sign(key: Buffer, text: string): string {
  return hmac(key, text).toString('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function isSignedAnyway(name: string): boolean {
  return name === 'content-type' || name === 'content-md5' || name.startsWith('x-oss-');
}

function byFirst([a]: readonly [string, string], [b]: readonly [string, string]): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
