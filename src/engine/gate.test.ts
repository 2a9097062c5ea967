import { expect, test } from 'vitest';
import { watch } from '../testing/promises.ts';
import { settle } from '../testing/simulated-clock.ts';
import { Gate } from './gate.ts';

const never = new AbortController().signal;

test('so many are let in as there are places, in turn', async () => {
  const gate = new Gate(2);
  const entries = [1, 2, 3, 4].map(() => watch(gate.enter(never)));
  await settle();
  expect(entries.map(({ isSettled }) => isSettled)).toEqual([true, true, false, false]);
  entries[1]?.value?.();
  await settle();
  expect(entries.map(({ isSettled }) => isSettled)).toEqual([true, true, true, false]);
  gate.places = 3;
  await settle();
  expect(entries[3]?.isSettled).toBe(true);
});

test('who is told to stop waiting leaves its place to the next', async () => {
  const gate = new Gate(1);
  const first = watch(gate.enter(never));
  const controller = new AbortController();
  const second = watch(gate.enter(controller.signal));
  const third = watch(gate.enter(never));
  await settle();
  controller.abort('stop');
  await settle();
  expect(second.reason).toBe('stop');
  expect(third.isSettled).toBe(false);
  first.value?.();
  await settle();
  expect(third.isSettled).toBe(true);
});

test('a place that comes with the word to stop is not lost', async () => {
  const gate = new Gate(1);
  const first = watch(gate.enter(never));
  const controller = new AbortController();
  const second = watch(gate.enter(controller.signal));
  const third = watch(gate.enter(never));
  await settle();
  first.value?.();
  controller.abort('stop');
  await settle();
  // Whichever came first, the third gets in, at the latest when the second has left.
  second.value?.();
  await settle();
  expect(third.isSettled).toBe(true);
});
