import type { Hasher } from './ports.ts';
import { race } from './waiting.ts';

/** What hashes, once it is loaded. */
export interface Hashing {
  readonly createHasher: () => Hasher;
}

/** Hashes by code that is loaded when it is first needed. */
export function createLazyHasher(load: () => Promise<Hashing>): Hasher {
  let hasher: Hasher | undefined;
  return {
    async digest(range, algorithms, signal) {
      // In a tunnel it is loaded for as long as that lasts; who pauses or closes does not wait for it.
      const { createHasher } = await (signal === undefined ? load() : race(load(), signal));
      hasher ??= createHasher();
      return await hasher.digest(range, algorithms, signal);
    },
  };
}
