import { encodeBase64 } from '../oss/base64.ts';
import { quote } from '../oss/names.ts';
import { checkBody } from './callback-body.ts';

/** What OSS shall tell the app's server once an object is stored (OSS docs, Callback). */
export interface CallbackOptions {
  /** Where to: an http(s) address, or up to five, which OSS tries in order until one succeeds. */
  readonly url: string | readonly string[];
  /**
   * What to post there, with `${bucket}`, `${object}`, `${etag}`, `${size}`, `${mimeType}`, `${imageInfo.height}`,
   * `${imageInfo.width}`, `${imageInfo.format}`, `${crc64}`, `${contentMd5}`, `${vpcId}`, `${clientIp}`, `${reqId}`,
   * `${operation}`, and `${x:name}` for each of `variables`. OSS encodes what it puts there; in JSON they stand without
   * quotes: `{"key":${object}}`.
   */
  readonly body: string;
  /** @default 'application/x-www-form-urlencoded' */
  readonly bodyType?: CallbackBodyType | undefined;
  /** The Host header, where it is not that of the address. */
  readonly host?: string | undefined;
  /** Whether OSS names the host when it opens a TLS connection. */
  readonly sni?: boolean | undefined;
  /** What `${x:name}` stands for in `body`; names in lower case, with or without `x:`. */
  readonly variables?: Readonly<Record<string, string>> | undefined;
}

export type CallbackBodyType = 'application/x-www-form-urlencoded' | 'application/json';

/** A callback as requests carry it. */
export interface EncodedCallback {
  /** Base64 of JSON. */
  readonly callback: string;
  /** Base64 of JSON; absent without variables. */
  readonly variables: string | undefined;
  /** For PostObject: `callback`, and a field for each variable. */
  readonly fields: Readonly<Record<string, string>>;
  /** For PutObject and CompleteMultipartUpload. */
  readonly headers: Readonly<Record<string, string>>;
  /** What OSS advises against, in sentences. */
  readonly warnings: readonly string[];
}

const BODY_TYPES: readonly CallbackBodyType[] = [
  'application/x-www-form-urlencoded',
  'application/json',
];

const MAX_URLS = 5;
/** Bytes of base64 that OSS takes, of the callback and of its variables. */
const MAX_ENCODED = 5 * 1024;
/** What OSS advises to stay within. */
const ADVISED_VARIABLES = 10;
const ADVISED_BYTES = 512;

/**
 * Checks a callback and writes it as requests carry it.
 *
 * @throws TypeError or RangeError naming the option, such as `callback.url`.
 */
export function encodeCallback(options: CallbackOptions): EncodedCallback {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`Expected \`callback\` to be { url, body, ... }; got ${quote(options)}.`);
  }
  const variables = checkVariables(options.variables);
  const bodyType = checkBodyType(options.bodyType);
  const callback = encode('callback', {
    callbackUrl: checkUrls(options.url).join(';'),
    callbackHost: checkHost(options.host),
    callbackBody: checkBody(options.body, bodyType, Object.keys(variables)),
    callbackBodyType: bodyType,
    callbackSNI: checkSni(options.sni),
  });
  const hasVariables = Object.keys(variables).length > 0;
  const encoded = hasVariables ? encode('callback.variables', variables) : undefined;
  return {
    callback,
    variables: encoded,
    fields: { callback, ...variables },
    headers: {
      'x-oss-callback': callback,
      ...(encoded === undefined ? {} : { 'x-oss-callback-var': encoded }),
    },
    warnings: warningsOf(variables),
  };
}

function encode(option: string, value: Readonly<Record<string, unknown>>): string {
  const encoded = encodeBase64(JSON.stringify(value));
  if (encoded.length <= MAX_ENCODED) return encoded;
  throw new RangeError(
    `Expected \`${option}\` to be at most ${MAX_ENCODED} bytes as Base64 of JSON; got ${encoded.length}.`,
  );
}

function checkUrls(given: unknown): string[] {
  const urls: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (urls.length === 0 || urls.length > MAX_URLS) {
    throw new RangeError(
      `Expected \`callback.url\` to be 1 to ${MAX_URLS} addresses; got ${urls.length}.`,
    );
  }
  return urls.map(checkUrl);
}

// What URL writes is ASCII: it percent-encodes the rest, which OSS wants done.
function checkUrl(given: unknown): string {
  const url = typeof given === 'string' ? parseUrl(given) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hash !== '') {
    throw new TypeError(
      `Expected \`callback.url\` to be an http(s) address without a fragment, or a list of them; got ${quote(given)}.`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new TypeError('Expected `callback.url` to have no user name or password in it.');
  }
  if (url.href.includes(';')) {
    throw new TypeError(
      `Expected \`callback.url\` to hold no ";", which separates addresses: write %3B, or give a list; got ${quote(given)}.`,
    );
  }
  return url.href;
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function checkHost(host: unknown): string | undefined {
  if (host === undefined) return undefined;
  if (typeof host === 'string' && HOST.test(host)) return host;
  throw new TypeError(
    `Expected \`callback.host\` to be a host name such as "app.example.com"; got ${quote(host)}.`,
  );
}

const HOST =
  /^(?:[a-z\d](?:[a-z\d-]*[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]*[a-z\d])?)*|\[[\da-f:.]+\])(?::\d+)?$/i;

function checkBodyType(bodyType: unknown = BODY_TYPES[0]): CallbackBodyType {
  const known = BODY_TYPES.find((type) => type === bodyType);
  if (known !== undefined) return known;
  throw new TypeError(
    `Expected \`callback.bodyType\` to be ${BODY_TYPES.map(quote).join(' or ')}; got ${quote(bodyType)}.`,
  );
}

function checkSni(sni: unknown): boolean | undefined {
  if (sni === undefined || typeof sni === 'boolean') return sni;
  throw new TypeError(`Expected \`callback.sni\` to be true or false; got ${quote(sni)}.`);
}

/** By names that begin with `x:`. */
function checkVariables(given: unknown = {}): Record<string, string> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new TypeError(
      `Expected \`callback.variables\` to be an object of strings; got ${quote(given)}.`,
    );
  }
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const full = name.startsWith('x:') ? name : `x:${name}`;
    if (!/^x:[a-z\d_.-]+$/.test(full)) {
      throw new TypeError(
        `Expected names in \`callback.variables\` to be lower-case letters, digits, "_", "-" and ".", with or without "x:"; got ${quote(name)}.`,
      );
    }
    if (typeof value !== 'string') {
      throw new TypeError(
        `Expected \`callback.variables[${quote(name)}]\` to be a string; got ${quote(value)}.`,
      );
    }
    if (Object.hasOwn(variables, full)) {
      throw new TypeError(
        `Expected \`callback.variables\` to name ${quote(full)} once; got it twice.`,
      );
    }
    variables[full] = value;
  }
  return variables;
}

function warningsOf(variables: Readonly<Record<string, string>>): string[] {
  const entries = Object.entries(variables);
  const bytes = new TextEncoder().encode(entries.flat().join('')).length;
  const warnings: string[] = [];
  if (entries.length > ADVISED_VARIABLES) {
    warnings.push(
      `\`callback.variables\` has ${entries.length} entries; OSS advises at most ${ADVISED_VARIABLES}.`,
    );
  }
  if (bytes > ADVISED_BYTES) {
    warnings.push(
      `\`callback.variables\` has ${bytes} bytes; OSS advises at most ${ADVISED_BYTES}.`,
    );
  }
  return warnings;
}
