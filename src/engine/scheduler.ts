import { Gate } from './gate.ts';

/** So many uploads are under way for each lane; the others are queued. */
const UPLOADS_PER_LANE = 4;

/**
 * The lanes that all files of an uploader share. First come, first served: an upload that never has more than one
 * part in the queue gets every n-th lane among n uploads.
 *
 * How many lanes there are follows the link: additive increase, multiplicative decrease. Half of them go when a request
 * runs out of time or the server asks to slow down, down to one; but only once for all requests that were on their way
 * by then, for what happens to them in one burst is one incident, and none of them has yet tried the lanes that are
 * left. One lane comes back when each has confirmed two parts since the last change, up to the most that the app allows.
 */
export class Scheduler {
  readonly #lanes: Gate;
  readonly #bodies: Gate;
  readonly #uploads: Gate;
  #most: number;
  #confirmed = 0;
  #round = 0;

  constructor(concurrency: number) {
    this.#most = concurrency;
    this.#lanes = new Gate(concurrency);
    this.#bodies = new Gate(concurrency);
    this.#uploads = new Gate(concurrency * UPLOADS_PER_LANE);
  }

  /** Runs a task in a lane of its own, for as long as it takes: waits between its attempts, too. */
  async run<Result>(task: () => Promise<Result>): Promise<Result> {
    const leave = await this.#lanes.enter();
    try {
      return await task();
    } finally {
      leave();
    }
  }

  /**
   * Resolves when one more upload may be under way, with what ends that. A thousand files are not all opened at once:
   * each costs OSS an open upload, the browser a checkpoint, and all would end late.
   */
  enterUpload(signal: AbortSignal): Promise<() => void> {
    return this.#uploads.enter(signal);
  }

  /**
   * Resolves when one more body may be on its way, with what ends that. Only after a slow-down is it waited for: those
   * that have a lane already come again one after the other.
   */
  enterBody(signal: AbortSignal): Promise<() => void> {
    return this.#bodies.enter(signal);
  }

  /** The most that there may be. When it changes, what is left of them after a slow-down keeps its share. */
  set most(most: number) {
    const lanes = Math.round((this.lanes * most) / this.#most);
    this.#most = most;
    if (lanes !== this.lanes) this.#change(Math.max(1, lanes));
  }

  /** How many may be on their way at once. */
  get lanes(): number {
    return this.#lanes.places;
  }

  /** To be remembered by a request that is sent, and told with what becomes of it. */
  get round(): number {
    return this.#round;
  }

  /** A request of that round met a limit of the link or of the server. */
  slowDown(round: number): void {
    this.#confirmed = 0;
    if (round !== this.#round) return;
    this.#round += 1;
    this.#change(Math.max(1, Math.floor(this.lanes / 2)));
  }

  /** A body was confirmed. */
  speedUp(): void {
    this.#confirmed += 1;
    if (this.#confirmed < 2 * this.lanes || this.lanes >= this.#most) return;
    this.#confirmed = 0;
    this.#change(this.lanes + 1);
  }

  #change(lanes: number): void {
    this.#lanes.places = lanes;
    this.#bodies.places = lanes;
  }
}
