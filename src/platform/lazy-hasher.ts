import type { Hasher } from '../ports.ts';

/** Hashes in the page itself, by code that is loaded when it is first needed. */
export function createLazyHasher(): Hasher {
  let hasher: Hasher | undefined;
  return {
    async digest(...given) {
      const { createHasher } = await import('./hasher.ts');
      hasher ??= createHasher();
      return await hasher.digest(...given);
    },
  };
}
