import { beforeEach, describe, expect, test } from 'vitest';
import { createMemoryCheckpoints } from '../platform/memory-checkpoints.ts';
import type { CheckpointStore } from '../ports.ts';
import { SimulatedClock, settle } from '../testing/simulated-clock.ts';
import { Link } from './link.ts';
import { type Flight, Traffic } from './traffic.ts';

const KIB = 1024;
const SECOND = 1000;
const HOUR = 3600 * SECOND;
const ENDPOINT = 'https://videos.oss-cn-hangzhou.aliyuncs.com';

let clock: SimulatedClock;
let checkpoints: CheckpointStore;

beforeEach(() => {
  clock = new SimulatedClock();
  checkpoints = createMemoryCheckpoints();
});

interface Page {
  readonly link: Link;
  /** Sends so many bytes, in a time in milliseconds. */
  carry(bytes: number, time: number): Promise<void>;
}

function openPage(partSize?: number, endpoint = ENDPOINT): Page {
  const traffic = new Traffic(clock);
  const link = new Link({ checkpoints, clock, traffic, endpoint, concurrency: 6, partSize });
  return {
    link,
    async carry(size, time) {
      const flight: Flight = {
        size,
        sentAt: clock.now(),
        onConfirmed: () => undefined,
        onReleased: () => undefined,
      };
      traffic.take(flight);
      await clock.advance(time);
      traffic.confirm(flight);
      link.confirmed();
    },
  };
}

describe('parts of an upload that starts', () => {
  test('have 1,000 KiB while nothing is known', async () => {
    expect(await openPage().link.partSize()).toBe(1000 * KIB);
  });

  test('take about five seconds at the speed last measured, within 100 and 1,000 KiB', async () => {
    const sizes: number[] = [];
    for (const bytesPerSecond of [10, 120, 300, 600, 1200, 100_000].map((kib) => kib * KIB)) {
      const page = openPage();
      await page.carry(bytesPerSecond * 4, 4 * SECOND);
      sizes.push((await page.link.partSize()) / KIB);
    }
    expect(sizes).toEqual([100, 100, 250, 500, 1000, 1000]);
  });

  test('have what the app wishes', async () => {
    const page = openPage(5000 * KIB);
    await page.carry(100 * KIB, 10 * SECOND);
    expect(await page.link.partSize()).toBe(5000 * KIB);
  });

  test('are not judged by a moment', async () => {
    const page = openPage();
    await page.carry(10 * KIB, 500);
    expect(await page.link.partSize()).toBe(1000 * KIB);
  });
});

describe('the next page', () => {
  test('knows the speed, for a day, and only of this endpoint', async () => {
    const page = openPage();
    await page.carry(1200 * KIB, 4 * SECOND);
    page.link.save();
    await settle();
    expect(await openPage().link.partSize()).toBe(250 * KIB);
    expect(await openPage(undefined, 'https://elsewhere').link.partSize()).toBe(1000 * KIB);
    await clock.advance(24 * HOUR);
    expect(await openPage().link.partSize()).toBe(1000 * KIB);
  });

  test('knows it although the page before went away without a word', async () => {
    const page = openPage();
    for (let part = 0; part < 6; part += 1) await page.carry(600 * KIB, 2 * SECOND);
    expect(await openPage().link.partSize()).toBe(250 * KIB);
  });

  test.each([
    undefined,
    'nonsense',
    null,
    { bytesPerSecond: -1, measuredAt: 1 },
    { bytesPerSecond: '1', measuredAt: 1 },
    { bytesPerSecond: 1 },
  ])('does without a record like %j', async (record) => {
    checkpoints = { ...checkpoints, link: () => Promise.resolve(record) };
    expect(await openPage().link.partSize()).toBe(1000 * KIB);
  });

  test('does without a store', async () => {
    const refuse = (): Promise<never> => Promise.reject(new Error('Blocked.'));
    checkpoints = { ...checkpoints, link: refuse, putLink: refuse };
    const page = openPage();
    expect(await page.link.partSize()).toBe(1000 * KIB);
    await page.carry(1200 * KIB, 4 * SECOND);
    page.link.save();
    await settle();
  });

  test('finds nothing written where nothing was measured', async () => {
    let writes = 0;
    checkpoints = {
      ...checkpoints,
      putLink: () => {
        writes += 1;
        return Promise.resolve();
      },
    };
    openPage().link.save();
    expect(writes).toBe(0);
  });
});
