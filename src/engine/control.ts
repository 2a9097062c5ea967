/** Why waiting and sending stops when an upload is paused; never seen by the page. */
export const PAUSED: unique symbol = Symbol('paused');

/**
 * What the page wants of an upload. `signal` tells those who work for it to stop, with `PAUSED` or the page's
 * reason; a pause that is taken back gives a new one.
 */
export class Control {
  #controller = new AbortController();
  #resumed: Promise<void> = Promise.resolve();
  #announceResume: (() => void) | undefined;
  #isCancelled = false;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get isPaused(): boolean {
    return this.#announceResume !== undefined;
  }

  get isCancelled(): boolean {
    return this.#isCancelled;
  }

  /** Resolves when a pause is taken back, or the upload is cancelled; at once when there is no pause. */
  get resumed(): Promise<void> {
    return this.#resumed;
  }

  pause(): void {
    if (this.isPaused || this.#isCancelled) return;
    this.#resumed = new Promise((resolve) => {
      this.#announceResume = resolve;
    });
    this.#controller.abort(PAUSED);
  }

  resume(): void {
    if (!this.isPaused || this.#isCancelled) return;
    this.#controller = new AbortController();
    this.#endPause();
  }

  cancel(reason: unknown): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    // A pause has aborted the signal already, with its own reason.
    if (this.isPaused) this.#controller = new AbortController();
    this.#controller.abort(reason);
    this.#endPause();
  }

  #endPause(): void {
    this.#announceResume?.();
    this.#announceResume = undefined;
  }
}
