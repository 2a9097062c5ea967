import { UploadError } from '../errors.ts';
import type { Authorized, UnsignedRequest } from './authorization.ts';
import type { Endpoint } from './endpoint.ts';
import { isRecord } from './is-record.ts';
import { quote } from './names.ts';
import { objectUrl } from './object-url.ts';
import { SIGNATURE_QUERY } from './signature-query.ts';

/**
 * Makes what is sent out of what the app's server answered. The server adds to a request; it does not make another one
 * of it, and sends nothing elsewhere.
 *
 * @throws UploadError of kind `credentials`, whose message names what is wrong and shows no part of a signature.
 */
export function readSigned(
  answer: unknown,
  request: UnsignedRequest,
  endpoint: Endpoint,
): Authorized {
  const { headers, url }: { headers?: unknown; url?: unknown } =
    typeof answer === 'object' && answer !== null ? answer : {};
  if (isRecord(headers) && url === undefined) return withHeaders(headers, request, endpoint);
  if (typeof url === 'string' && headers === undefined) return withUrl(url, request, endpoint);
  throw unusable(
    `Expected { headers } or { url }; got ${isRecord(answer) ? `an object with ${Object.keys(answer).map(quote).join(', ') || 'nothing in it'}` : quote(answer)}.`,
  );
}

function withHeaders(
  signed: Readonly<Record<string, unknown>>,
  { key, query, headers: own }: UnsignedRequest,
  endpoint: Endpoint,
): Authorized {
  const headers: Record<string, string> = { ...own };
  for (const [name, value] of Object.entries(signed)) {
    const lower = name.toLowerCase();
    if (typeof value !== 'string' || !/^[\t\x20-\x7e\xa0-\xff]*$/.test(value)) {
      throw unusable(`Expected the header ${quote(name)} to be text in Latin-1.`);
    }
    if ((own[lower] ?? value) !== value) {
      throw unusable(`Expected the header ${quote(name)} as it was asked for; it was changed.`);
    }
    if (!(lower in own) && lower !== 'authorization' && !lower.startsWith('x-oss-')) {
      throw unusable(`Expected authorization and x-oss-* headers; got ${quote(name)} besides.`);
    }
    headers[lower] = value;
  }
  if (headers['authorization'] === undefined) {
    throw unusable('Expected `headers` to hold authorization; it is missing.');
  }
  return { url: objectUrl(endpoint, key, query), headers };
}

function withUrl(
  url: string,
  { key, query, headers }: UnsignedRequest,
  endpoint: Endpoint,
): Authorized {
  const asked = new URL(objectUrl(endpoint, key, query));
  const signed = parse(url);
  // SDKs encode less of a key, or more.
  const isSame = signed?.origin === asked.origin && decoded(signed) === decoded(asked);
  if (signed === undefined || !isSame) {
    throw unusable(
      `Expected \`url\` to begin with ${asked.origin}${asked.pathname}; got ${signed === undefined ? 'no address' : `${signed.origin}${signed.pathname}`}.`,
    );
  }
  for (const [name, value] of asked.searchParams) {
    if (signed.searchParams.get(name) !== value) {
      throw unusable(`Expected \`url\` to hold ${quote(name)} as it was asked for.`);
    }
  }
  const names = [...signed.searchParams.keys()];
  const isOdd = (name: string, index: number): boolean =>
    names.indexOf(name) < index || !(asked.searchParams.has(name) || SIGNATURE_QUERY.test(name));
  const odd = names.find(isOdd);
  if (odd === undefined) return { url, headers };
  throw unusable(
    `Expected \`url\` to hold what was asked for and a signature, each once; got ${quote(odd)} besides.`,
  );
}

function decoded({ pathname }: URL): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}

function parse(url: string): URL | undefined {
  try {
    return new URL(url);
  } catch {
    return undefined;
  }
}

function unusable(advice: string): UploadError {
  return new UploadError('credentials', 'The signature that the app gave cannot be used.', {
    code: 'SignatureUnusable',
    advice,
  });
}
