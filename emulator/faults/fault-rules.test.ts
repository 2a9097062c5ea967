import { beforeEach, expect, test } from 'vitest';
import type { FaultRule } from '../index.ts';
import { useEmulator } from '../testing/harness.ts';

const bench = useEmulator();
const fault = { type: 'error', status: 503, code: 'ServiceUnavailable' } as const;

beforeEach(() => bench.emulator.faults.clear());

/** Statuses of so many requests of one kind. */
async function statuses(count: number, call = { method: 'GET', key: 'k' }): Promise<number[]> {
  const seen: number[] = [];
  for (let index = 0; index < count; index++) seen.push((await bench.client.send(call)).status);
  return seen;
}

test.each([
  [{}, [503, 404, 404, 404]],
  [{ times: 2 }, [503, 503, 404, 404]],
  [{ skip: 1 }, [404, 503, 404, 404]],
  [{ skip: 2, times: 0 }, [404, 404, 503, 503]],
])('%j', async (counts, expected) => {
  bench.emulator.faults.add({ ...counts, fault });
  expect(await statuses(4)).toEqual(expected);
});

test.each([
  [{ operation: 'GetObject' }, 503],
  [{ operation: ['HeadObject', 'GetObject'] }, 503],
  [{ operation: 'HeadObject' }, 404],
  [{ key: 'k' }, 503],
  [{ key: 'other' }, 404],
  [{ partNumber: 1 }, 404],
  [{ operation: 'GetObject', key: 'other' }, 404],
] as [FaultRule['match'], number][])('match %j', async (match, status) => {
  bench.emulator.faults.add({ ...(match && { match }), fault });
  expect(await statuses(1)).toEqual([status]);
});

test('a part number matches that part only', async () => {
  bench.emulator.faults.add({ match: { operation: 'UploadPart', partNumber: 2 }, fault });
  const uploadId = await bench.client.initiate('k');
  const first = await bench.client.uploadPart('k', uploadId, 1, Buffer.from('x'));
  const second = await bench.client.uploadPart('k', uploadId, 2, Buffer.from('x'));
  expect([first.status, second.status]).toEqual([200, 503]);
});

test('a rule leaves preflights alone unless it names them', async () => {
  const headers = { origin: 'http://localhost:1', 'access-control-request-method': 'PUT' };
  const preflight = { method: 'OPTIONS', key: 'k', headers };
  bench.emulator.faults.add({ times: 0, fault });
  expect(await statuses(1, preflight)).toEqual([200]);
  bench.emulator.faults.add({ match: { operation: 'Preflight' }, fault });
  expect(await statuses(2, preflight)).toEqual([503, 200]);
});

test('rules are tried in order, and the state tells what they did', async () => {
  const { faults, log } = bench.emulator;
  const first = faults.add({ skip: 1, fault });
  const second = faults.add({ times: 2, fault: { ...fault, status: 500 } });
  expect(await statuses(4)).toEqual([500, 503, 500, 404]);
  expect(faults.list()).toMatchObject([
    { id: first, seen: 4, hits: 1 },
    { id: second, seen: 3, hits: 2, rule: { times: 2 } },
  ]);
  expect(log.map(({ fault: id }) => id)).toEqual([second, first, second, undefined]);
});

test('a rule can be removed', async () => {
  const id = bench.emulator.faults.add({ times: 0, fault });
  expect(await statuses(1)).toEqual([503]);
  expect(bench.emulator.faults.remove(id)).toBe(true);
  expect(bench.emulator.faults.remove(id)).toBe(false);
  expect(await statuses(1)).toEqual([404]);
});

test('changing what was passed or listed changes no rule', async () => {
  const rule = { times: 1, fault: { ...fault } };
  bench.emulator.faults.add(rule);
  rule.times = 0;
  const [state] = bench.emulator.faults.list();
  if (state !== undefined) state.rule.times = 0;
  expect(await statuses(2)).toEqual([503, 404]);
});

const EVERY_FAULT: FaultRule['fault'][] = [
  {
    type: 'error',
    status: 500,
    code: 'InternalError',
    message: 'm',
    headers: { 'retry-after': '1' },
    before: 'body',
  },
  { type: 'html', status: 502 },
  { type: 'reset', at: 'start' },
  { type: 'reset' },
  { type: 'lose-answer' },
  { type: 'stall', at: 'body' },
  { type: 'delay', ms: 1 },
  { type: 'slow', bytesPerSecond: 0.5 },
  { type: 'forget-upload' },
  { type: 'drop-part', partNumber: 1 },
  { type: 'corrupt-part', partNumber: 10_000 },
  { type: 'close' },
  { type: 'expire-token' },
];

test('every kind of fault is understood as it is', () => {
  for (const each of EVERY_FAULT) bench.emulator.faults.add({ fault: each });
  expect(bench.emulator.faults.list().map(({ rule }) => rule.fault)).toEqual(EVERY_FAULT);
});

test.each([
  [null, 'rule: expected an object'],
  [{}, 'fault.type: expected one of error, html'],
  [{ fault: 'reset' }, 'fault.type'],
  [{ fault: { type: 'explode' } }, 'fault.type'],
  [{ fault: { type: 'close', at: 'start' } }, 'fault.at: expected no such field'],
  [
    { fault, time: 1 },
    'rule.time: expected no such field, only match, skip, times, probability, seed, fault',
  ],
  [{ fault, times: -1 }, 'rule.times: expected an integer of at least 0'],
  [{ fault, skip: 0.5 }, 'rule.skip: expected an integer'],
  [{ fault, skip: '1' }, 'rule.skip: expected an integer'],
  [{ fault, match: [] }, 'rule.match: expected an object'],
  [{ fault, match: { operation: 'Put' } }, 'rule.match.operation: expected one of PutObject'],
  [{ fault, match: { operation: [] } }, 'rule.match.operation: expected at least one'],
  [{ fault, match: { operation: ['PutObject', 'x'] } }, 'rule.match.operation[1]: expected one of'],
  [{ fault, match: { key: 1 } }, 'rule.match.key: expected a string'],
  [
    { fault, match: { partNumber: 0 } },
    'rule.match.partNumber: expected an integer from 1 to 10000',
  ],
  [{ fault, match: { bucket: 'b' } }, 'rule.match.bucket: expected no such field'],
  [{ fault: { type: 'error', code: 'X' } }, 'fault.status: expected an integer from 200 to 599'],
  [{ fault: { type: 'error', status: 500 } }, 'fault.code: expected a string'],
  [{ fault: { ...fault, headers: { a: 1 } } }, 'fault.headers: expected an object of header names'],
  [{ fault: { ...fault, headers: { 'a b': 'x' } } }, 'fault.headers'],
  [{ fault: { ...fault, headers: { a: 'x\r\ny' } } }, 'fault.headers'],
  [{ fault: { ...fault, headers: 'x' } }, 'fault.headers'],
  [{ fault: { ...fault, before: 'noon' } }, 'fault.before: expected one of body, answer'],
  [{ fault: { type: 'html', status: 1000 } }, 'fault.status'],
  [{ fault: { type: 'reset', at: 'body' } }, 'fault.at: expected one of start, middle, end'],
  [{ fault: { type: 'stall', at: 'end' } }, 'fault.at: expected one of start, body, answer'],
  [{ fault: { type: 'delay' } }, 'fault.ms: expected a positive number'],
  [
    { fault: { type: 'slow', bytesPerSecond: 0 } },
    'fault.bytesPerSecond: expected a positive number',
  ],
  [{ fault: { type: 'drop-part' } }, 'fault.partNumber: expected an integer from 1 to 10000'],
])('%j is no rule', (rule, message) => {
  const add = (): string => bench.emulator.faults.add(rule as FaultRule);
  expect(add).toThrow(TypeError);
  expect(add).toThrow(message);
  expect(bench.emulator.faults.list()).toEqual([]);
});
