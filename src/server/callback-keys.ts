import { quote } from '../oss/names.ts';
import { CallbackError } from './callback-error.ts';
import { readBytes } from './read-bytes.ts';
import type { RsaPublicKey } from './rsa-md5.ts';
import { readRsaPublicKey } from './rsa-public-key.ts';

export interface CallbackKeysOptions {
  /** Addresses below which keys are trusted, each with its `/` at the end. */
  readonly prefixes: readonly string[];
  readonly fetch: typeof fetch;
  /** What fetching a key may take. Milliseconds. */
  readonly timeout: number;
  /** How many are kept. */
  readonly limit: number;
}

/** Where the provider has its keys (OSS docs, Callback); no other address of this host is meant. */
export const PROVIDER_PREFIXES: readonly string[] = [
  'http://gosspublic.alicdn.com/',
  'https://gosspublic.alicdn.com/',
];

/** Far more than a key needs, in bytes. */
const MAX_KEY_BYTES = 16 * 1024;

/** For how long a key that could not be had is not asked for again: whoever sends callbacks decides what is asked for. Milliseconds. */
const WAIT_AFTER_FAILURE = 5000;

/** Fetches public keys, each once: the provider gives a new key a new address. */
export class CallbackKeys {
  readonly #options: CallbackKeysOptions;
  readonly #held = new Map<string, RsaPublicKey>();
  readonly #fetching = new Map<string, Promise<RsaPublicKey>>();
  /** Why keys could not be had, and until when that is taken for granted, in epoch milliseconds. */
  readonly #failed = new Map<string, { readonly reason: unknown; readonly until: number }>();

  constructor(options: CallbackKeysOptions) {
    this.#options = options;
  }

  /**
   * The address to fetch a key from, if it is one to be trusted.
   *
   * @throws CallbackError
   */
  checkAddress(address: string): string {
    const url = URL.canParse(address) ? new URL(address) : undefined;
    const isTrusted = this.#options.prefixes.some((prefix) => address.startsWith(prefix));
    // An address that parsing changes (`..`, backslashes, blanks) does not lead where its beginning says.
    const isPlain = url?.href === address && url.search === '' && url.hash === '';
    if (url === undefined || !isTrusted || !isPlain) {
      throw new CallbackError(
        'ForeignKey',
        `The callback names a key at ${quote(address)}, which is not to be trusted.`,
      );
    }
    // Somebody on the way could put a key of his own in place of one that comes by plain HTTP.
    return PROVIDER_PREFIXES.includes(`${url.origin}/`)
      ? address.replace(/^http:/, 'https:')
      : address;
  }

  /** @throws CallbackError, the same for five seconds; then the next call tries again. */
  async get(address: string): Promise<RsaPublicKey> {
    const held = this.#held.get(address);
    if (held !== undefined) return held;
    const failed = this.#failed.get(address);
    if (failed !== undefined && Date.now() < failed.until) throw failed.reason;
    let fetching = this.#fetching.get(address);
    if (fetching === undefined) {
      fetching = this.#fetch(address).finally(() => this.#fetching.delete(address));
      this.#fetching.set(address, fetching);
    }
    return await fetching;
  }

  async #fetch(address: string): Promise<RsaPublicKey> {
    this.#failed.delete(address);
    try {
      const key = readRsaPublicKey(await this.#download(address));
      if (key === undefined) {
        throw unavailable(address, 'what is there is no RSA public key in PEM');
      }
      this.#keep(this.#held, address, key);
      return key;
    } catch (reason) {
      this.#keep(this.#failed, address, { reason, until: Date.now() + WAIT_AFTER_FAILURE });
      throw reason;
    }
  }

  #keep<Value>(among: Map<string, Value>, address: string, value: Value): void {
    among.set(address, value);
    const [oldest] = among.keys();
    if (among.size > this.#options.limit && oldest !== undefined) among.delete(oldest);
  }

  async #download(address: string): Promise<string> {
    const { fetch, timeout } = this.#options;
    try {
      // A redirection would lead away from the addresses that are trusted. The signal also ends what is left unread.
      const signal = AbortSignal.timeout(timeout);
      const response = await fetch(address, { redirect: 'manual', signal });
      if (response.status !== 200) {
        throw unavailable(address, `its server answered with status ${response.status}`);
      }
      const bytes = await readBytes(response, MAX_KEY_BYTES);
      if (bytes !== undefined) return new TextDecoder().decode(bytes);
      throw unavailable(address, 'what is there is too large for a key');
    } catch (cause) {
      throw cause instanceof CallbackError ? cause : unavailable(address, 'no answer came', cause);
    }
  }
}

function unavailable(address: string, why: string, cause?: unknown): CallbackError {
  return new CallbackError(
    'KeyUnavailable',
    `The key at ${quote(address)} could not be had: ${why}.`,
    cause === undefined ? {} : { cause },
  );
}
