import type { Hashing } from '../lazy-hasher.ts';

export async function loadHashing(): Promise<Hashing> {
  return await import('./hasher.ts');
}
