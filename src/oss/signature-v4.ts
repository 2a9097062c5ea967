import type { SigningOrder } from '../ports.ts';
import { canonicalQuery, percentEncodeKey, type Query } from './percent-encoding.ts';
import { type Signed, sign } from './signing-order.ts';
import { hmac, subtle } from './web-crypto.ts';

export const ALGORITHM = 'OSS4-HMAC-SHA256';
const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';
const encoder = new TextEncoder();

export interface SignableRequest {
  readonly method: string;
  readonly bucket?: string | undefined;
  /** Decoded. */
  readonly key?: string | undefined;
  readonly query: Query;
  /** Names in any case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As `toOssDate()` writes it. @default the header `x-oss-date`; a signed address has it in its query */
  readonly date?: string | undefined;
  /** Names of headers to sign besides Content-Type, Content-MD5 and `x-oss-*`, which always are. */
  readonly additionalHeaders?: readonly string[];
}

export interface SigningKey {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Without the `oss-` prefix. */
  readonly region: string;
  readonly product?: string;
}

/** What is signed, step by step. */
export interface SignatureV4 extends Signed {
  readonly canonicalRequest: string;
}

export type SignV4 = (request: SignableRequest, key: SigningKey) => Promise<SignatureV4>;

/**
 * Signs requests with V4 by WebCrypto.
 *
 * The returned function rejects with an `UploadError` of kind `credentials` where WebCrypto is missing.
 */
export function createSignV4(): SignV4 {
  const order = createOrderV4();
  return async (...request) => {
    const signing = await order(...request);
    return { canonicalRequest: signing.canonicalRequest, ...(await sign(signing)) };
  };
}

/**
 * Prepares V4 signatures, for others to carry out. Derived keys are kept for as long as their day lasts.
 *
 * The returned function rejects with an `UploadError` of kind `credentials` where WebCrypto is missing.
 */
export function createOrderV4(): (
  request: SignableRequest,
  key: SigningKey,
) => Promise<SigningOrder> {
  let derived: { readonly from: string; readonly key: Promise<CryptoKey> } | undefined;

  return async (request, { accessKeyId, accessKeySecret, region, product = 'oss' }) => {
    const headers = canonicalHeaders(request);
    const date = request.date ?? headers.get('x-oss-date') ?? '';
    const day = date.slice(0, 8);
    const scope = `${day}/${region}/${product}/aliyun_v4_request`;

    const from = JSON.stringify([accessKeySecret, scope]);
    if (derived?.from !== from)
      derived = { from, key: deriveKey(accessKeySecret, day, region, product) };

    const key = await derived.key;

    const additional = [...headers.keys()].filter((name) => !isAlwaysSigned(name)).join(';');
    const canonicalRequest = [
      request.method,
      canonicalUri(request.bucket, request.key),
      canonicalQuery(request.query),
      ...[...headers].map(([name, value]) => `${name}:${value}`),
      '',
      additional,
      headers.get('x-oss-content-sha256') ?? UNSIGNED_PAYLOAD,
    ].join('\n');
    const listed = additional === '' ? '' : `AdditionalHeaders=${additional},`;
    return {
      key,
      canonicalRequest,
      beforeDigest: `${ALGORITHM}\n${date}\n${scope}\n`,
      beforeSignature: `${ALGORITHM} Credential=${accessKeyId}/${scope},${listed}Signature=`,
    };
  };
}

/** A moment as `x-oss-date` writes it: `20231216T162057Z`. */
export function toOssDate(epochMilliseconds: number): string {
  return new Date(epochMilliseconds).toISOString().replace(/[-:]|\.\d+/g, '');
}

/** The path that is signed, whatever the addressing: `/`, `/bucket/` or `/bucket/key`, encoded. */
export function canonicalUri(bucket?: string | null, key?: string | null): string {
  if (bucket === undefined || bucket === null) return '/';
  return `/${bucket}/${percentEncodeKey(key ?? '')}`;
}

/** The signed headers, by name in byte order. */
export function canonicalHeaders({
  headers,
  additionalHeaders = [],
}: Pick<SignableRequest, 'headers' | 'additionalHeaders'>): Map<string, string> {
  const additional = new Set(additionalHeaders.map((name) => name.toLowerCase()));
  const signed = Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value.trim()] as const)
    .filter(([name]) => isAlwaysSigned(name) || additional.has(name));
  return new Map(signed.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function isAlwaysSigned(name: string): boolean {
  return name === 'content-type' || name === 'content-md5' || name.startsWith('x-oss-');
}

/** The key for a day (`20231216`), a region and a product. */
export async function deriveKey(
  secret: string,
  day: string,
  region: string,
  product: string,
): Promise<CryptoKey> {
  let key = await importKey(encoder.encode(`aliyun_v4${secret}`));
  for (const step of [day, region, product, 'aliyun_v4_request']) {
    key = await importKey(await hmac(key, step));
  }
  return key;
}

function importKey(bytes: BufferSource): Promise<CryptoKey> {
  return subtle().importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
}
