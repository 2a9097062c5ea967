import { describe, expect, test } from 'vitest';
import type { Fault } from '../../emulator/index.ts';
import { FAILING } from './failing.ts';
import { planTab, type ScheduledFault, type UploadPlan } from './schedule.ts';

const TABS = Array.from({ length: 400 }, (_, seed) => planTab(seed));
const UPLOADS = TABS.flatMap(({ uploads }) => uploads);

test('the same seed makes the same plan, another seed another', () => {
  expect(planTab(7)).toEqual(planTab(7));
  expect(planTab(7)).not.toEqual(planTab(8));
});

test('everything that can go wrong does so in some plan', () => {
  const kinds = new Set(UPLOADS.flatMap(({ faults }) => faults.map(({ fault }) => fault.type)));
  expect([...kinds].toSorted()).toEqual([
    'add-headers',
    'close',
    'corrupt-body',
    'corrupt-part',
    'delay',
    'drop-part',
    'error',
    'expire-token',
    'forget-upload',
    'hide-headers',
    'html',
    'lose-answer',
    'no-cors',
    'reset',
    'slow',
    'stall',
    'wrong-etag',
  ]);
  const disturbances = new Set(TABS.flatMap((tab) => tab.disturbances.map(({ type }) => type)));
  expect([...disturbances].toSorted()).toEqual(['offline', 'pause', 'reload']);
  expect(new Set(TABS.map(({ way }) => way)).size).toBe(3);
});

test('a fifth of the parts fail, or a little less, as not too many do so in a row', () => {
  const parts = UPLOADS.flatMap((upload) => {
    const planned = failing(upload, 'UploadPart').map(({ request }) => request);
    return Array.from({ length: Math.max(0, ...planned) }, (_, index) =>
      planned.includes(index + 1),
    );
  });
  const rate = parts.filter(Boolean).length / parts.length;
  expect(rate).toBeGreaterThan(0.17);
  expect(rate).toBeLessThan(0.23);
});

describe('what an upload promises to survive is not exceeded:', () => {
  test.each([
    ['UploadPart', 3],
    ['InitiateMultipartUpload', 2],
    ['CompleteMultipartUpload', 2],
    ['ListParts', 2],
    ['PutObject', 2],
    ['HeadObject', 2],
  ] as const)('of %s so many fail in a row at most: %i', (operation, most) => {
    for (const upload of UPLOADS)
      expect(longestRow(failing(upload, operation))).toBeLessThanOrEqual(most);
  });

  test('an upload is damaged twice and forgotten once', () => {
    for (const { faults } of UPLOADS) {
      expect(faults.filter(({ fault }) => isDamage(fault)).length).toBeLessThanOrEqual(2);
      expect(faults.filter(({ fault }) => fault.type === 'forget-upload').length).toBeLessThan(2);
    }
  });

  test('the tokens of a tab end once', () => {
    for (const { uploads } of TABS) {
      const faults = uploads.flatMap((upload) => upload.faults);
      expect(faults.filter(({ fault }) => fault.type === 'expire-token').length).toBeLessThan(2);
    }
  });
});

function failing({ faults }: UploadPlan, operation: keyof typeof FAILING): ScheduledFault[] {
  return faults.filter(
    (scheduled) =>
      scheduled.operation === operation && FAILING[operation].includes(scheduled.fault),
  );
}

function longestRow(faults: readonly ScheduledFault[]): number {
  const requests = new Set(faults.map(({ request }) => request));
  let longest = 0;
  for (const request of requests) {
    let row = 0;
    while (requests.has(request + row)) row += 1;
    longest = Math.max(longest, row);
  }
  return longest;
}

function isDamage(fault: Fault): boolean {
  if (fault.type === 'delay') return fault.before === 'storing';
  const damages = ['drop-part', 'corrupt-part', 'wrong-etag'];
  return damages.includes(fault.type);
}
