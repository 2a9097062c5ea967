import { concatBytes } from '@noble/hashes/utils.js';
import { quote } from '../oss/names.ts';
import { fromBase64 } from './base64.ts';
import { CallbackError } from './callback-error.ts';
import { CallbackKeys, PROVIDER_PREFIXES } from './callback-keys.ts';
import { readBytes } from './read-bytes.ts';
import { verifyRsaMd5 } from './rsa-md5.ts';

export interface CallbackVerifierOptions {
  /**
   * Addresses below which the keys of callbacks are trusted, each with `/` at its end; an emulator has its own.
   *
   * @default 'http://gosspublic.alicdn.com/' and the same with https; both are fetched over https
   */
  readonly keyPrefixes?: readonly string[] | undefined;
  /** How a key is fetched. @default the runtime's */
  readonly fetch?: typeof fetch | undefined;
  /** What fetching a key may take; OSS waits 5 s for the answer to its callback. Milliseconds. @default 3000 */
  readonly keyTimeout?: number | undefined;
  /** How many keys are kept. @default 16 */
  readonly maxKeys?: number | undefined;
  /** Larger bodies are refused unread. Bytes. @default 65_536 */
  readonly maxBodyBytes?: number | undefined;
}

export interface CallbackRequestOptions {
  /**
   * The address as OSS called it: path and query, or all of it. A proxy may have changed the path since, and `Request` itself
   * writes `'`, `"`, `<`, `>` and `.` segments otherwise: best is the target as the server got it, such as `incoming.url` of Node.
   *
   * @default the request's
   */
  readonly url?: string | undefined;
}

/** What OSS has told. The body is signed; `contentType` and `requestId` are headers, which are not. */
export interface VerifiedCallback {
  readonly body: string;
  readonly contentType: string;
  /** OSS's id of the request that has asked for the callback, where it tells. */
  readonly requestId: string | undefined;
  /** The fields of a body of type application/x-www-form-urlencoded. */
  fields(): URLSearchParams;
  /** The value of a body of type application/json. Throws CallbackError when it is not JSON. */
  json(): unknown;
}

/** Verifies callbacks, and keeps the keys that it has fetched for them. */
export interface CallbackVerifier {
  /** Rejects with CallbackError. Reads the body of the request. */
  readonly verify: (
    request: Request,
    options?: CallbackRequestOptions,
  ) => Promise<VerifiedCallback>;
}

/**
 * Makes what tells callbacks of OSS from those of anybody else: RSA with MD5 over path, query and body, by a key at an
 * address of the provider's (OSS docs, Callback).
 *
 * That proves as much as the provider's key does: version 1 of it has 512 bits, which can be broken at some cost. Where
 * much hangs on it, ask OSS for the object itself.
 *
 * @throws TypeError or RangeError naming the option.
 */
export function createCallbackVerifier(options: CallbackVerifierOptions = {}): CallbackVerifier {
  const { keyPrefixes = PROVIDER_PREFIXES, maxBodyBytes = 65_536 } = options;
  const { keyTimeout = 3000, maxKeys = 16 } = options;
  const keys = new CallbackKeys({
    prefixes: keyPrefixes.map(checkPrefix),
    fetch: options.fetch ?? fetch,
    timeout: checkPositive('keyTimeout', keyTimeout),
    limit: checkPositive('maxKeys', maxKeys),
  });
  checkPositive('maxBodyBytes', maxBodyBytes);
  return {
    verify: async (request, { url = request.url } = {}) => {
      const signature = readHeader(request, 'authorization');
      const address = readHeader(request, 'x-oss-pub-key-url');
      const keyUrl = keys.checkAddress(new TextDecoder().decode(address));
      const body = await readBody(request, maxBodyBytes);
      const key = await keys.get(keyUrl);
      if (verifyRsaMd5(signedBytes(url, body), signature, key)) return describe(request, body);
      throw new CallbackError(
        'SignatureMismatch',
        'The signature of the callback does not match. Pass `url` as OSS called it, for a proxy, and Request itself, may change path and query; the body must come as it was sent.',
      );
    },
  };
}

/**
 * Verifies one callback. With options of the verifier, keys are fetched anew each time: make one by
 * `createCallbackVerifier` then, and keep it.
 *
 * @throws CallbackError
 */
export async function verifyCallback(
  request: Request,
  { url, ...options }: CallbackVerifierOptions & CallbackRequestOptions = {},
): Promise<VerifiedCallback> {
  if (Object.keys(options).length > 0) {
    return await createCallbackVerifier(options).verify(request, { url });
  }
  shared ??= createCallbackVerifier();
  return await shared.verify(request, { url });
}

let shared: CallbackVerifier | undefined;

function readHeader(request: Request, name: string): Uint8Array {
  const bytes = fromBase64(request.headers.get(name) ?? '');
  if (bytes !== undefined && bytes.length > 0) return bytes;
  throw new CallbackError(
    'Unsigned',
    `The request has no readable ${name} header: OSS did not send it.`,
  );
}

async function readBody(request: Request, limit: number): Promise<Uint8Array> {
  let body: Uint8Array | undefined;
  try {
    body = await readBytes(request, limit);
  } catch (cause) {
    throw new CallbackError('BodyCutOff', 'The body of the callback broke off.', { cause });
  }
  if (body !== undefined) return body;
  throw new CallbackError(
    'BodyTooLarge',
    `The body of the callback is larger than ${limit} bytes.`,
  );
}

/** The path is decoded, the query is not (OSS docs, Callback). */
function signedBytes(url: string, body: Uint8Array): Uint8Array {
  const [target = ''] = url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '').split('#');
  const question = target.indexOf('?');
  const path = question < 0 ? target : target.slice(0, question);
  const query = question < 0 ? '' : target.slice(question);
  return concatBytes(new TextEncoder().encode(`${decodePath(path)}${query}\n`), body);
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function describe({ headers }: Request, bytes: Uint8Array): VerifiedCallback {
  const body = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  return {
    body,
    contentType: headers.get('content-type') ?? '',
    requestId: headers.get('x-oss-request-id') ?? undefined,
    fields: () => new URLSearchParams(body),
    json: () => parseJson(body),
  };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new CallbackError(
      'NotJson',
      'The body of the callback is not JSON. Set callbackBodyType to application/json, and write variables in callbackBody without quotes.',
    );
  }
}

function checkPrefix(prefix: unknown): string {
  const isFit =
    typeof prefix === 'string' &&
    /^https?:.*\/$/.test(prefix) &&
    URL.canParse(prefix) &&
    new URL(prefix).href === prefix &&
    !prefix.includes('@');
  if (isFit) return prefix;
  throw new TypeError(
    `Expected \`keyPrefixes\` to hold addresses such as ${PROVIDER_PREFIXES[0]}, with the "/" at the end; got ${quote(prefix)}.`,
  );
}

function checkPositive(option: string, value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
  throw new RangeError(`Expected \`${option}\` to be a whole number above 0; got ${quote(value)}.`);
}
