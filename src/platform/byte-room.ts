import type { ByteRoom, WorkerLoss } from '../ports.ts';
import { createLazyHasher } from './lazy-hasher.ts';
import { systemClock } from './system-clock.ts';
import { startWorker } from './worker/start-worker.ts';
import { createWorkerTransport } from './worker/worker-transport.ts';
import { createXhrTransport } from './xhr-transport.ts';

export interface ByteRoomOptions {
  /** How a worker is started, or `false` for none. */
  readonly worker?: false | (() => Worker) | undefined;
  /** Called once, when it is clear that no worker is to be had. */
  readonly onFallback?: ((loss: WorkerLoss) => void) | undefined;
}

/** A worker that handles the bytes where there can be one and it is of use, else the page itself. */
export function createByteRoom({ worker, onFallback }: ByteRoomOptions): ByteRoom {
  const hasher = createLazyHasher();
  const page = { hasher, transport: createXhrTransport(hasher) };
  // Who lives in a worker is off the page already.
  const isInPage = globalThis.document !== undefined;
  if (worker === false || !isInPage) return page;
  return createWorkerTransport({
    start: worker ?? startWorker,
    page,
    clock: systemClock,
    onFallback,
  });
}
