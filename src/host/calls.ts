interface Call<Asked> {
  readonly asked: Asked;
  resolve(value: unknown): void;
  reject(reason: unknown): void;
}

/** What one side has asked the other and is not answered yet, by the number that the answer will name. */
export class Calls<Asked> {
  readonly #waiting = new Map<number, Call<Asked>>();

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  /** Resolves with the answer, rejects with what is given in its place. */
  add(number: number, asked: Asked): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { asked, resolve, reject });
    });
  }

  answer(number: number, value: unknown): void {
    this.#take(number)?.resolve(value);
  }

  refuse(number: number, reason: unknown): void {
    this.#take(number)?.reject(reason);
  }

  refuseAll(reason: unknown): void {
    for (const number of this.#waiting.keys()) this.refuse(number, reason);
  }

  *[Symbol.iterator](): IterableIterator<[number, Asked]> {
    for (const [number, { asked }] of this.#waiting) yield [number, asked];
  }

  #take(number: number): Call<Asked> | undefined {
    const call = this.#waiting.get(number);
    this.#waiting.delete(number);
    return call;
  }
}
