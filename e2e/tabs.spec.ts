import type { BrowserContext, Page } from '@playwright/test';
import type { Emulator } from '../emulator/index.ts';
import {
  expect,
  expectConfirmedNotResent,
  expectStored,
  MIB,
  receivedBytes,
  requests,
  test,
} from './fixtures.ts';
import { Tab } from './tab.ts';

const KEY = 'holiday.mp4';
const FILE = { size: 8 * MIB };

// Slow enough that a second tab comes in the middle.
test.beforeEach(({ emulator }) => emulator.faults.bandwidth(2 * MIB));

test('a second tab waits, sends nothing, and is done with the result of the first', async ({
  tab,
  emulator,
  context,
}) => {
  const second = await beginInBoth(tab, emulator, context);

  const { result } = await tab.outcome(KEY);
  expect(result?.etag).toBeTruthy();
  expect((await second.outcome(KEY)).result).toEqual(result);
  expect(await second.snapshot(KEY)).toMatchObject({ status: 'done', confirmedBytes: FILE.size });
  expect(receivedBytes(emulator)).toBe(FILE.size);
  expect(requests(emulator, 'InitiateMultipartUpload')).toHaveLength(1);
  expect(requests(emulator, 'CompleteMultipartUpload')).toHaveLength(1);
  expect(await second.credentialCalls()).toBe(0);
  await expectStored(emulator, KEY, FILE);
  await tab.expectNothingLeft();
  await expect.poll(() => heldLocks(second.page)).toEqual([]);
});

for (const [end, close] of [
  ['is closed', (page: Page) => page.close()],
  ['goes elsewhere', (page: Page) => page.goto('about:blank')],
  ['crashes', crash],
] as const) {
  test(`a second tab goes on without the first when that ${end}`, async ({
    tab,
    emulator,
    context,
  }) => {
    const second = await beginInBoth(tab, emulator, context);
    await tab.untilConfirmed(KEY, 0.5);
    const moment = Date.now();
    await close(tab.page);

    expect((await second.outcome(KEY)).error).toBeUndefined();
    await expectStored(emulator, KEY, FILE);
    expectConfirmedNotResent(emulator, moment);
    expect(requests(emulator, 'InitiateMultipartUpload')).toHaveLength(1);
    expect(await second.events(KEY, 'resumed')).toHaveLength(1);
    await second.expectNothingLeft();
  });
}

test('a second tab goes on while the first is paused, and the first has its result', async ({
  tab,
  emulator,
  context,
}) => {
  const second = await beginInBoth(tab, emulator, context);
  await tab.pause(KEY);
  const { result } = await second.outcome(KEY);
  expect((await tab.snapshot(KEY)).status).toBe('paused');
  const seen = emulator.log.length;
  await tab.resume(KEY);
  expect((await tab.outcome(KEY)).result).toEqual(result);
  expect(emulator.log.length).toBe(seen);
  await tab.expectNothingLeft();
});

test('a tab that waits is cancelled at once, and the first goes on', async ({
  tab,
  emulator,
  context,
}) => {
  const second = await beginInBoth(tab, emulator, context);
  await second.cancel(KEY);
  expect((await second.failure(KEY)).name).toBe('AbortError');
  expect((await tab.outcome(KEY)).error).toBeUndefined();
  expect(receivedBytes(emulator)).toBe(FILE.size);
});

test('what a live tab is uploading is not among the unfinished uploads of another', async ({
  tab,
  emulator,
  context,
}) => {
  const second = await openTab(context, emulator);
  await tab.open({ concurrency: 2 });
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.1);
  expect(await second.storedCheckpoints()).not.toEqual([]);
  expect(await second.unfinished()).toEqual([]);
  await tab.page.close();
  await expect.poll(() => second.unfinished()).toMatchObject([{ key: KEY }]);
  await second.discardUnfinished(KEY);
  await second.expectNothingLeft();
});

test('a tab that is stolen from stops, and one that does not answer for 30 seconds is', async ({
  tab,
  emulator,
  context,
}) => {
  // Another page takes the lock by force, and answers nobody.
  const thief = await openTab(context, emulator);
  await tab.page.clock.install();
  await tab.open({ concurrency: 2 });
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.3);
  await thief.page.evaluate(async () => {
    const [lock] = (await navigator.locks.query()).held ?? [];
    await new Promise<void>((taken) => {
      const hold = (): Promise<never> => {
        taken();
        return new Promise(() => undefined);
      };
      void navigator.locks.request(lock?.name ?? '', { steal: true }, hold).catch(() => undefined);
    });
  });
  await tab.untilStatus(KEY, 'waiting-for-tab');
  const moment = Date.now();
  await expect
    .poll(() => emulator.log.filter(({ outcome }) => outcome === 'pending'), { timeout: 10_000 })
    .toEqual([]);
  expect(emulator.log.filter(({ at }) => at > moment)).toEqual([]);
  await tab.page.clock.runFor(30_000);

  expect((await tab.outcome(KEY)).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  expectConfirmedNotResent(emulator, moment);
  expect(requests(emulator, 'InitiateMultipartUpload')).toHaveLength(1);
  await tab.expectNothingLeft();
});

test('where there are no Web Locks uploads go on, and say so once', async ({ tab, emulator }) => {
  await tab.page.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, 'locks', { value: undefined });
  });
  await tab.open({ worker: false });
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  expect(await tab.events(KEY, 'lock-unavailable')).toMatchObject([
    { advice: expect.stringContaining('https') },
  ]);
});

test('an upload in a worker and one in its page are one after the other', async ({
  tab,
  emulator,
}) => {
  const { origin: endpoint, region } = emulator;
  await tab.open({ concurrency: 2 });
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.1);
  const task = { endpoint, region, key: KEY, size: FILE.size };
  const etag = await tab.page.evaluate((given) => window.uploadInWorker(given), task);
  expect((await tab.outcome(KEY)).result?.etag).toBe(etag);
  expect(receivedBytes(emulator)).toBe(FILE.size);
});

/** The first tab is in the middle of the file, and a second waits with the same. */
async function beginInBoth(first: Tab, emulator: Emulator, context: BrowserContext): Promise<Tab> {
  const second = await openTab(context, emulator);
  await first.open({ concurrency: 2 });
  await first.start({ key: KEY, file: FILE });
  await first.untilConfirmed(KEY, 0.1);
  await second.start({ key: KEY, file: FILE });
  await second.untilStatus(KEY, 'waiting-for-tab');
  return second;
}

async function openTab(context: BrowserContext, emulator: Emulator): Promise<Tab> {
  const tab = new Tab(await context.newPage(), emulator);
  await tab.open();
  return tab;
}

async function heldLocks(page: Page): Promise<unknown> {
  return await page.evaluate(async () => (await navigator.locks.query()).held);
}

async function crash(page: Page): Promise<void> {
  const crashed = page.waitForEvent('crash');
  const session = await page.context().newCDPSession(page);
  void session.send('Page.crash').catch(() => undefined);
  await crashed;
}
