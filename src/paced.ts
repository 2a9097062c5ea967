import type { Clock } from './ports.ts';

/**
 * Tells of what changes often, at most once in an interval. The first time comes at the end of the turn in which something
 * changed, so that what changes together is told together; a timer, which costs a turn of its own, is set only for what
 * comes too soon after.
 */
export class Paced {
  readonly #clock: Clock;
  readonly #interval: () => number;
  readonly #tell: () => void;
  /** Epoch milliseconds. */
  #toldAt = 0;
  #isWaiting = false;
  #takeTimerBack: (() => void) | undefined;

  /** @param interval milliseconds, as it is to be just now. */
  constructor(clock: Clock, interval: () => number, tell: () => void) {
    this.#clock = clock;
    this.#interval = interval;
    this.#tell = tell;
  }

  changed(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    const since = this.#clock.now() - this.#toldAt;
    // A clock that was set back has no say.
    const interval = this.#interval();
    const isDue = since < 0 || since >= interval;
    if (isDue) queueMicrotask(() => this.#tellNow());
    else this.#takeTimerBack = this.#clock.after(interval - since, () => this.#tellNow());
  }

  /** Nothing is told of what changed since. */
  stop(): void {
    this.#takeTimerBack?.();
    this.#isWaiting = false;
  }

  #tellNow(): void {
    if (!this.#isWaiting) return;
    this.#isWaiting = false;
    this.#toldAt = this.#clock.now();
    this.#tell();
  }
}
