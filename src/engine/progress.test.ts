import { beforeEach, expect, test } from 'vitest';
import { SimulatedClock } from '../testing/simulated-clock.ts';
import { Progress } from './progress.ts';

const MB = 1_000_000;

let clock: SimulatedClock;
let progress: Progress;

beforeEach(() => {
  clock = new SimulatedClock();
  progress = new Progress(10 * MB, clock, () => undefined);
});

test('what is held counts as confirmed, and not as speed', () => {
  progress.start(4 * MB);
  expect(progress.view).toEqual({
    confirmedBytes: 4 * MB,
    sentBytes: 4 * MB,
    bytesPerSecond: undefined,
    timeLeft: undefined,
  });
});

test('sent bytes are confirmed ones and those in flight', () => {
  progress.start(0);
  progress.sent(1, 600_000);
  progress.sent(11, 300_000);
  expect(progress.view).toMatchObject({ confirmedBytes: 0, sentBytes: 900_000 });
  progress.confirmed(1, MB);
  expect(progress.view).toMatchObject({ confirmedBytes: MB, sentBytes: 1_300_000 });
});

test('nothing that is shown goes back, even after a loss', () => {
  progress.start(0);
  progress.sent(1, MB);
  progress.landed(1);
  progress.sent(1, 1000);
  expect(progress.view.sentBytes).toBe(MB);
  progress.confirmed(1, MB);
  progress.start(0);
  expect(progress.view).toMatchObject({ confirmedBytes: MB, sentBytes: MB });
});

test('no more is shown as sent than the file has', () => {
  progress.start(9 * MB);
  progress.sent(1, 2 * MB);
  expect(progress.view.sentBytes).toBe(10 * MB);
});

test('speed is that of the last twenty seconds, and time left follows from it', async () => {
  progress.start(0);
  await clock.advance(10_000);
  progress.confirmed(1, MB);
  expect(progress.view).toMatchObject({ bytesPerSecond: 100_000, timeLeft: 90_000 });
  await clock.advance(15_000);
  progress.confirmed(2, MB);
  // 25 s after the start, the window holds both parts.
  expect(progress.view.bytesPerSecond).toBe(100_000);
  await clock.advance(10_000);
  expect(progress.view.bytesPerSecond).toBe(50_000);
  await clock.advance(20_000);
  expect(progress.view.bytesPerSecond).toBeUndefined();
});

test('the time without a network says nothing of the speed', async () => {
  progress.start(0);
  await clock.advance(5000);
  progress.confirmed(1, 5 * MB);
  await clock.advance(15_000);
  progress.goOn();
  expect(progress.view).toMatchObject({ bytesPerSecond: undefined, timeLeft: undefined });
  await clock.advance(1000);
  progress.confirmed(2, MB);
  expect(progress.view).toMatchObject({ bytesPerSecond: MB, timeLeft: 4000 });
});
