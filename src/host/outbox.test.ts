import { beforeEach, expect, test } from 'vitest';
import { SimulatedClock } from '../testing/simulated-clock.ts';
import type { FromWorker } from './messages.ts';
import { Outbox } from './outbox.ts';

const PARTS: FromWorker = { type: 'parts', upload: 1, parts: new Float64Array(5) };
const ASK: FromWorker = { type: 'ask', call: 1, name: 'credentials', argument: undefined };

let clock: SimulatedClock;
let posted: (readonly FromWorker[])[];
let outbox: Outbox;

beforeEach(() => {
  clock = new SimulatedClock();
  posted = [];
  outbox = new Outbox(clock, (messages) => posted.push(messages));
});

test('what moves on is told together, after 50 ms', async () => {
  outbox.add(PARTS);
  await clock.advance(40);
  outbox.add(PARTS);
  expect(posted).toEqual([]);
  await clock.advance(10);
  expect(posted).toEqual([[PARTS, PARTS]]);
  await clock.advance(1000);
  expect(posted).toHaveLength(1);
});

test('anything else is told in its turn, with what came before it, in order', async () => {
  outbox.add(PARTS);
  outbox.add(ASK);
  outbox.add(PARTS);
  expect(posted).toEqual([]);
  await Promise.resolve();
  expect(posted).toEqual([[PARTS, ASK, PARTS]]);
  expect(clock.pending).toBe(0);
  outbox.add(PARTS);
  await clock.advance(50);
  expect(posted).toEqual([[PARTS, ASK, PARTS], [PARTS]]);
});
