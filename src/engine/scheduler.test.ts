import { describe, expect, test } from 'vitest';
import { controlled } from '../testing/promises.ts';
import { SimulatedClock, settle } from '../testing/simulated-clock.ts';
import { Scheduler } from './scheduler.ts';

/** Fills the lanes, and tells how many tasks run. */
function fill(
  scheduler: Scheduler,
  tasks: number,
): { running: () => number; end: () => Promise<void> } {
  const started: (() => void)[] = [];
  for (let task = 0; task < tasks; task += 1) {
    const { promise, resolve } = controlled();
    void scheduler.run(() => {
      started.push(resolve);
      return promise;
    });
  }
  return {
    running: () => started.length,
    async end() {
      started.shift()?.();
      await settle();
    },
  };
}

const never = new AbortController().signal;

test('so many tasks run as there are lanes', async () => {
  const { running } = fill(new Scheduler(6), 10);
  await settle();
  expect(running()).toBe(6);
});

describe('a slow-down', () => {
  test('takes half of the lanes, down to the last', async () => {
    const scheduler = new Scheduler(6);
    const lanes = fill(scheduler, 20);
    await settle();
    const counts: number[] = [];
    for (let time = 0; time < 4; time += 1) {
      scheduler.slowDown(scheduler.round);
      counts.push(scheduler.lanes);
    }
    expect(counts).toEqual([3, 1, 1, 1]);
    await settle();
    expect(lanes.running()).toBe(6);
    for (let task = 0; task < 5; task += 1) await lanes.end();
    expect(lanes.running()).toBe(1);
    await lanes.end();
    expect(lanes.running()).toBe(1);
  });

  test('counts once for all requests that were on their way by then', () => {
    const scheduler = new Scheduler(6);
    const rounds = Array.from({ length: 6 }, () => scheduler.round);
    for (const round of rounds) scheduler.slowDown(round);
    expect(scheduler.lanes).toBe(3);
    scheduler.slowDown(scheduler.round);
    expect(scheduler.lanes).toBe(1);
  });

  test('lets those that have a lane already send their bodies one after the other', async () => {
    const scheduler = new Scheduler(4);
    scheduler.slowDown(scheduler.round);
    const leaves: (() => void)[] = [];
    for (let body = 0; body < 4; body += 1) {
      void scheduler.enterBody(never).then((leave) => leaves.push(leave));
    }
    await settle();
    expect(leaves).toHaveLength(2);
    leaves[0]?.();
    await settle();
    expect(leaves).toHaveLength(3);
  });
});

test('lanes come back one by one, each when all have confirmed two bodies, and no more than there were', () => {
  const scheduler = new Scheduler(3);
  scheduler.slowDown(scheduler.round);
  expect(scheduler.lanes).toBe(1);
  const lanesAfter: number[] = [];
  for (let part = 1; part <= 12; part += 1) {
    scheduler.speedUp();
    lanesAfter.push(scheduler.lanes);
  }
  expect(lanesAfter).toEqual([1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3]);
});

test('what is left of the lanes after a slow-down keeps its share when the most changes', () => {
  const scheduler = new Scheduler(12);
  scheduler.most = 6;
  expect(scheduler.lanes).toBe(6);
  scheduler.slowDown(scheduler.round);
  scheduler.most = 12;
  expect(scheduler.lanes).toBe(6);
  for (let part = 1; part <= 12; part += 1) scheduler.speedUp();
  expect(scheduler.lanes).toBe(7);
  for (let burst = 1; burst <= 3; burst += 1) scheduler.slowDown(scheduler.round);
  scheduler.most = 1;
  expect(scheduler.lanes).toBe(1);
});

test('the lanes follow a server that bears four requests at once', async () => {
  const clock = new SimulatedClock();
  const scheduler = new Scheduler(16);
  const ROUND_TRIP = 100;
  let inFlight = 0;
  let refused = 0;
  let confirmed = 0;
  const lanesOverTime: number[] = [];
  const part = async (): Promise<void> => {
    for (;;) {
      const leave = await scheduler.enterBody(never);
      const { round } = scheduler;
      inFlight += 1;
      const isRefused = inFlight > 4;
      const { promise, resolve } = controlled();
      clock.after(ROUND_TRIP, resolve);
      await promise;
      inFlight -= 1;
      leave();
      lanesOverTime.push(scheduler.lanes);
      if (!isRefused) {
        confirmed += 1;
        return scheduler.speedUp();
      }
      refused += 1;
      scheduler.slowDown(round);
    }
  };
  const parts = Array.from({ length: 400 }, () => scheduler.run(part));
  const done = Promise.all(parts);
  await clock.advance(60_000);
  await done;
  expect(confirmed).toBe(400);
  // One lane too many is tried now and then, and costs what is sent until its refusal is known.
  expect(refused).toBeLessThan(150);
  const settled = lanesOverTime.slice(50);
  expect(Math.max(...settled)).toBeLessThanOrEqual(5);
  expect(settled.reduce((sum, lanes) => sum + lanes, 0) / settled.length).toBeGreaterThan(2.5);
});

test('an upload that queues one part at a time leaves every other lane to the next upload', async () => {
  const scheduler = new Scheduler(1);
  const order: string[] = [];
  const upload = async (name: string): Promise<void> => {
    for (let part = 0; part < 3; part += 1) {
      await scheduler.run(async () => {
        order.push(name);
        await settle();
      });
    }
  };
  await Promise.all([upload('large'), upload('small')]);
  expect(order).toEqual(['large', 'small', 'large', 'small', 'large', 'small']);
});
