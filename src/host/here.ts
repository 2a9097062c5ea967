import { createBrowserPlatform } from './browser-platform.ts';
import { Host } from './host.ts';
import type { FromHost } from './messages.ts';

/** A host in the page itself, for where no worker is to be had; so it is where the whole library lives in a worker. */
export function createHostHere(tell: (message: FromHost) => void): Host {
  return new Host(createBrowserPlatform(), tell);
}
