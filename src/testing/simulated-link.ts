import type { SimulatedClock } from './simulated-clock.ts';

/** A body on the simulated wire. */
interface Body {
  readonly number: number;
  left: number;
  readonly onSent: (left: number) => void;
  readonly onCarried: () => void;
}

export interface SimulatedLinkOptions {
  readonly clock: SimulatedClock;
  readonly bytesPerSecond: number;
  /** Which of the bodies on the wire is served next, all of them in the order in which they went out. */
  readonly choose: (waiting: readonly { readonly number: number }[]) => number;
  /** Bytes that are carried in one go. */
  readonly step?: number;
}

/** A wire that all bodies share, and that carries one at a time. */
export class SimulatedLink {
  bytesPerSecond: number;
  readonly #options: SimulatedLinkOptions;
  readonly #bodies: Body[] = [];
  #isBusy = false;
  #count = 0;

  constructor(options: SimulatedLinkOptions) {
    this.#options = options;
    this.bytesPerSecond = options.bytesPerSecond;
  }

  /** Resolves when the body is through. Rejects with the signal's reason. */
  carry(size: number, signal: AbortSignal, onSent: (bytes: number) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const body: Body = {
        number: (this.#count += 1),
        left: size,
        onSent: (left) => onSent(size - left),
        onCarried: resolve,
      };
      signal.addEventListener('abort', () => {
        this.#remove(body);
        reject(signal.reason);
      });
      this.#bodies.push(body);
      this.#serve();
    });
  }

  #serve(): void {
    if (this.#isBusy || this.#bodies.length === 0) return;
    const { clock, choose, step = 10 * 1024 } = this.#options;
    const body = this.#bodies[choose(this.#bodies)];
    if (body === undefined) throw new RangeError('The choice is none of the bodies.');
    const bytes = Math.min(step, body.left);
    this.#isBusy = true;
    clock.after((bytes / this.bytesPerSecond) * 1000, () => {
      this.#isBusy = false;
      body.left -= bytes;
      body.onSent(body.left);
      if (body.left === 0) {
        this.#remove(body);
        body.onCarried();
      }
      this.#serve();
    });
  }

  #remove(body: Body): void {
    const index = this.#bodies.indexOf(body);
    if (index >= 0) this.#bodies.splice(index, 1);
  }
}

/** Random numbers from 0 to 1, the same at every run (Marsaglia's xorshift). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
