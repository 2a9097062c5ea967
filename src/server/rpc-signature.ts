import { canonicalQuery, percentEncode } from '../oss/percent-encoding.ts';

const encoder = new TextEncoder();

/**
 * A POST form by the RPC convention, signed with HMAC-SHA1 (Alibaba Cloud docs, "RPC signature method").
 *
 * @param parameters with values that are not empty.
 */
export async function signedForm(
  parameters: Readonly<Record<string, string>>,
  secret: string,
): Promise<string> {
  const form = canonicalQuery(Object.entries(parameters));
  const signature = await rpcSignature(rpcStringToSign('POST', form), secret);
  return `${form}&Signature=${percentEncode(signature)}`;
}

/** @param query canonical. */
export function rpcStringToSign(method: 'GET' | 'POST', query: string): string {
  return [method, percentEncode('/'), percentEncode(query)].join('&');
}

/** In base64. */
export async function rpcSignature(stringToSign: string, secret: string): Promise<string> {
  const { subtle } = globalThis.crypto;
  const algorithm = { name: 'HMAC', hash: 'SHA-1' };
  const key = await subtle.importKey('raw', encoder.encode(`${secret}&`), algorithm, false, [
    'sign',
  ]);
  const signature = await subtle.sign('HMAC', key, encoder.encode(stringToSign));
  return btoa(String.fromCharCode(...new Uint8Array(signature)));
}
