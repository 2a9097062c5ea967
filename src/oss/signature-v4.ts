import { UploadError } from '../errors.ts';
import { canonicalQuery, percentEncodeKey, type Query } from './percent-encoding.ts';

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

/** What is signed, step by step; the names are those of the OSS documentation, "V4 signature in the header". */
export interface SignatureV4 {
  readonly canonicalRequest: string;
  readonly stringToSign: string;
  readonly signature: string;
  /** The value of the Authorization header. */
  readonly authorization: string;
}

export type SignV4 = (request: SignableRequest, key: SigningKey) => Promise<SignatureV4>;

/**
 * Signs requests with V4 by WebCrypto. Derived keys are kept for as long as their day lasts.
 *
 * The returned function rejects with an `UploadError` of kind `credentials` where WebCrypto is missing.
 */
export function createSignV4(): SignV4 {
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
    const digest = await subtle().digest('SHA-256', encoder.encode(canonicalRequest));
    const stringToSign = [ALGORITHM, date, scope, toHex(digest)].join('\n');
    const signature = toHex(await hmac(key, stringToSign));

    const listed = additional === '' ? '' : `AdditionalHeaders=${additional},`;
    return {
      canonicalRequest,
      stringToSign,
      signature,
      authorization: `${ALGORITHM} Credential=${accessKeyId}/${scope},${listed}Signature=${signature}`,
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

/** Bytes as lower-case hexadecimal. */
export function toHex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** WebCrypto's digests and signatures, or the reason why they are not there. */
export function subtle(): SubtleCrypto {
  // The DOM types say that it is always there; browsers leave it out of insecure contexts.
  const crypto: Partial<Crypto> = globalThis.crypto;
  if (crypto.subtle !== undefined) return crypto.subtle;
  throw new UploadError('credentials', 'Requests cannot be signed: this page has no WebCrypto.', {
    code: 'WebCryptoMissing',
    advice: 'Browsers offer it only to secure pages: serve the page over https, or from localhost.',
  });
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

export function hmac(key: CryptoKey, text: string): Promise<ArrayBuffer> {
  return subtle().sign('HMAC', key, encoder.encode(text));
}
