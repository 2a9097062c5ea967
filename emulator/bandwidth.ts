/**
 * Lets bytes through at a rate, shared by all who take from it: whoever takes has to wait until its bytes have had
 * their time. Waits in real time, whatever the emulator's clock says.
 */
export class Bandwidth {
  #bytesPerSecond: number | undefined;
  #freeAt = 0;
  readonly #waiting = new Map<NodeJS.Timeout, () => void>();

  constructor(bytesPerSecond?: number) {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Changes the rate, or lifts the limit; those who wait go on at once. */
  setRate(bytesPerSecond: number | undefined): void {
    this.#bytesPerSecond = bytesPerSecond;
    this.#freeAt = 0;
    for (const [timer, resolve] of this.#waiting) {
      clearTimeout(timer);
      resolve();
    }
    this.#waiting.clear();
  }

  /** Undefined when the bytes may pass at once. */
  take(bytes: number): Promise<void> | undefined {
    if (this.#bytesPerSecond === undefined) return undefined;
    const now = performance.now();
    this.#freeAt = Math.max(now, this.#freeAt) + (bytes * 1000) / this.#bytesPerSecond;
    return this.#wait(this.#freeAt - now);
  }

  #wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(timer);
        resolve();
      }, milliseconds);
      // A client that is being slowed down keeps its socket, and with it the process; the wait alone need not.
      timer.unref();
      this.#waiting.set(timer, resolve);
    });
  }
}
