import type { Clock } from '../ports.ts';

/** The server's time: this machine's clock, set right by what OSS told of its own. */
export class ServerClock {
  readonly #clock: Clock;
  #offset = 0;
  #isKnown = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Epoch milliseconds. */
  now(): number {
    return this.#clock.now() + this.#offset;
  }

  /** @param machineTime epoch milliseconds by this machine's clock. */
  at(machineTime: number): number {
    return machineTime + this.#offset;
  }

  /** Whether the server has told its time; until then it is up to 15 minutes from ours, or it would have complained. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** @param serverTime epoch milliseconds, as of just now. */
  set(serverTime: number): void {
    this.#isKnown = true;
    this.#offset = serverTime - this.#clock.now();
  }
}
