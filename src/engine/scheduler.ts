import pLimit, { type LimitFunction } from 'p-limit';

/** How many parts must be confirmed, since the last change, for one more to run after a slow-down. */
const CONFIRMED_PER_LANE = 8;

/**
 * The lanes that all files of an uploader share. First come, first served: an upload that never has more than one
 * part in the queue gets every n-th lane among n uploads.
 */
export class Scheduler {
  readonly #lanes: LimitFunction;
  readonly #most: number;
  #confirmed = 0;

  constructor(concurrency: number) {
    this.#most = concurrency;
    this.#lanes = pLimit(concurrency);
  }

  run<Result>(task: () => Promise<Result>): Promise<Result> {
    return this.#lanes(task);
  }

  /** One lane fewer, down to one, until enough parts have been confirmed. */
  slowDown(): void {
    this.#confirmed = 0;
    this.#lanes.concurrency = Math.max(1, this.#lanes.concurrency - 1);
  }

  /** A part was confirmed: after a few of them a lane that was taken away comes back. */
  speedUp(): void {
    this.#confirmed += 1;
    if (this.#confirmed < CONFIRMED_PER_LANE || this.#lanes.concurrency >= this.#most) return;
    this.#confirmed = 0;
    this.#lanes.concurrency += 1;
  }
}
