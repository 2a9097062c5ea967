/** The emulator's clock, which can be put wrong at run time. */
export class Clock {
  readonly #now: () => number;
  #offset = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Epoch milliseconds; may be passed around on its own. */
  readonly now = (): number => this.#now() + this.#offset;

  /** Milliseconds to add to the true time. */
  setOffset(offset: number): void {
    this.#offset = offset;
  }
}
