import { createHasher } from '../platform/hasher.ts';
import { readSlices } from '../platform/read-slices.ts';

const work = { pending: 0 };

/**
 * Counts what takes real time and not that of a simulated clock: signing and reading. Without it a test cannot know whether
 * a world that stands still has anything left to do.
 */
export async function countRealWork(): Promise<void> {
  await loadAhead();
  count(Object.getPrototypeOf(crypto.subtle), ['digest', 'importKey', 'sign']);
  count(Blob.prototype, ['arrayBuffer']);
}

/** Resolves when nothing can happen any more without time passing on the simulated clock. */
export async function untilIdle(): Promise<void> {
  do await new Promise<void>((resolve) => setImmediate(resolve));
  while (work.pending > 0);
}

/** What is loaded once cannot be counted: errors' texts, and as many hashes as work at a time. */
async function loadAhead(): Promise<void> {
  await import('../oss/error-codes/index.ts');
  const range = { source: new Blob(['any']), offset: 0, size: 3 };
  const hashing = Array.from({ length: 32 }, () =>
    createHasher(readSlices).digest(range, ['crc64', 'md5']),
  );
  await Promise.all(hashing);
}

function count(owner: object, names: readonly string[]): void {
  for (const name of names) {
    const original: unknown = Reflect.get(owner, name);
    if (typeof original !== 'function') throw new TypeError(`${name} is no function.`);
    Reflect.set(owner, name, function counted(this: unknown, ...values: unknown[]) {
      work.pending += 1;
      const promise: Promise<unknown> = Reflect.apply(original, this, values);
      const end = (): void => {
        work.pending -= 1;
      };
      promise.then(end, end);
      return promise;
    });
  }
}
