import { UploadError } from '../errors.ts';

const encoder = new TextEncoder();

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

export function sha256(text: string): Promise<ArrayBuffer> {
  return subtle().digest('SHA-256', encoder.encode(text));
}

/** HMAC with the hash that the key was made for. */
export function hmac(key: CryptoKey, text: string): Promise<ArrayBuffer> {
  return subtle().sign('HMAC', key, encoder.encode(text));
}

/** Bytes as lower-case hexadecimal. */
export function toHex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
