/** Changes that are written one after the other, in the order in which they were made. */
export class ChangeQueue {
  #lastChange = Promise.resolve();

  add(change: () => Promise<void>): void {
    this.#lastChange = this.#lastChange.catch(() => undefined).then(change);
    // Whoever awaits `saved` is told; a change that nobody waits for must not end the process.
    this.#lastChange.catch(() => undefined);
  }

  /** Resolves when all changes so far are written. A failure is told once, to whoever asks first. */
  saved(): Promise<void> {
    const change = this.#lastChange;
    this.#lastChange = change.catch(() => undefined);
    return change;
  }
}
