import { createBroadcastChannels } from '../platform/broadcast-channels.ts';
import { createConnectivity } from '../platform/connectivity.ts';
import { createFallbackCheckpoints } from '../platform/fallback-checkpoints.ts';
import { createIndexedDbCheckpoints } from '../platform/indexeddb-checkpoints.ts';
import { loadHashing } from '../platform/load-hashing.ts';
import { createPageLife } from '../platform/page-life.ts';
import { systemClock } from '../platform/system-clock.ts';
import { createWebLocks } from '../platform/web-locks.ts';
import { createXhrTransport } from '../platform/xhr-transport.ts';
import type { Platform } from './engine-uploader.ts';

/** What a browser offers, in a page and in a worker. */
export function createBrowserPlatform(): Platform {
  return {
    createTransport: createXhrTransport,
    checkpoints: createFallbackCheckpoints(createIndexedDbCheckpoints()),
    clock: systemClock,
    connectivity: createConnectivity(),
    pageLife: createPageLife(),
    locks: createWebLocks(),
    channels: createBroadcastChannels(),
    loadHashing,
    loadTrouble: () => import('../engine/trouble.ts'),
  };
}
