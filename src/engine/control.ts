/** Why waiting and sending stops when a run ends and the upload does not: in a pause; never seen by the page. */
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
  #isInterrupted = false;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get isPaused(): boolean {
    return this.#announceResume !== undefined;
  }

  get isCancelled(): boolean {
    return this.#isCancelled;
  }

  /** Whether the run is to end at once, and the next to go on. */
  get isInterrupted(): boolean {
    return this.#isInterrupted;
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
    if (!this.#isInterrupted) this.#controller = new AbortController();
    this.#endPause();
  }

  /** Ends the run at once: another tab has taken over from it. */
  interrupt(): void {
    if (this.#isCancelled) return;
    this.#isInterrupted = true;
    this.#controller.abort(PAUSED);
  }

  /** A run begins: what has interrupted the one before is over. */
  begin(): void {
    if (!this.#isInterrupted) return;
    this.#isInterrupted = false;
    if (!this.#isCancelled) this.#controller = new AbortController();
  }

  cancel(reason: unknown): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    // A pause, or an interruption, has aborted the signal already, with its own reason.
    if (this.signal.aborted) this.#controller = new AbortController();
    this.#controller.abort(reason);
    this.#endPause();
  }

  #endPause(): void {
    this.#announceResume?.();
    this.#announceResume = undefined;
  }
}
