import type { Hasher } from './ports.ts';

/** What hashes, once it is loaded. */
export interface Hashing {
  readonly createHasher: () => Hasher;
}

/** Hashes by code that is loaded when it is first needed. */
export function createLazyHasher(load: () => Promise<Hashing>): Hasher {
  let hasher: Hasher | undefined;
  return {
    async digest(...given) {
      const { createHasher } = await load();
      hasher ??= createHasher();
      return await hasher.digest(...given);
    },
  };
}
