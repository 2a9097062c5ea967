/** Lets so many through at a time, first come, first served. */
export class Gate {
  #places: number;
  #inside = 0;
  readonly #waiting = new Set<() => void>();

  constructor(places: number) {
    this.#places = places;
  }

  get places(): number {
    return this.#places;
  }

  /** How many may be inside. Whoever is inside stays when there are fewer. */
  set places(places: number) {
    this.#places = places;
    this.#admit();
  }

  /** Resolves when there is a place, with what gives it back. Rejects with the signal's reason. */
  async enter(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.#inside < this.#places) this.#inside += 1;
    else await this.#wait(signal);
    return () => {
      this.#inside -= 1;
      this.#admit();
    };
  }

  #wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const admit = (): void => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      const onAbort = (): void => {
        this.#waiting.delete(admit);
        reject(signal?.reason);
      };
      this.#waiting.add(admit);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  #admit(): void {
    for (const admit of this.#waiting) {
      if (this.#inside >= this.#places) return;
      this.#inside += 1;
      this.#waiting.delete(admit);
      admit();
    }
  }
}
