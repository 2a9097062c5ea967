import type { SigningOrder, TransportRequest } from '../ports.ts';
import { hmac, sha256, toHex } from './web-crypto.ts';

/** What is signed, and the signature; the names are those of the OSS documentation, "V4 signature in the header". */
export interface Signed {
  readonly stringToSign: string;
  readonly signature: string;
  /** The value of the Authorization header. */
  readonly authorization: string;
}

/** Carries out an order: the two steps of a signature that need WebCrypto. */
export async function sign({
  key,
  canonicalRequest,
  beforeDigest,
  beforeSignature,
}: SigningOrder): Promise<Signed> {
  const stringToSign = `${beforeDigest}${toHex(await sha256(canonicalRequest))}`;
  const signature = toHex(await hmac(key, stringToSign));
  return { stringToSign, signature, authorization: `${beforeSignature}${signature}` };
}

/** The headers of a request as they are sent. */
export async function signedHeaders({
  headers,
  signing,
}: Pick<TransportRequest, 'headers' | 'signing'>): Promise<TransportRequest['headers']> {
  if (signing === undefined) return headers;
  const { authorization } = await sign(signing);
  return { ...headers, authorization };
}
