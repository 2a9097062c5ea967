import type { Clock } from '../ports.ts';

/** A timer that fires so much later than it was set for has slept with its machine or its tab. Milliseconds. */
export const OVERSLEPT = 5000;

/**
 * A timer that may be put off again and again at no cost: it is not set anew for a later time, but looks when it fires
 * whether that has come.
 */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: (late: number) => void;
  /** When it is to ring, in epoch milliseconds. */
  #due = Number.POSITIVE_INFINITY;
  /** When its timer fires. */
  #firesAt = Number.POSITIVE_INFINITY;
  #takeTimerBack: (() => void) | undefined;

  /** @param ring is told by how many milliseconds it is late. */
  constructor(clock: Clock, ring: (late: number) => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** When it is to ring, in epoch milliseconds; infinity while it is not set. */
  get due(): number {
    return this.#due;
  }

  get isSet(): boolean {
    return this.#due < Number.POSITIVE_INFINITY;
  }

  /** @param due epoch milliseconds. */
  set(due: number): void {
    this.#due = due;
    if (due >= this.#firesAt) return;
    this.#takeTimerBack?.();
    this.#start();
  }

  clear(): void {
    this.#takeTimerBack?.();
    this.#takeTimerBack = undefined;
    this.#due = Number.POSITIVE_INFINITY;
    this.#firesAt = Number.POSITIVE_INFINITY;
  }

  #start(): void {
    this.#firesAt = this.#due;
    const wait = Math.max(0, this.#due - this.#clock.now());
    this.#takeTimerBack = this.#clock.after(wait, () => this.#onTimer());
  }

  #onTimer(): void {
    const now = this.#clock.now();
    // The machine's time may have been set back meanwhile, and what is due then comes no later for that.
    this.#due -= Math.max(0, this.#firesAt - now);
    const late = now - this.#due;
    if (late < 0) {
      this.#start();
      return;
    }
    this.clear();
    this.#ring(late);
  }
}
