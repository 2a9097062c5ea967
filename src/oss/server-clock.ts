import type { Clock } from '../ports.ts';

/** The server's time: this machine's clock, set right by what OSS told of its own. */
export class ServerClock {
  readonly #clock: Clock;
  #offset = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Epoch milliseconds. */
  now(): number {
    return this.#clock.now() + this.#offset;
  }

  /** @param serverTime epoch milliseconds, as of just now. */
  set(serverTime: number): void {
    this.#offset = serverTime - this.#clock.now();
  }
}
