import type { PageLife } from '../ports.ts';

/** A page that tells of itself, as a worker cannot see it. */
export class RemotePage implements PageLife {
  readonly #onHide = new Set<() => void>();
  readonly #onOnline = new Set<() => void>();
  #isHidden = false;

  isHidden(): boolean {
    return this.#isHidden;
  }

  onHide(callback: () => void): () => void {
    this.#onHide.add(callback);
    return () => this.#onHide.delete(callback);
  }

  onOnline(callback: () => void): () => void {
    this.#onOnline.add(callback);
    return () => this.#onOnline.delete(callback);
  }

  live(isHidden: boolean): void {
    this.#isHidden = isHidden;
    if (isHidden) for (const callback of this.#onHide) callback();
  }

  goOnline(): void {
    for (const callback of this.#onOnline) callback();
  }
}
