import type { Connectivity } from '../ports.ts';

/** Asks the network itself; `navigator.onLine` is wrong too often to be believed. */
export function createConnectivity(): Connectivity {
  return {
    async probe(url, signal) {
      try {
        // An answer that the page may not read still proves that somebody answers.
        await fetch(url, { mode: 'no-cors', cache: 'no-store', credentials: 'omit', signal });
        return true;
      } catch {
        return false;
      }
    },
    onOnline(callback) {
      globalThis.addEventListener?.('online', callback);
      return () => globalThis.removeEventListener?.('online', callback);
    },
  };
}
