import { expect, test } from 'vitest';
import { controlled } from '../testing/promises.ts';
import { settle } from '../testing/simulated-clock.ts';
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

test('so many tasks run as there are lanes', async () => {
  const { running } = fill(new Scheduler(6), 10);
  await settle();
  expect(running()).toBe(6);
});

test('a slow-down takes one lane, down to the last', async () => {
  const scheduler = new Scheduler(3);
  const lanes = fill(scheduler, 20);
  await settle();
  for (let time = 0; time < 5; time += 1) scheduler.slowDown();
  await settle();
  expect(lanes.running()).toBe(3);
  for (let task = 0; task < 2; task += 1) await lanes.end();
  expect(lanes.running()).toBe(1);
  await lanes.end();
  expect(lanes.running()).toBe(1);
});

test('confirmed parts bring the lanes back, one after the other, and no more than there were', async () => {
  const scheduler = new Scheduler(3);
  scheduler.slowDown();
  scheduler.slowDown();
  const lanes = fill(scheduler, 20);
  await settle();
  expect(lanes.running()).toBe(1);
  const runningAfter: number[] = [];
  for (let part = 1; part <= 40; part += 1) {
    scheduler.speedUp();
    await settle();
    if (part % 8 === 0) runningAfter.push(lanes.running());
  }
  expect(runningAfter).toEqual([2, 3, 3, 3, 3]);
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
