import { StsError } from './sts-error.ts';

/** How far a timestamp may be from the clock, and for how long a nonce is remembered. */
const WINDOW = 15 * 60_000;

/** Lets every nonce be used once. */
export class Nonces {
  readonly #now: () => number;
  readonly #expiries = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  clear(): void {
    this.#expiries.clear();
  }

  /** Throws InvalidTimeStamp or SignatureNonceUsed. `timestamp` is ISO 8601 in UTC; SDKs also write milliseconds. */
  use(accessKeyId: string, nonce: string, timestamp: string): void {
    const isLegal = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z$/.test(timestamp);
    const epoch = isLegal ? Date.parse(timestamp) : Number.NaN;
    if (Number.isNaN(epoch)) throw new StsError('InvalidTimeStamp.Format');
    const now = this.#now();
    if (Math.abs(epoch - now) > WINDOW) throw new StsError('InvalidTimeStamp.Expired');
    for (const [used, expiry] of this.#expiries) if (expiry < now) this.#expiries.delete(used);
    const used = `${accessKeyId}/${nonce}`;
    if (this.#expiries.has(used)) throw new StsError('SignatureNonceUsed');
    this.#expiries.set(used, now + 2 * WINDOW);
  }
}
