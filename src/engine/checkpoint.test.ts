import { beforeEach, describe, expect, test } from 'vitest';
import type { UploadError } from '../errors.ts';
import { createMemoryCheckpoints } from '../platform/memory-checkpoints.ts';
import type { CheckpointStore, ConfirmedPart, SessionRecord } from '../ports.ts';
import { SimulatedClock, settle } from '../testing/simulated-clock.ts';
import { Checkpoint } from './checkpoint.ts';
import { readSession } from './session-record.ts';

const RECORD: SessionRecord = {
  version: 1,
  id: 'session',
  bucket: 'videos',
  endpoint: 'https://videos.oss-cn-hangzhou.aliyuncs.com',
  key: 'holiday.mp4',
  uploadId: '0004B9895DBBB6EC98E36',
  size: 10_000_000,
  unit: 102_400,
  fingerprint: 'abc',
  headers: {},
  createdAt: 1_700_000_000_000,
  initiatedAt: 1_700_000_000_000,
};

let clock: SimulatedClock;
let store: CheckpointStore;
let writes: (readonly ConfirmedPart[])[];
let isHidden: boolean;
let hide: () => void;
let failures: UploadError[];
let checkpoint: Checkpoint;

beforeEach(() => {
  clock = new SimulatedClock();
  const memory = createMemoryCheckpoints();
  writes = [];
  store = {
    ...memory,
    putParts(sessionId, parts) {
      writes.push(parts);
      return memory.putParts(sessionId, parts);
    },
  };
  isHidden = false;
  hide = () => undefined;
  failures = [];
  checkpoint = create(store);
});

function create(checkpoints: CheckpointStore): Checkpoint {
  const pageLife = {
    isHidden: () => isHidden,
    onHide(callback: () => void) {
      hide = callback;
      return () => {
        hide = () => undefined;
      };
    },
  };
  const onFailure = (error: UploadError): void => void failures.push(error);
  return new Checkpoint({ checkpoints, clock, pageLife, onFailure }, RECORD);
}

function part(partNumber: number): ConfirmedPart {
  return { partNumber, size: 102_400, etag: `etag-${partNumber}` };
}

describe('confirmed parts', () => {
  test('are written at once after a quiet time', async () => {
    checkpoint.add(part(1));
    expect(writes).toEqual([[part(1)]]);
    await clock.advance(250);
    checkpoint.add(part(2));
    expect(writes).toEqual([[part(1)], [part(2)]]);
  });

  test('of a quarter of a second after a write are written together, each once', async () => {
    checkpoint.add(part(1));
    checkpoint.add(part(2));
    await clock.advance(200);
    checkpoint.add(part(3));
    expect(writes).toEqual([[part(1)]]);
    await clock.advance(50);
    expect(writes).toEqual([[part(1)], [part(2), part(3)]]);
    await clock.advance(1000);
    expect(writes).toHaveLength(2);
    expect(await store.parts('session')).toEqual([part(1), part(2), part(3)]);
  });

  test('are written before the page that is hidden has gone, within the call', () => {
    checkpoint.add(part(1));
    checkpoint.add(part(2));
    hide();
    expect(writes).toEqual([[part(1)], [part(2)]]);
  });

  test('are written one by one while the page is hidden', () => {
    isHidden = true;
    checkpoint.add(part(1));
    checkpoint.add(part(2));
    expect(writes).toEqual([[part(1)], [part(2)]]);
  });

  test('are written when the run ends, and the page is followed no longer', async () => {
    checkpoint.add(part(1));
    checkpoint.add(part(2));
    await checkpoint.rest();
    expect(writes).toEqual([[part(1)], [part(2)]]);
    hide();
    expect(writes).toHaveLength(2);
    expect(clock.pending).toBe(0);
  });

  test('are gone with the checkpoint, those not yet written, too', async () => {
    await checkpoint.save();
    checkpoint.add(part(1));
    checkpoint.add(part(2));
    await checkpoint.delete();
    await clock.advance(1000);
    expect(await store.sessions()).toEqual([]);
    expect(await store.parts('session')).toEqual([]);
  });
});

test('a store that refuses is told once, and stops nothing', async () => {
  const refuse = (): Promise<never> =>
    Promise.reject(new DOMException('Full.', 'QuotaExceededError'));
  const full = create({ ...store, putSession: refuse, putParts: refuse, delete: refuse });
  await full.save();
  full.add(part(1));
  await full.flush();
  await full.delete();
  await settle();
  expect(failures).toHaveLength(1);
  expect(failures[0]).toMatchObject({ kind: 'storage', cause: { name: 'QuotaExceededError' } });
});

describe('records out of the store', () => {
  test('of ours are read', () => {
    expect(readSession(structuredClone(RECORD))).toEqual(RECORD);
    const completing = { etag: 'ABC-2', startedAt: 1 };
    expect(readSession({ ...RECORD, completing })).toEqual({ ...RECORD, completing });
  });

  test.each([
    ['nothing', undefined],
    ['text', 'holiday.mp4'],
    ['another version', { ...RECORD, version: 2 }],
    ['a missing upload id', { ...RECORD, uploadId: undefined }],
    ['an empty key', { ...RECORD, key: '' }],
    ['a unit of nothing', { ...RECORD, unit: 0 }],
    ['a size in words', { ...RECORD, size: 'large' }],
    ['no headers', { ...RECORD, headers: null }],
    ['a broken end', { ...RECORD, completing: { etag: 7 } }],
  ])('are ignored when they hold %s', (_name, value) => {
    expect(readSession(value)).toBeUndefined();
  });
});
