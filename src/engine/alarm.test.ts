import { beforeEach, expect, test } from 'vitest';
import { SimulatedClock } from '../testing/simulated-clock.ts';
import { Alarm } from './alarm.ts';

let clock: SimulatedClock;
let rings: number[];
let alarm: Alarm;

beforeEach(() => {
  clock = new SimulatedClock();
  rings = [];
  alarm = new Alarm(clock, (late) => rings.push(late));
});

test('rings when it is due, once', async () => {
  alarm.set(clock.now() + 100);
  await clock.advance(99);
  expect([rings, alarm.isSet]).toEqual([[], true]);
  await clock.advance(1000);
  expect([rings, alarm.isSet]).toEqual([[0], false]);
  expect(clock.pending).toBe(0);
});

test('that is put off rings at the later time, that is set earlier at the earlier', async () => {
  const start = clock.now();
  alarm.set(start + 100);
  alarm.set(start + 300);
  await clock.advance(299);
  expect(rings).toEqual([]);
  alarm.set(start + 600);
  alarm.set(start + 400);
  await clock.advance(100);
  expect(rings).toEqual([]);
  await clock.advance(1);
  expect(rings).toEqual([0]);
  expect(clock.pending).toBe(0);
});

test('that is cleared does not ring', async () => {
  alarm.set(clock.now() + 100);
  alarm.clear();
  expect(clock.pending).toBe(0);
  await clock.advance(200);
  expect(rings).toEqual([]);
});

test('tells how late it is after a sleep', async () => {
  alarm.set(clock.now() + 100);
  await clock.sleep(10_000);
  expect(rings).toEqual([9900]);
});

test('rings in time where the clock was set back meanwhile', () => {
  let now = 1_000_000;
  const timers: { wait: number; fire: () => void }[] = [];
  const machine = {
    now: () => now,
    after(wait: number, fire: () => void) {
      timers.push({ wait, fire });
      return () => undefined;
    },
  };
  const watch = new Alarm(machine, (late) => rings.push(late));
  watch.set(now + 100);
  watch.set(now + 150);
  // A hundred milliseconds later, an hour earlier.
  now += 100 - 3_600_000;
  timers[0]?.fire();
  expect(timers[1]?.wait).toBe(50);
  now += 50;
  timers[1]?.fire();
  expect(rings).toEqual([0]);
});
