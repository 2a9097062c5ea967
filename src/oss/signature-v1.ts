import type { Query } from './percent-encoding.ts';
import { canonicalHeaders, type SignableRequest, type SigningKey } from './signature-v4.ts';
import { subtle } from './web-crypto.ts';

export type SigningKeyV1 = Pick<SigningKey, 'accessKeyId' | 'accessKeySecret'>;

/** What is signed, and the outcome. */
export interface SignatureV1 {
  readonly stringToSign: string;
  /** Base64. */
  readonly signature: string;
  /** The value of the Authorization header. */
  readonly authorization: string;
}

export type SignV1 = (request: SignableRequest, key: SigningKeyV1) => Promise<SignatureV1>;

/**
 * Signs requests with V1 by WebCrypto; takes the place of `createSignV4()` where a bucket or a proxy knows no V4.
 *
 * The date that is signed is `x-oss-date` as `toGmtDate()` writes it, for a page cannot set Date. The returned function
 * rejects with an `UploadError` of kind `credentials` where WebCrypto is missing.
 */
export function createSignV1(): SignV1 {
  return async (request, { accessKeyId, accessKeySecret }) => {
    const headers = canonicalHeaders({ headers: request.headers, additionalHeaders: ['date'] });
    const date = headers.get('x-oss-date') ?? headers.get('date') ?? '';
    const stringToSign = stringToSignV1(request, date);
    const signature = await signTextV1(accessKeySecret, stringToSign);
    return { stringToSign, signature, authorization: `OSS ${accessKeyId}:${signature}` };
  };
}

/**
 * The text that V1 signs (OSS docs, "Add a signature to the header" and "Add signatures to a URL").
 *
 * @param date the request's date; for a signed address the second at which it ends, as it stands in `Expires`.
 */
export function stringToSignV1(request: SignableRequest, date: string): string {
  const headers = canonicalHeaders({ headers: request.headers });
  const ossHeaders = [...headers].filter(([name]) => name.startsWith('x-oss-'));
  return [
    request.method,
    headers.get('content-md5') ?? '',
    headers.get('content-type') ?? '',
    date,
    ...ossHeaders.map(([name, value]) => `${name}:${value}`),
    canonicalResourceV1(request),
  ].join('\n');
}

/** The resource that V1 signs: `/`, `/bucket/` or `/bucket/key`, and the signed part of the query; nothing is encoded. */
export function canonicalResourceV1({
  bucket,
  key,
  query,
}: Pick<SignableRequest, 'bucket' | 'key' | 'query'>): string {
  const path = bucket === undefined ? '/' : `/${bucket}/${key ?? ''}`;
  const signed = signedQuery(query);
  return signed === '' ? path : `${path}?${signed}`;
}

/** HMAC-SHA1 of a text in base64: the signature of requests, addresses and forms. */
export async function signTextV1(accessKeySecret: string, text: string): Promise<string> {
  const encoder = new TextEncoder();
  const secret = encoder.encode(accessKeySecret);
  const algorithm = { name: 'HMAC', hash: 'SHA-1' };
  const key = await subtle().importKey('raw', secret, algorithm, false, ['sign']);
  const signature = await subtle().sign('HMAC', key, encoder.encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(signature)));
}

/** A moment as V1 writes it: `Wed, 28 Dec 2022 10:27:41 GMT`. */
export function toGmtDate(epochMilliseconds: number): string {
  return new Date(epochMilliseconds).toUTCString();
}

/**
 * The names of a query that V1 signs, besides all that begin with `x-oss-`; other names, such as `max-parts`, anybody may
 * change (OSS docs, "Add a signature to the header", and the sub-resources that the service's SDKs declare).
 */
const SIGNED_NAMES: ReadonlySet<string> = new Set(
  (
    'acl append bucketInfo callback callback-var cloudboxes cname comp continuation-token cors delete encryption ' +
    'endTime img inventory inventoryId lifecycle live location logging objectMeta partNumber policy policyStatus ' +
    'position qos referer regionList replication replicationLocation replicationProgress requestPayment ' +
    'resourceGroup response-cache-control response-content-disposition response-content-encoding ' +
    'response-content-language response-content-type response-expires restore security-token sequential startTime ' +
    'stat status style styleName symlink tagging transferAcceleration uploadId uploads versionId versioning versions ' +
    'vod website worm wormExtend wormId'
  ).split(' '),
);

/** Whether V1 signs what the query says by this name. */
export function isSignedByV1(name: string): boolean {
  return SIGNED_NAMES.has(name) || name.startsWith('x-oss-');
}

function signedQuery(query: Query): string {
  const first = new Map<string, string>();
  for (const [name, value] of query) {
    // Of values with one name the service takes the first.
    if (isSignedByV1(name) && !first.has(name)) first.set(name, value ?? '');
  }
  return [...first]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .join('&');
}
