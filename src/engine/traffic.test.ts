import { beforeEach, expect, test } from 'vitest';
import { type Flight, Speedometer, Traffic } from './traffic.ts';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
/** Bytes. */
const PART = 100_000;

let now: number;
const clock = { now: () => now, after: () => () => undefined };

beforeEach(() => {
  now = 1_700_000_000_000;
});

test('a clock that is set back makes no speed absurd', () => {
  const speed = new Speedometer(clock);
  speed.start();
  const confirmFor = (seconds: number): number[] =>
    Array.from({ length: seconds }, () => {
      now += SECOND;
      speed.confirm(PART);
      return speed.rate ?? 0;
    });
  expect(Math.max(...confirmFor(30))).toBeLessThanOrEqual(PART);
  now -= HOUR;
  expect(Math.max(...confirmFor(30))).toBeLessThanOrEqual(PART);
  expect(speed.rate).toBeGreaterThan(PART / 2);
});

test('nor does it take the patience with what is in flight', () => {
  const traffic = new Traffic(clock);
  const flights: Flight[] = [];
  const fly = (): void => {
    const onConfirmed = (): void => undefined;
    const flight = { size: PART, sentAt: now, onConfirmed, onReleased: () => undefined };
    flights.push(flight);
    traffic.take(flight);
  };
  const confirmOne = (): number => {
    now += 10 * SECOND;
    const [first] = flights.splice(0, 1);
    if (first !== undefined) traffic.confirm(first);
    fly();
    return traffic.drainTime;
  };
  fly();
  fly();
  const before = Array.from({ length: 10 }, confirmOne).at(-1) ?? 0;
  now -= HOUR;
  const after = Array.from({ length: 10 }, confirmOne);
  expect(Math.min(...after)).toBeGreaterThan(before / 4);
});
