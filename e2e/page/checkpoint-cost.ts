import { Checkpoint } from '../../src/engine/checkpoint.ts';
import { createIndexedDbCheckpoints } from '../../src/platform/indexeddb-checkpoints.ts';
import { createPageLife } from '../../src/platform/page-life.ts';
import { systemClock } from '../../src/platform/system-clock.ts';
import type { SessionRecord } from '../../src/ports.ts';

/** What the checkpoint of a large file costs. */
export interface CheckpointCost {
  /** Milliseconds from a part's confirmation until it is written, for the first thousand parts and for the last. */
  readonly first: number;
  readonly last: number;
  /** Bytes in the browser's storage. */
  readonly bytes: number;
}

const PARTS = 10_000;
const SIZE = 100 * 1024;
/** Parts that a link of some 500 Mbit/s confirms between two writes. */
const BATCH = 16;
const THOUSAND = 1000;

/** Keeps the checkpoint of a file of ten thousand parts, as an upload does. Figures are for one part. */
export async function measureCheckpoints(): Promise<CheckpointCost> {
  const store = createIndexedDbCheckpoints();
  const failures: unknown[] = [];
  const deps = {
    checkpoints: store,
    clock: systemClock,
    pageLife: createPageLife(),
    onFailure: (error: unknown) => failures.push(error),
  };
  const checkpoint = new Checkpoint(deps, session());
  await checkpoint.save();
  const before = await usage();
  const times: number[] = [];
  for (let number = 1; number <= PARTS; number += BATCH) {
    const startedAt = performance.now();
    for (let partNumber = number; partNumber < number + BATCH; partNumber += 1)
      checkpoint.add({ partNumber, size: SIZE, ...randomSums() });
    await checkpoint.flush();
    times.push(performance.now() - startedAt);
  }
  if (failures.length > 0) throw new Error(`Not written: ${String(failures[0])}`);
  const bytes = (await usage()) - before;
  const kept = await store.parts(checkpoint.record.id);
  if (kept.length < PARTS) throw new Error(`Only ${kept.length} parts were kept.`);
  await checkpoint.delete();
  store.close();
  const batches = Math.floor(THOUSAND / BATCH);
  return {
    first: median(times.slice(0, batches)) / BATCH,
    last: median(times.slice(-batches)) / BATCH,
    bytes: bytes / PARTS,
  };
}

// As those of real parts, no storage can compress them.
function randomSums(): { etag: string; crc64: string } {
  const [crc64 = 0n, ...words] = crypto.getRandomValues(new BigUint64Array(3));
  const etag = words.map((word) => word.toString(16).padStart(16, '0')).join('');
  return { etag: etag.toUpperCase(), crc64: crc64.toString() };
}

function session(): SessionRecord {
  return {
    version: 1,
    id: crypto.randomUUID(),
    bucket: 'bucket',
    endpoint: 'https://bucket.oss-cn-hangzhou.aliyuncs.com',
    key: 'holiday.mp4',
    uploadId: '0004B9895DBBB6EC98E36F7DA21DEB40',
    size: PARTS * SIZE,
    unit: SIZE,
    fingerprint: 'f'.repeat(64),
    headers: {},
    createdAt: Date.now(),
    initiatedAt: Date.now(),
  };
}

async function usage(): Promise<number> {
  return (await navigator.storage.estimate()).usage ?? 0;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
