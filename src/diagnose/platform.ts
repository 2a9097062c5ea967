import type { DoorPlatform } from '../door.ts';
import { createLazyHasher } from '../lazy-hasher.ts';
import { createConnectivity } from '../platform/connectivity.ts';
import { loadHashing } from '../platform/load-hashing.ts';
import { systemClock } from '../platform/system-clock.ts';
import { createXhrTransport } from '../platform/xhr-transport.ts';

/** What a browser offers. It is at hand, not loaded: why nothing can be loaded may be what is to be found out. */
export function createDoorPlatform(): DoorPlatform {
  return {
    transport: createXhrTransport(createLazyHasher(loadHashing)),
    clock: systemClock,
    connectivity: createConnectivity(),
  };
}
