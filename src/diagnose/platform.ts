import type { DoorPlatform } from '../door.ts';
import { createConnectivity } from '../platform/connectivity.ts';
import { createLazyHasher } from '../platform/lazy-hasher.ts';
import { systemClock } from '../platform/system-clock.ts';
import { createXhrTransport } from '../platform/xhr-transport.ts';

/** What a browser offers. It is at hand, not loaded: why nothing can be loaded may be what is to be found out. */
export function createDoorPlatform(): DoorPlatform {
  return {
    transport: createXhrTransport(createLazyHasher()),
    clock: systemClock,
    connectivity: createConnectivity(),
  };
}
