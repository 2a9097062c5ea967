import type { CredentialsProvider } from './oss/credentials.ts';
import type { Endpoint } from './oss/endpoint.ts';
import type { Clock, Connectivity, Transport } from './ports.ts';

/** What features beside the uploader, such as `diagnose()`, need of one; pages do not see it. */
export interface Door {
  /** The preferred one first. */
  readonly endpoints: readonly [Endpoint, ...Endpoint[]];
  /** Absent where the app's server signs. */
  readonly credentials: CredentialsProvider | undefined;
  /** How the page signs. @default 4 */
  readonly signatureVersion?: 4 | 1 | undefined;
  /** How long an answer may take, in milliseconds. */
  readonly timeout: number;
  /** What they stand on, where it is not what browsers offer. */
  readonly platform?: DoorPlatform | undefined;
}

export interface DoorPlatform {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly connectivity: Connectivity;
}

const doors = new WeakMap<object, Door>();

export function installDoor(uploader: object, door: Door): void {
  doors.set(uploader, door);
}

/** @throws TypeError for what `createUploader()` has not made. */
export function doorOf(uploader: object): Door {
  const door = doors.get(uploader);
  if (door === undefined) throw new TypeError('Expected `uploader` to come from createUploader().');
  return door;
}
