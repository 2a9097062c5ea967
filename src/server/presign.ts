import type { Credentials, CredentialsProvider } from '../oss/credentials.ts';
import type { Addressing } from '../oss/endpoint.ts';
import { isRecord } from '../oss/is-record.ts';
import { checkKey, isWellFormed, quote } from '../oss/names.ts';
import { objectUrl } from '../oss/object-url.ts';
import { SIGNATURE_QUERY } from '../oss/signature-query.ts';
import { signQueryV1, signQueryV4 } from './signed-query.ts';
import { createSigningCredentials } from './signing-credentials.ts';
import {
  checkCallback,
  checkLifetime,
  checkVersion,
  endOf,
  isHeaderValue,
  locate,
  type SignatureVersion,
} from './signing-options.ts';
import { isKeyForV1, unfitForV1 } from './text-v1.ts';

export interface PresignOptions {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** The bucket's name. */
  readonly bucket: string;
  /** Region id, such as `cn-hangzhou`. V4 needs it, unless `endpoint` tells it. */
  readonly region?: string | undefined;
  /** A host or address. @default the public endpoint of `region` */
  readonly endpoint?: string | undefined;
  /** How the bucket is named in the address. @default by the host, as for uploads */
  readonly addressing?: Addressing | undefined;
  /** The object's key, not encoded. */
  readonly key: string;
  /** Not encoded; an empty value for a bare name such as `uploads`. */
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** Headers that the sender will send; Content-Type, Content-MD5 and `x-oss-*` get signed. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** How long the address is good, in seconds: by V4 1 to 604,800 (seven days). */
  readonly expiresIn: number;
  /** What to sign with; a function is asked once for each address. */
  readonly credentials: Credentials | CredentialsProvider;
  /** V1 takes no `?` in the key, and no `?` or `&` in a query that it signs. @default 4 */
  readonly version?: SignatureVersion | undefined;
  /** Names of headers that V4 signs besides, such as `content-length`; all but `host` stand in `headers`. */
  readonly additionalHeaders?: readonly string[] | undefined;
  /** The time, in epoch milliseconds. @default Date.now */
  readonly now?: (() => number) | undefined;
}

export interface Presigned {
  readonly url: string;
  /**
   * The headers to send along, names in lower case: those that are signed exactly so, and of Content-Type, Content-MD5
   * and `x-oss-*` no others. Host and Content-Length, which every sender writes by itself, are left out.
   */
  readonly headers: Readonly<Record<string, string>>;
  /** When the address, or the temporary key that signed it, ends. Epoch milliseconds. */
  readonly expiresAt: number;
}

/**
 * Signs an address, for whoever has no key of their own.
 *
 * The address lets anyone who holds it do this one thing until it ends. Signing asks nobody: an address by a key without
 * the right is refused only when it is used.
 *
 * @throws TypeError or RangeError naming the option.
 */
export async function presign(options: PresignOptions): Promise<Presigned> {
  const { method, now = Date.now } = options;
  if (!METHODS.has(method)) {
    throw new TypeError(`Expected \`method\` to be one of ${[...METHODS].join(', ')}.`);
  }
  const version = checkVersion(options.version);
  const endpoint = locate(options, version);
  const { bucket, region } = endpoint;
  const key = checkKey(options.key);
  const expiresIn = checkLifetime(options.expiresIn, version);
  const credentialsFor = createSigningCredentials(options.credentials, now);
  const query = checkQuery(options.query ?? {});
  if (version === 1) checkForV1(key, query);
  const headers = checkHeaders(options.headers ?? {});
  if ('callback' in query && 'x-oss-callback' in headers) {
    throw new TypeError('Expected a callback in `query` or in `headers`; got both.');
  }
  const additionalHeaders = checkAdditional(options.additionalHeaders ?? [], headers, version);
  const credentials = await credentialsFor(expiresIn);
  // Signatures have whole seconds.
  const time = Math.floor(now() / 1000) * 1000;
  const expiresAt = endOf(credentials, time, expiresIn);
  const request = {
    method,
    bucket,
    key,
    query: Object.entries(query),
    headers: { ...headers, host: new URL(endpoint.base).host },
    additionalHeaders,
  };
  const signed = await (version === 4
    ? signQueryV4(request, { credentials, region, now: time, expiresIn })
    : signQueryV1(request, { credentials, expires: time / 1000 + expiresIn }));
  const { 'content-length': _written, ...sent } = headers;
  return { url: objectUrl(endpoint, key, signed.query), headers: sent, expiresAt };
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'POST', 'DELETE']);

/** A signature in the address goes without these. */
const OWN_HEADERS = /^(authorization|date|host|x-oss-(date|content-sha256|security-token))$/;

function checkQuery(query: unknown): Readonly<Record<string, string>> {
  if (!isRecord(query)) throw notTexts('query', query);
  for (const [name, value] of Object.entries(query)) {
    if (typeof value !== 'string') throw notTexts(`query[${quote(name)}]`, value);
    if (!isWellFormed(name + value)) {
      throw new TypeError(
        `Expected \`query[${quote(name)}]\` to be well-formed text; got an unpaired surrogate.`,
      );
    }
    if (name === '' || SIGNATURE_QUERY.test(name)) {
      throw new TypeError(
        `Expected \`query\` to have no names that the signature adds itself; got ${quote(name)}.`,
      );
    }
    if (name === 'callback' || name === 'callback-var') checkCallback(`query.${name}`, value);
  }
  return query as Readonly<Record<string, string>>;
}

function checkForV1(key: string, query: Readonly<Record<string, string>>): void {
  if (!isKeyForV1(key)) {
    throw new TypeError(
      `Expected \`key\` to have no "?" with \`version\` 1, which signs key and query as one text; got ${quote(key)}.`,
    );
  }
  const unfit = unfitForV1(query);
  if (unfit === undefined) return;
  throw new TypeError(
    `Expected \`query[${quote(unfit)}]\` to have no "&" or "?" with \`version\` 1, which signs the query as one text.`,
  );
}

function checkHeaders(headers: unknown): Readonly<Record<string, string>> {
  if (!isRecord(headers)) throw notTexts('headers', headers);
  const checked: Record<string, string> = {};
  for (const [given, value] of Object.entries(headers)) {
    const name = given.toLowerCase();
    if (!/^[!#$%&'*+.^`|~\w-]+$/.test(name) || OWN_HEADERS.test(name) || name in checked) {
      throw new TypeError(
        `Expected \`headers\` to hold headers that go with a signed address, each once; got ${quote(given)}.`,
      );
    }
    if (!isHeaderValue(value)) {
      throw new TypeError(
        `Expected \`headers[${quote(given)}]\` to be ASCII without line breaks (encode the rest, as encodeURIComponent does).`,
      );
    }
    if (/^x-oss-callback(-var)?$/.test(name)) checkCallback(`headers[${quote(given)}]`, value);
    checked[name] = value.trim();
  }
  return checked;
}

function checkAdditional(
  names: readonly string[],
  headers: Readonly<Record<string, string>>,
  version: SignatureVersion,
): readonly string[] {
  if (names.length > 0 && version === 1) {
    throw new TypeError(
      'Expected no `additionalHeaders` with `version` 1, which cannot sign them.',
    );
  }
  const absent = names.find((name) => !isAmong(name, headers));
  if (absent === undefined) return names;
  throw new TypeError(
    `Expected \`additionalHeaders\` to name headers that are in \`headers\`; got ${quote(absent)}.`,
  );
}

function isAmong(name: unknown, headers: Readonly<Record<string, string>>): boolean {
  if (typeof name !== 'string') return false;
  return name.toLowerCase() === 'host' || Object.hasOwn(headers, name.toLowerCase());
}

function notTexts(option: string, value: unknown): TypeError {
  return new TypeError(`Expected \`${option}\` to be text by name; got ${quote(value)}.`);
}
