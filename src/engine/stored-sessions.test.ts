import { beforeEach, expect, test } from 'vitest';
import { createMemoryCheckpoints } from '../platform/memory-checkpoints.ts';
import { SimulatedClock } from '../testing/simulated-clock.ts';
import { StoredSessions } from './stored-sessions.ts';

const SMALL = new Blob([new Uint8Array(20_000)]);
const LARGE = new Blob([new Uint8Array(2_000_000)]);

let clock: SimulatedClock;
let looks: number;
let fails: boolean;
let stored: StoredSessions;

beforeEach(() => {
  clock = new SimulatedClock();
  looks = 0;
  fails = false;
  const sessions = async (): Promise<unknown[]> => {
    looks += 1;
    if (fails) throw new Error('Blocked.');
    return [looks];
  };
  stored = new StoredSessions({ ...createMemoryCheckpoints(), sessions }, clock);
});

test('a look serves the small files of a second', async () => {
  const first = await Promise.all([stored.for(SMALL), stored.for(SMALL)]);
  expect(first).toEqual([[1], [1]]);
  await clock.advance(1000);
  expect(await stored.for(SMALL)).toEqual([1]);
  await clock.advance(1);
  expect(await stored.for(SMALL)).toEqual([2]);
});

test('for a large file it is looked anew, which serves small ones, too', async () => {
  await stored.for(SMALL);
  expect(await stored.for(LARGE)).toEqual([2]);
  expect(await stored.for(LARGE)).toEqual([3]);
  expect(await stored.for(SMALL)).toEqual([3]);
});

test('a look that fails is not kept', async () => {
  fails = true;
  await expect(stored.for(SMALL)).rejects.toThrow('Blocked.');
  fails = false;
  expect(await stored.for(SMALL)).toEqual([2]);
});
