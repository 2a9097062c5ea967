import { beforeEach, expect, test } from 'vitest';
import { useEmulator } from '../testing/harness.ts';
import { randomNumbers } from './random.ts';

const bench = useEmulator();
const fault = { type: 'error', code: 'InternalError' } as const;

beforeEach(() => bench.emulator.faults.clear());

async function statuses(count: number, key = 'k'): Promise<number[]> {
  const seen: number[] = [];
  for (let index = 0; index < count; index++) seen.push((await bench.client.send({ key })).status);
  return seen;
}

test('the second attempt of every key', async () => {
  bench.emulator.faults.add({ match: { attempt: 2 }, times: 0, fault });
  expect(await statuses(3, 'a')).toEqual([404, 500, 404]);
  expect(await statuses(3, 'b')).toEqual([404, 500, 404]);
});

test('the first attempt of every part, each part for itself', async () => {
  const { client, emulator } = bench;
  const match = { operation: 'UploadPart', attempt: 1 } as const;
  emulator.faults.add({ match, times: 0, fault });
  const uploadIds = [await client.initiate('k'), await client.initiate('k')];
  const seen: number[] = [];
  for (const uploadId of uploadIds)
    for (const number of [1, 2, 1, 2])
      seen.push((await client.uploadPart('k', uploadId, number, Buffer.from('x'))).status);
  expect(seen).toEqual([500, 500, 200, 200, 500, 500, 200, 200]);
});

test('attempts are counted before a rule is there, and anew after a reset', async () => {
  await statuses(1);
  bench.emulator.faults.add({ match: { attempt: 2 }, times: 0, fault });
  expect(await statuses(2)).toEqual([500, 404]);
  await bench.emulator.reset();
  bench.emulator.faults.add({ match: { attempt: 2 }, times: 0, fault });
  expect(await statuses(2)).toEqual([404, 500]);
});

test('a probability, the same for the same seed', async () => {
  const run = async (seed?: number) => {
    bench.emulator.faults.clear();
    const chance = { probability: 0.5, ...(seed !== undefined && { seed }) };
    bench.emulator.faults.add({ ...chance, times: 0, fault });
    return await statuses(20);
  };
  const first = await run(7);
  expect(new Set(first)).toEqual(new Set([404, 500]));
  expect(await run(7)).toEqual(first);
  expect(await run(8)).not.toEqual(first);
  expect(await run()).toEqual(await run(1));
});

test('chances are what they are said to be', () => {
  const random = randomNumbers(3);
  const numbers = Array.from({ length: 10_000 }, random);
  for (const number of numbers) expect(number >= 0 && number < 1).toBe(true);
  const share = numbers.filter((number) => number < 0.3).length / numbers.length;
  expect(share).toBeCloseTo(0.3, 1);
});

test('probability 0 and 1', async () => {
  bench.emulator.faults.add({ probability: 0, times: 0, fault });
  expect(await statuses(5)).toEqual([404, 404, 404, 404, 404]);
  bench.emulator.faults.add({ probability: 1, times: 2, fault });
  expect(await statuses(3)).toEqual([500, 500, 404]);
});

test.each([
  [{ probability: 2, fault }, 'rule.probability: expected a number from 0 to 1'],
  [{ seed: 0.5, fault }, 'rule.seed'],
  [{ match: { attempt: 0 }, fault }, 'rule.match.attempt'],
  [{ fault: { type: 'page-size', size: 0 } }, 'fault.size'],
  [{ fault: { type: 'callback-failed', cause: 'boredom' } }, 'fault.cause: expected one of'],
  [{ fault: { type: 'callback-failed', cause: 99 } }, 'fault.cause'],
  [{ fault: { type: 'hide-headers', names: 'ETag' } }, 'fault.names'],
  [{ fault: { type: 'delay', ms: 1, before: 'lunch' } }, 'fault.before'],
  [{ fault: { type: 'error', code: 'NoSuchKey', closes: 'yes' } }, 'fault.closes'],
])('%j is refused', (rule, message) => {
  expect(() => bench.emulator.faults.add(rule as never)).toThrow(message);
});
