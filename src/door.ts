import type { CredentialsProvider } from './oss/credentials.ts';
import type { Endpoint } from './oss/endpoint.ts';
import type { CheckpointStore, Clock, Connectivity, Transport } from './ports.ts';

/** What features beside the uploader, such as `diagnose()`, need of one; pages do not see it. */
export interface Door {
  readonly endpoint: Endpoint;
  /** Absent where the app's server signs. */
  readonly credentials: CredentialsProvider | undefined;
  readonly transport: Transport;
  readonly checkpoints: CheckpointStore;
  readonly clock: Clock;
  readonly connectivity: Connectivity;
  /** How long an answer may take, in milliseconds. */
  readonly timeout: number;
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
