import type { Page } from '@playwright/test';
import type { Emulator } from '../emulator/index.ts';
import {
  expect,
  expectConfirmedNotResent,
  expectStored,
  MIB,
  PART,
  partsSentBy,
  requests,
  test,
} from './fixtures.ts';
import { Tab } from './tab.ts';
import { createWorkerPage } from './worker-page.ts';

// The whole library in a dedicated worker of the app: no window, no document, and no worker of its own.

const KEY = 'holiday.mp4';
const FILE = { size: 8 * MIB };
const PARTS = Math.ceil(FILE.size / PART);

/** Slow enough to come in the middle. Bytes per second. */
const LINK = 4 * MIB;

function inWorker(page: Page, emulator: Emulator) {
  return new Tab(createWorkerPage(page), emulator);
}

test('in a worker there is no page, and the parts are sent in place', async ({
  page,
  emulator,
}) => {
  const tab = inWorker(page, emulator);
  await tab.open();
  const there = await tab.page.evaluate(() => ['window' in globalThis, 'document' in globalThis]);
  expect(there).toEqual([false, false]);
  expect((await tab.upload({ key: KEY, file: FILE })).result?.verified).toBe('crc64');
  await expectStored(emulator, KEY, FILE);
  expect(await partsSentBy(tab.page.worker())).toBe(PARTS);
  expect(page.workers()).toHaveLength(1);
  expect(await tab.events(KEY, 'worker-unavailable')).toEqual([]);
  await tab.expectNothingLeft();
});

test('in a worker that can start no other the upload goes on', async ({ page, emulator }) => {
  const tab = inWorker(page, emulator);
  await tab.page.goto(process.env['TEST_PAGE'] ?? '');
  await tab.page.evaluate(() => {
    Reflect.deleteProperty(globalThis, 'Worker');
  });
  const isThere = await tab.page.evaluate(() => 'Worker' in globalThis);
  expect(isThere).toBe(false);
  await tab.openHere();
  expect((await tab.upload({ key: KEY, file: FILE })).result?.verified).toBe('crc64');
  await expectStored(emulator, KEY, FILE);
});

test('in a worker an upload is paused and goes on', async ({ page, emulator }) => {
  emulator.faults.bandwidth(LINK);
  const tab = inWorker(page, emulator);
  await tab.open({ concurrency: 2 });
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.2);
  await tab.pause(KEY);
  await tab.untilStatus(KEY, 'paused');
  await expect.poll(() => emulator.log.filter(({ outcome }) => outcome === 'pending')).toEqual([]);
  const sent = requests(emulator, 'UploadPart').length;
  expect(sent).toBeLessThan(PARTS);
  await tab.resume(KEY);
  expect((await tab.outcome(KEY)).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  expect(requests(emulator, 'InitiateMultipartUpload')).toHaveLength(1);
  await tab.expectNothingLeft();
});

test('in a worker an upload is cancelled, and nothing is left', async ({ page, emulator }) => {
  emulator.faults.bandwidth(LINK);
  const tab = inWorker(page, emulator);
  await tab.open({ concurrency: 2 });
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.2);
  await tab.cancel(KEY);
  expect(await tab.failure(KEY)).toMatchObject({ name: 'AbortError' });
  await tab.expectNothingLeft();
  expect(emulator.objects()).toEqual([]);
});

test('in a worker an upload that the server forgets is begun again', async ({ page, emulator }) => {
  emulator.faults.add({
    match: { operation: 'UploadPart' },
    skip: 4,
    fault: { type: 'forget-upload' },
  });
  const tab = inWorker(page, emulator);
  await tab.open({ concurrency: 1 });
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  expect(await tab.events(KEY, 'restarted')).toMatchObject([{ error: { code: 'NoSuchUpload' } }]);
  await expectStored(emulator, KEY, FILE);
  await tab.expectNothingLeft();
});

test('in a worker no network is waited for, and its return is heard of', async ({
  page,
  emulator,
}) => {
  emulator.faults.bandwidth(LINK);
  const tab = inWorker(page, emulator);
  await tab.open({ concurrency: 2 });
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.2);
  await emulator.faults.refuse('until-restored');
  await tab.untilStatus(KEY, 'waiting-for-network');
  await emulator.faults.restore();
  // What the system says to a worker, as to a page.
  await tab.page.evaluate(() => void globalThis.dispatchEvent(new Event('online')));
  expect((await tab.outcome(KEY)).error).toBeUndefined();
  expect(await tab.events(KEY, 'retry')).toEqual([]);
  await expectStored(emulator, KEY, FILE);
  await tab.expectNothingLeft();
});

for (const [first, second] of [
  ['worker', 'worker'],
  ['worker', 'page'],
  ['page', 'worker'],
] as const) {
  test(`what a ${first} began, a ${second} of the next page goes on with`, async ({
    page,
    tab,
    emulator,
  }) => {
    emulator.faults.bandwidth(LINK);
    const begun = first === 'page' ? tab : inWorker(page, emulator);
    const resumed = second === 'page' ? tab : inWorker(page, emulator);
    await begun.open({ concurrency: 2 });
    await begun.start({ key: KEY, file: FILE });
    await begun.untilConfirmed(KEY, 0.4);
    const moment = Date.now();
    await resumed.open();
    expect(await resumed.unfinished()).toMatchObject([{ key: KEY }]);
    await resumed.resumeUnfinished(KEY, FILE);
    expect((await resumed.outcome(KEY)).error).toBeUndefined();
    await expectStored(emulator, KEY, FILE);
    expectConfirmedNotResent(emulator, moment);
    expect(requests(emulator, 'InitiateMultipartUpload')).toHaveLength(1);
    await resumed.expectNothingLeft();
  });
}
