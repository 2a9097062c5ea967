import type { Emulator, FaultRule } from '../emulator/index.ts';
import { expect, expectStored, MIB, PART, requests, test } from './fixtures.ts';
import type { Tab } from './tab.ts';

const KEY = 'holiday.mp4';
const FILE = { size: 8 * MIB };

test('pause and resume, quickly, twenty times', async ({ tab, emulator }) => {
  emulator.faults.bandwidth(6 * MIB);
  await tab.open();
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.1);
  await tab.page.evaluate(async (key) => {
    const upload = window.kit.upload(key);
    const frame = (): Promise<number> => new Promise(requestAnimationFrame);
    for (let round = 0; round < 20; round += 1) {
      upload.pause();
      upload.pause();
      for (let frames = 0; frames < round % 5; frames += 1) await frame();
      upload.resume();
      upload.resume();
      for (let frames = 0; frames < round % 3; frames += 1) await frame();
    }
  }, KEY);
  expect((await tab.outcome(KEY)).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  expect(requests(emulator, 'InitiateMultipartUpload')).toHaveLength(1);
  expect(requests(emulator, 'CompleteMultipartUpload')).toHaveLength(1);
  // The server may have got all of a part that a pause cut off: only what the page was told of is not sent again.
  const confirmed = await tab.events(KEY, 'part-confirmed');
  expect(new Set(confirmed.map(({ partNumber }) => partNumber)).size).toBe(confirmed.length);
  await tab.expectNothingLeft();
});

test('a paused upload sends nothing, and goes on where it stopped', async ({ tab, emulator }) => {
  emulator.faults.bandwidth(6 * MIB);
  await tab.open();
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.3);
  await tab.pause(KEY);
  expect((await tab.snapshot(KEY)).status).toBe('paused');
  await expect
    .poll(() => emulator.log.filter(({ outcome }) => outcome === 'pending'), { timeout: 10_000 })
    .toEqual([]);
  const seen = emulator.log.length;
  expect(await tab.unfinished()).toEqual([]);
  expect(emulator.log).toHaveLength(seen);
  await tab.resume(KEY);
  expect((await tab.outcome(KEY)).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  // Once each, whether the page had heard of a part by then or not.
  const stored = requests(emulator, 'UploadPart').filter(({ status }) => status === 200);
  expect(stored.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0)).toBe(FILE.size);
  await tab.expectNothingLeft();
});

test('a Complete that ends well after a pause is success', async ({ tab, emulator }) => {
  emulator.faults.add({
    match: { operation: 'CompleteMultipartUpload' },
    fault: { type: 'delay', ms: 1000 },
  });
  await tab.open();
  await tab.start({ key: KEY, file: FILE });
  await tab.untilStatus(KEY, 'completing');
  await tab.pause(KEY);
  expect((await tab.outcome(KEY)).error).toBeUndefined();
  expect((await tab.snapshot(KEY)).status).toBe('done');
  await expectStored(emulator, KEY, FILE);
  await tab.expectNothingLeft();
});

interface Phase {
  readonly name: string;
  readonly fault?: FaultRule;
  readonly reach: (tab: Tab, emulator: Emulator) => Promise<unknown>;
}

const DELAY = { type: 'delay', ms: 800 } as const;

const PHASES: readonly Phase[] = [
  { name: 'at once', reach: () => Promise.resolve() },
  {
    name: 'while the upload is opened',
    fault: { match: { operation: 'InitiateMultipartUpload' }, fault: DELAY },
    reach: (_tab, emulator) =>
      expect.poll(() => requests(emulator, 'InitiateMultipartUpload').length).toBe(1),
  },
  { name: 'while parts are sent', reach: (tab) => tab.untilConfirmed(KEY, 0.3) },
  {
    name: 'while a part waits to be sent again',
    fault: {
      match: { operation: 'UploadPart', partNumber: 21 },
      times: 0,
      fault: { type: 'error', status: 503, code: 'ServiceUnavailable' },
    },
    reach: (tab) =>
      expect.poll(async () => (await tab.events(KEY, 'retry')).length).toBeGreaterThan(0),
  },
  {
    name: 'while it is paused',
    reach: async (tab) => {
      await tab.untilConfirmed(KEY, 0.3);
      await tab.pause(KEY);
    },
  },
  {
    name: 'while a reloaded page asks what is there',
    fault: { match: { operation: 'ListParts' }, fault: DELAY },
    reach: async (tab, emulator) => {
      await tab.untilConfirmed(KEY, 0.3);
      await tab.reload();
      await tab.start({ key: KEY, file: FILE });
      await expect.poll(() => requests(emulator, 'ListParts').length).toBe(1);
    },
  },
  {
    name: 'while the object is put together, which fails',
    fault: {
      match: { operation: 'CompleteMultipartUpload' },
      times: 0,
      fault: { type: 'error', status: 500, code: 'InternalError' },
    },
    reach: (tab) => tab.untilStatus(KEY, 'completing'),
  },
];

for (const { name, fault, reach } of PHASES) {
  test(`cancel ${name}`, async ({ tab, emulator }) => {
    emulator.faults.bandwidth(8 * MIB);
    if (fault !== undefined) emulator.faults.add(fault);
    await tab.open();
    await tab.start({ key: KEY, file: FILE });
    await reach(tab, emulator);
    await Promise.all([tab.cancel(KEY), tab.cancel(KEY)]);
    expect(await tab.failure(KEY)).toMatchObject({ name: 'AbortError' });
    expect((await tab.snapshot(KEY)).status).toBe('cancelled');
    expect(emulator.objects()).toEqual([]);
    await tab.expectNothingLeft();

    // Whoever changes their mind starts afresh.
    emulator.faults.clear();
    expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
    await expectStored(emulator, KEY, FILE);
    await tab.expectNothingLeft();
  });
}

test('cancel while it waits for the network tidies up when that is back', async ({
  tab,
  emulator,
}) => {
  emulator.faults.bandwidth(8 * MIB);
  await tab.open();
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.3);
  await emulator.faults.refuse('until-restored');
  await tab.untilStatus(KEY, 'waiting-for-network');
  const cancelled = tab.cancel(KEY);
  expect(await tab.failure(KEY)).toMatchObject({ name: 'AbortError' });
  await emulator.faults.restore();
  await cancelled;
  await tab.expectNothingLeft();
});

test('cancel while the object is put together, which succeeds', async ({ tab, emulator }) => {
  emulator.faults.add({ match: { operation: 'CompleteMultipartUpload' }, fault: DELAY });
  await tab.open();
  await tab.start({ key: KEY, file: FILE });
  await tab.untilStatus(KEY, 'completing');
  await tab.cancel(KEY);
  expect(await tab.failure(KEY)).toMatchObject({ name: 'AbortError' });
  await tab.expectNothingLeft();
});

test('a cancel that the server does not allow is a cancel', async ({ tab, emulator }) => {
  emulator.setRights(['AbortMultipartUpload']);
  emulator.faults.bandwidth(8 * MIB);
  await tab.open();
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.2);
  await tab.cancel(KEY);
  expect(await tab.failure(KEY)).toMatchObject({ name: 'AbortError' });
  expect(await tab.storedCheckpoints()).toEqual([]);
});

test('a closed uploader keeps what was sent', async ({ tab, emulator }) => {
  emulator.faults.bandwidth(6 * MIB);
  await tab.open();
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.3);
  await tab.page.evaluate(() => window.kit.close());
  expect(await tab.failure(KEY)).toMatchObject({ name: 'AbortError' });
  await tab.reload();
  expect(await tab.unfinished()).toMatchObject([{ key: KEY }]);
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  await tab.expectNothingLeft();
});

test('the same file for the same key is the same upload', async ({ tab, emulator }) => {
  emulator.faults.bandwidth(8 * MIB);
  await tab.open();
  const file = { size: 3 * PART };
  await tab.start({ key: KEY, file });
  const isSame = await tab.page.evaluate(
    ([key, spec]) => {
      const before = window.kit.upload(key);
      window.kit.start({ key, file: spec });
      return window.kit.upload(key) === before;
    },
    [KEY, file] as const,
  );
  expect(isSame).toBe(true);
  expect((await tab.outcome(KEY)).error).toBeUndefined();
  expect(requests(emulator, 'InitiateMultipartUpload')).toHaveLength(1);
  await tab.expectNothingLeft();
});
