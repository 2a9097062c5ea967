export type Fault = '500' | 'reset' | 'stall';

/** What goes wrong with the requests that carry bytes. */
export type FaultPlan =
  | {
      readonly kind: Fault | 'mixed';
      /** The share of requests that fail, from 0 to 1. */
      readonly share: number;
    }
  | {
      readonly kind: Fault;
      /** Only the n-th request fails, from 1. */
      readonly nth: number;
    };

const FAULTS: readonly Fault[] = ['500', 'reset', 'stall'];

/**
 * Whether a request fails, and how. With the same seed, the same attempt at the n-th part to arrive meets the same fate,
 * whoever sends it and whatever else is sent between.
 */
export class Faults {
  readonly #plan: FaultPlan | undefined;
  readonly #seed: number;
  readonly #places = new Map<string, { readonly ordinal: number; attempts: number }>();
  #requests = 0;

  /** @param seed another one has other requests fail. */
  constructor(plan: FaultPlan | undefined, seed: number) {
    this.#plan = plan;
    this.#seed = seed;
  }

  /** @param place names the part or the object. */
  next(place: string): Fault | undefined {
    const plan = this.#plan;
    if (plan === undefined) return undefined;
    this.#requests += 1;
    if ('nth' in plan) return this.#requests === plan.nth ? plan.kind : undefined;
    const known = this.#places.get(place) ?? { ordinal: this.#places.size, attempts: 0 };
    this.#places.set(place, known);
    known.attempts += 1;
    const chance = fraction(`${this.#seed} ${known.ordinal} ${known.attempts}`);
    if (chance >= plan.share) return undefined;
    if (plan.kind !== 'mixed') return plan.kind;
    return FAULTS[Math.floor((chance / plan.share) * FAULTS.length)];
  }
}

/** A text as a number from 0 to 1, evenly spread: FNV-1a, and the mixer of MurmurHash3. */
function fraction(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
