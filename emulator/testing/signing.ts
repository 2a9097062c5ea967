import { createHash, createHmac } from 'node:crypto';

/** Keys to sign with; the permanent one has no token. */
export interface Keys {
  accessKeyId: string;
  accessKeySecret: string;
  securityToken?: string;
}

/** How a request is signed: in its Authorization header or in its URL. */
export type SignedBy = 'header-v4' | 'header-v1' | 'url-v4' | 'url-v1';

/** A request before it is signed; the signers add to its headers or its query. */
export interface Unsigned {
  method: string;
  bucket: string | null;
  key: string;
  /** Names to values; null writes the name without `=`. */
  query: Record<string, string | null>;
  headers: Record<string, string>;
  keys: Keys;
  additionalHeaders: string[];
  region: string;
  /** Signing time, epoch milliseconds. */
  time: number;
  /** Life of a signed URL, in seconds. */
  lifetime: number;
  signsWithDate: boolean;
}

export const SIGNERS: Readonly<Record<SignedBy, (request: Unsigned) => void>> = {
  'header-v4': signHeaderV4,
  'header-v1': signHeaderV1,
  'url-v4': signUrlV4,
  'url-v1': signUrlV1,
};

function signHeaderV4(request: Unsigned): void {
  const { headers, keys, time, signsWithDate, additionalHeaders } = request;
  const timestamp = basicIso(time);
  if (!signsWithDate) headers['x-oss-date'] ??= timestamp;
  headers['x-oss-content-sha256'] ??= 'UNSIGNED-PAYLOAD';
  if (keys.securityToken !== undefined) headers['x-oss-security-token'] = keys.securityToken;
  const scope = scopeOf(request);
  const signature = signatureV4(request, headers['x-oss-date'] ?? timestamp);
  const extra =
    additionalHeaders.length === 0 ? '' : `,AdditionalHeaders=${additionalHeaders.join(';')}`;
  headers['authorization'] =
    `OSS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${scope}${extra},Signature=${signature}`;
}

function signUrlV4(request: Unsigned): void {
  const { query, keys, time, lifetime, additionalHeaders } = request;
  query['x-oss-signature-version'] ??= 'OSS4-HMAC-SHA256';
  query['x-oss-credential'] ??= `${keys.accessKeyId}/${scopeOf(request)}`;
  query['x-oss-date'] ??= basicIso(time);
  query['x-oss-expires'] ??= String(lifetime);
  if (additionalHeaders.length > 0)
    query['x-oss-additional-headers'] ??= additionalHeaders.join(';');
  if (keys.securityToken !== undefined) query['x-oss-security-token'] = keys.securityToken;
  query['x-oss-signature'] = signatureV4(request, query['x-oss-date'] ?? '');
}

function signHeaderV1(request: Unsigned): void {
  const { headers, keys, time, signsWithDate } = request;
  if (signsWithDate) headers['date'] ??= new Date(time).toUTCString();
  else headers['x-oss-date'] ??= new Date(time).toUTCString();
  if (keys.securityToken !== undefined) headers['x-oss-security-token'] = keys.securityToken;
  const signature = signatureV1(request, headers['x-oss-date'] ?? headers['date'] ?? '');
  headers['authorization'] = `OSS ${keys.accessKeyId}:${signature}`;
}

function signUrlV1(request: Unsigned): void {
  const { query, keys, time, lifetime } = request;
  const expires = (query['Expires'] ??= String(Math.floor(time / 1000) + lifetime));
  if (keys.securityToken !== undefined) query['security-token'] = keys.securityToken;
  query['Signature'] = signatureV1(request, expires ?? '');
  query['OSSAccessKeyId'] = keys.accessKeyId;
}

function signatureV4(request: Unsigned, timestamp: string): string {
  const { method, bucket, key, query, headers, keys, additionalHeaders } = request;
  const signed = Object.keys(headers)
    .filter(
      (name) =>
        /^(content-type|content-md5|x-oss-.*)$/.test(name) || additionalHeaders.includes(name),
    )
    .toSorted();
  const path = bucket === null ? '/' : `/${bucket}/${encode(key).replaceAll('%2F', '/')}`;
  const canonical =
    `${method}\n${path}\n${writeQuery(query).toSorted(byName).join('&')}\n` +
    `${signed.map((name) => `${name}:${headers[name]?.trim()}\n`).join('')}\n` +
    `${additionalHeaders.join(';')}\nUNSIGNED-PAYLOAD`;
  const scope = scopeOf(request);
  const hash = createHash('sha256').update(canonical, 'latin1').digest('hex');
  let secret: Buffer | string = `aliyun_v4${keys.accessKeySecret}`;
  for (const step of scope.split('/')) secret = createHmac('sha256', secret).update(step).digest();
  return createHmac('sha256', secret)
    .update(`OSS4-HMAC-SHA256\n${timestamp}\n${scope}\n${hash}`)
    .digest('hex');
}

/** Of the parameters that V1 signs, those that tests use. */
const SIGNED_V1 =
  /^(acl|append|bucketInfo|callback|callback-var|continuation-token|cors|delete|lifecycle|location|objectMeta|partNumber|position|referer|response-.*|security-token|sequential|tagging|uploadId|uploads|x-oss-.*)$/;

function signatureV1(request: Unsigned, date: string): string {
  const { method, bucket, key, query, headers, keys } = request;
  const ossHeaders = Object.keys(headers)
    .filter((name) => name.startsWith('x-oss-'))
    .toSorted()
    .map((name) => `${name}:${headers[name]?.trim()}\n`);
  const subResources = Object.entries(query)
    .filter(([name]) => SIGNED_V1.test(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => (value === null || value === '' ? name : `${name}=${value}`));
  const resource = bucket === null ? '/' : `/${bucket}/${key}`;
  const end = subResources.length === 0 ? resource : `${resource}?${subResources.join('&')}`;
  const lines = [method, headers['content-md5'] ?? '', headers['content-type'] ?? '', date, ''];
  return createHmac('sha1', keys.accessKeySecret)
    .update(lines.join('\n') + ossHeaders.join(''), 'latin1')
    .update(end)
    .digest('base64');
}

/** A query's pairs, encoded. */
export function writeQuery(query: Record<string, string | null>): string[] {
  return Object.entries(query).map(([name, value]) =>
    value === null || value === '' ? encode(name) : `${encode(name)}=${encode(value)}`,
  );
}

/** Percent-encodes all but the unreserved characters. */
export function encode(text: string): string {
  let encoded = '';
  for (const byte of Buffer.from(text)) {
    const character = String.fromCharCode(byte);
    encoded += /[\w.~-]/.test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

function scopeOf({ time, region }: Unsigned): string {
  return `${basicIso(time).slice(0, 8)}/${region}/oss/aliyun_v4_request`;
}

function basicIso(time: number): string {
  return new Date(time).toISOString().replaceAll(/[-:]|\.\d+/g, '');
}

/** By the encoded name alone: `a=` comes before `a-b=`. */
function byName(a: string, b: string): number {
  const [first = '', second = ''] = [a.split('=')[0], b.split('=')[0]];
  if (first === second) return 0;
  return first < second ? -1 : 1;
}
