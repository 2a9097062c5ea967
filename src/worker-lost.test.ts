import { beforeEach, expect, test } from 'vitest';
import * as trouble from './engine/trouble.ts';
import type { UploadEvent } from './events.ts';
import { createHasher } from './platform/hasher.ts';
import { createMemoryCheckpoints } from './platform/memory-checkpoints.ts';
import type { WorkerLoss } from './ports.ts';
import { FakeOss } from './testing/fake-oss.ts';
import { SimulatedClock } from './testing/simulated-clock.ts';
import { fileOf, record, SECRETS, UNIT } from './testing/world.ts';
import { assembleUploader, type Uploader } from './uploader.ts';

let lose: (reason: WorkerLoss) => void;
let uploader: Uploader;

beforeEach(() => {
  uploader = assembleUploader(
    {
      bucket: 'videos',
      region: 'cn-hangzhou',
      credentials: () => Promise.resolve(SECRETS),
    },
    {
      transport: new FakeOss(),
      hasher: createHasher(),
      checkpoints: createMemoryCheckpoints(),
      clock: new SimulatedClock(),
      connectivity: { probe: () => Promise.resolve(true), onOnline: () => () => undefined },
      pageLife: { isHidden: () => false, onHide: () => () => undefined },
      locks: undefined,
      channels: undefined,
      loadTrouble: () => Promise.resolve(trouble),
      onWorkerLost: (listener) => {
        lose = listener;
      },
    },
  );
});

function start(key: string): readonly UploadEvent[] {
  return record(uploader.upload(fileOf(UNIT, key.length), { key }));
}

function told(events: readonly UploadEvent[]): readonly UploadEvent[] {
  return events.filter(({ type }) => type === 'worker-unavailable');
}

test('a worker that cannot be had is told once, to one of the uploads that are under way', async () => {
  const first = start('a');
  const second = start('bc');
  await Promise.resolve();
  lose('blocked');
  await Promise.resolve();
  expect(told(first)).toEqual([{ type: 'worker-unavailable', reason: 'blocked' }]);
  expect(told(second)).toEqual([]);
  await uploader.close();
});

test('where no upload is under way, the next one hears of it, and no further one', async () => {
  lose('not-started');
  const first = start('a');
  await Promise.resolve();
  const second = start('bc');
  await Promise.resolve();
  expect(told(first)).toEqual([{ type: 'worker-unavailable', reason: 'not-started' }]);
  expect(told(second)).toEqual([]);
  await uploader.close();
});
