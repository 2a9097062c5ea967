import { expect, test } from 'vitest';
import { KIB } from '../expectations.ts';
import { account } from './account.ts';
import type { JournalEntry } from './journal.ts';

const SIZE = 300 * KIB;
const FILE = { size: 2 * SIZE, uploadId: 'u' };
const FIRST = 1;
const SECOND = 4;

let clock = 0;

/** One request after the other, answered as it should be unless told otherwise. */
function part(partNumber: number, changes: Partial<JournalEntry> = {}): JournalEntry {
  clock += 10;
  return {
    id: String(clock),
    at: clock,
    finishedAt: clock + 5,
    operation: 'UploadPart',
    uploadId: 'u',
    partNumber,
    size: SIZE,
    bodyBytes: SIZE,
    status: 200,
    outcome: 'answered',
    happened: undefined,
    isForPreflight: false,
    wasDisturbed: false,
    wasReloaded: false,
    ...changes,
  };
}

test('what the object is made of is kept', () => {
  const journal = [part(SECOND), part(FIRST)];
  expect(account(journal, FILE)).toEqual({
    received: 2 * SIZE,
    kept: 2 * SIZE,
    wasted: 0,
    resent: [],
  });
});

test.each<[string, Partial<JournalEntry>]>([
  ['lost its answer', { happened: { type: 'lose-answer' }, status: 0, outcome: 'cut' }],
  ['failed', { happened: { type: 'error', code: 'InternalError' }, status: 500 }],
  ['was cut by a disturbance', { wasDisturbed: true, status: 0, outcome: 'client-left' }],
  ['had a token that ended', { code: 'SecurityTokenExpired', status: 403 }],
])('an attempt that %s was in vain by schedule', (_, changes) => {
  const journal = [part(FIRST, changes), part(FIRST), part(SECOND)];
  expect(account(journal, FILE)).toMatchObject({ kept: 2 * SIZE, wasted: 0, resent: [] });
});

test.each([
  { type: 'drop-part', partNumber: FIRST },
  { type: 'corrupt-part', partNumber: FIRST },
] as const)('a part that the server lost ($type) is sent again by schedule', (happened) => {
  const journal = [part(FIRST), part(SECOND, { happened }), part(FIRST)];
  expect(account(journal, FILE)).toMatchObject({ kept: 2 * SIZE, wasted: 0, resent: [] });
});

test('an upload that the server forgot was in vain by schedule', () => {
  const happened = { type: 'forget-upload' } as const;
  const forgotten = [part(FIRST), part(SECOND, { happened, status: 404 })];
  const anew = [FIRST, SECOND].map((number) => part(number, { uploadId: 'v' }));
  const result = account([...forgotten, ...anew], { ...FILE, uploadId: 'v' });
  expect(result).toEqual({ received: 4 * SIZE, kept: 2 * SIZE, wasted: 0, resent: [] });
});

test.each([
  [true, 0],
  [false, 2 * SIZE],
])('an object that a page did not live to tell of (%s) was made in vain', (wasReloaded, wasted) => {
  const complete = {
    operation: 'CompleteMultipartUpload',
    size: 100,
    bodyBytes: 100,
    wasDisturbed: true,
    wasReloaded,
  } as const;
  const { partNumber: _, ...completed } = part(FIRST, complete);
  const anew = [FIRST, SECOND].map((number) => part(number, { uploadId: 'v' }));
  const journal = [part(FIRST), part(SECOND), completed, ...anew];
  expect(account(journal, { ...FILE, uploadId: 'v' })).toMatchObject({ kept: 2 * SIZE, wasted });
});

test('a part that was split after a break counts by its pieces', () => {
  const reset = { happened: { type: 'reset' }, status: 0, outcome: 'cut' } as const;
  const whole = [part(FIRST, reset), part(FIRST, reset), part(SECOND)];
  const pieces = [FIRST, 2, 3].map((number) =>
    part(number, { size: 100 * KIB, bodyBytes: 100 * KIB }),
  );
  const journal = [...whole, ...pieces];
  expect(account(journal, FILE)).toMatchObject({ kept: 2 * SIZE, wasted: 0, resent: [] });
});

test('an attempt that failed for no reason of the schedule is wasted', () => {
  const journal = [part(FIRST, { status: 0, outcome: 'client-left' }), part(FIRST), part(SECOND)];
  expect(account(journal, FILE)).toMatchObject({ wasted: SIZE, resent: [] });
});

test('a confirmed part that is sent again is told and wasted, whatever happens to it then', () => {
  const again = part(FIRST, { happened: { type: 'reset' }, status: 0, outcome: 'cut' });
  for (const last of [part(FIRST, { at: clock + 100 }), again]) {
    const { wasted, resent } = account(
      [part(FIRST, { at: 1, finishedAt: 2 }), part(SECOND), last],
      FILE,
    );
    expect(wasted).toBe(SIZE);
    expect(resent).toEqual(['part 1 of 307200 bytes, though part 1 of 307200 bytes was confirmed']);
  }
});

test('a part of which a list has told is confirmed, whether its answer came or not', () => {
  const told = part(FIRST, { wasDisturbed: true });
  const { partNumber: _, ...list } = part(FIRST, { operation: 'ListParts', size: 0, bodyBytes: 0 });
  const { wasted, resent } = account([told, list, part(FIRST), part(SECOND)], FILE);
  expect(wasted).toBe(SIZE);
  expect(resent).toHaveLength(1);
});

test('a list cannot tell of a part in whose place a portal’s page was answered', () => {
  const unheld = part(FIRST, { happened: { type: 'html', status: 200 } });
  const { partNumber: _, ...list } = part(FIRST, { operation: 'ListParts', size: 0, bodyBytes: 0 });
  const journal = [unheld, list, part(FIRST), part(SECOND)];
  expect(account(journal, FILE)).toMatchObject({ kept: 2 * SIZE, wasted: 0, resent: [] });
});

test('a list that nobody reads tells nothing', () => {
  const told = part(FIRST, { wasDisturbed: true });
  const ahead = { operation: 'ListParts', size: 0, bodyBytes: 0, isForPreflight: true } as const;
  const { partNumber: _, ...list } = part(FIRST, ahead);
  const { wasted, resent } = account([told, list, part(FIRST), part(SECOND)], FILE);
  expect(wasted).toBe(0);
  expect(resent).toEqual([]);
});

test('a file that goes in one request counts by the last that was stored', () => {
  const put = (changes: Partial<JournalEntry> = {}): JournalEntry => {
    const { uploadId: _, partNumber: __, ...entry } = part(FIRST, changes);
    return { ...entry, operation: 'PutObject' };
  };
  const journal = [put({ happened: { type: 'lose-answer' }, status: 0, outcome: 'cut' }), put()];
  expect(account(journal, { size: SIZE })).toMatchObject({ kept: SIZE, wasted: 0 });
});
