import type { Locks } from '../ports.ts';

/** Web Locks, in pages and workers; nothing where the browser has none, as in pages that are not secure. */
export function createWebLocks(): Locks | undefined {
  const manager = globalThis.navigator?.locks;
  if (manager === undefined) return undefined;
  return {
    request: (name, { how, signal, onStolen }) =>
      new Promise((resolve, reject) => {
        let isHeld = false;
        const hold = (lock: Lock | null): Promise<void> | undefined => {
          isHeld = lock !== null;
          if (isHeld) return new Promise((release) => resolve(release));
          resolve(undefined);
          return undefined;
        };
        const options = {
          ifAvailable: how === 'if-free',
          steal: how === 'steal',
          ...(signal === undefined ? {} : { signal }),
        };
        // A lock that is stolen rejects the request that it was granted to, long after that.
        manager
          .request(name, options, hold)
          .catch((error: unknown) => (isHeld ? onStolen() : reject(error)));
      }),
    async held() {
      const { held = [] } = await manager.query();
      return held.flatMap(({ name }) => name ?? []);
    },
  };
}
