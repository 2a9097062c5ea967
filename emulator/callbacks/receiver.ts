import type { Callbacks } from './callbacks.ts';
import { verifyCallback } from './signature.ts';

/** A callback as the built-in receiver got it. */
export interface ReceivedCallback {
  /** Path and query. */
  readonly url: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether this emulator's key has signed it. */
  readonly isVerified: boolean;
}

/** An app's server in small: checks signatures as one should, and remembers what came. */
export class CallbackReceiver {
  readonly #callbacks: Callbacks;
  readonly #received: ReceivedCallback[] = [];

  constructor(callbacks: Callbacks) {
    this.#callbacks = callbacks;
  }

  get received(): readonly ReceivedCallback[] {
    return this.#received;
  }

  clear(): void {
    this.#received.length = 0;
  }

  /** Whether the callback is what it says. */
  async receive(callback: Omit<ReceivedCallback, 'isVerified'>): Promise<boolean> {
    const isVerified = await this.#verify(callback);
    this.#received.push({ ...callback, isVerified });
    return isVerified;
  }

  /** The key's address must be a known one: a signature by somebody else's key proves nothing. */
  async #verify({ url, headers, body }: Omit<ReceivedCallback, 'isVerified'>): Promise<boolean> {
    const keyUrl = Buffer.from(headers['x-oss-pub-key-url'] ?? '', 'base64').toString();
    if (keyUrl !== this.#callbacks.publicKeyUrl) return false;
    const question = url.indexOf('?');
    const path = question < 0 ? url : url.slice(0, question);
    const query = question < 0 ? '' : url.slice(question);
    const publicKey = await this.#callbacks.publicKey();
    return verifyCallback({ path, query, body }, headers['authorization'] ?? '', publicKey);
  }
}
