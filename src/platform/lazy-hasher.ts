import type { Hasher } from '../ports.ts';

/** Hashes in the page itself, by code that is loaded when it is first needed. */
export function createLazyHasher(): Hasher {
  return {
    async digest(range, algorithms, signal) {
      const { createHasher } = await import('./hasher.ts');
      return await createHasher().digest(range, algorithms, signal);
    },
  };
}
