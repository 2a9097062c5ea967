import { expect, test } from 'vitest';
import { Paced } from './paced.ts';
import { SimulatedClock } from './testing/simulated-clock.ts';

const INTERVAL = 50;

interface Scene {
  readonly clock: SimulatedClock;
  readonly paced: Paced;
  /** When it was told, in milliseconds from the start. */
  readonly told: number[];
  /** Resolves when the turn has ended. */
  readonly turn: () => Promise<void>;
}

function start(): Scene {
  const clock = new SimulatedClock();
  const begun = clock.now();
  const told: number[] = [];
  const paced = new Paced(
    clock,
    () => INTERVAL,
    () => told.push(clock.now() - begun),
  );
  return { clock, paced, told, turn: () => Promise.resolve() };
}

test('what changes in one turn is told once, at its end', async () => {
  const { clock, paced, told, turn } = start();
  paced.changed();
  paced.changed();
  expect(told).toEqual([]);
  await turn();
  expect(told).toEqual([0]);
  expect(clock.pending).toBe(0);
});

test('what comes too soon is told when the interval is over', async () => {
  const { clock, paced, told, turn } = start();
  paced.changed();
  await turn();
  await clock.advance(20);
  paced.changed();
  await clock.advance(29);
  expect(told).toEqual([0]);
  await clock.advance(1);
  expect(told).toEqual([0, 50]);
  await clock.advance(INTERVAL);
  paced.changed();
  await turn();
  expect(told).toEqual([0, 50, 100]);
});

test.each(['at the end of the turn', 'later'])('nothing is told after a stop: %s', async (when) => {
  const { clock, paced, told, turn } = start();
  if (when === 'later') {
    paced.changed();
    await turn();
  }
  const before = [...told];
  paced.changed();
  paced.stop();
  await turn();
  await clock.advance(INTERVAL);
  expect(told).toEqual(before);
  expect(clock.pending).toBe(0);
});

test('a clock that is set back delays nothing', async () => {
  let now = 3_600_000;
  let times = 0;
  const clock = { now: () => now, after: () => expect.unreachable('no timer is needed') };
  const paced = new Paced(
    clock,
    () => INTERVAL,
    () => {
      times += 1;
    },
  );
  paced.changed();
  await Promise.resolve();
  now = 0;
  paced.changed();
  await Promise.resolve();
  expect(times).toBe(2);
});
