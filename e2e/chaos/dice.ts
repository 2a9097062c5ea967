import { randomNumbers } from '../../emulator/faults/random.ts';

/** Chance that can be had again: the same seed, the same throws. */
export class Dice {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = randomNumbers(seed);
  }

  /** True so often, from 0 to 1. */
  chance(probability: number): boolean {
    return this.#next() < probability;
  }

  /** A whole number of this range, its ends included. */
  integer(least: number, most: number): number {
    return least + Math.floor(this.#next() * (most - least + 1));
  }

  /** One of these; what stands there twice comes twice as often. */
  pick<const Item>(items: readonly [Item, ...Item[]]): Item {
    return items[this.integer(0, items.length - 1)] ?? items[0];
  }
}
