/** What the sink saw of one run. */
export interface Traffic {
  /** How many requests of each kind arrived. */
  readonly requests: Readonly<Record<string, number>>;
  /** Bytes of bodies that carried a file's bytes, as far as they arrived. */
  readonly receivedBytes: number;
  /** Bytes of those that are in no object. */
  readonly wastedBytes: number;
  /** Requests that carried a part whose success had been answered before. */
  readonly sentAgain: number;
  readonly objects: number;
}

/** Counts what arrives in one run. */
export class Ledger {
  readonly #requests: Record<string, number> = {};
  readonly #acknowledged = new Set<string>();
  readonly #objects = new Map<string, number>();
  #received = 0;
  #sentAgain = 0;

  arrived(kind: string): void {
    this.#requests[kind] = (this.#requests[kind] ?? 0) + 1;
  }

  /** @param place names the part or the object. */
  began(place: string): void {
    if (this.#acknowledged.has(place)) this.#sentAgain += 1;
  }

  received(bytes: number): void {
    this.#received += bytes;
  }

  acknowledged(place: string): void {
    this.#acknowledged.add(place);
  }

  /** @param size of the object, if there is one by now. Bytes. */
  stored(key: string, size: number | undefined): void {
    if (size !== undefined) this.#objects.set(key, size);
  }

  traffic(): Traffic {
    const storedBytes = [...this.#objects.values()].reduce((sum, size) => sum + size, 0);
    return {
      requests: { ...this.#requests },
      receivedBytes: this.#received,
      wastedBytes: this.#received - storedBytes,
      sentAgain: this.#sentAgain,
      objects: this.#objects.size,
    };
  }
}
