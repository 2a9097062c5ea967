import type { Page } from '@playwright/test';
import { expect, expectConfirmedNotResent, expectStored, MIB, requests, test } from './fixtures.ts';
import { Tab } from './tab.ts';

const KEY = 'holiday.mp4';
const FILE = { size: 8 * MIB };
/** The number of its last part. */
const LAST = 81;
/** Bytes per second. */
const LINK = 3 * MIB;
/** Milliseconds. */
const HOUR = 3_600_000;

test.beforeEach(({ emulator }) => emulator.faults.bandwidth(LINK));

async function setLife(page: Page, state: 'frozen' | 'active'): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Page.setWebLifecycleState', { state });
  await session.detach();
}

test('a tab that is frozen goes on when it thaws', async ({ tab, emulator }) => {
  await tab.open();
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.2);
  await setLife(tab.page, 'frozen');
  // Its connections end meanwhile, and nobody is there any more.
  await emulator.faults.refuse(4);
  await expect.poll(() => emulator.log.filter(({ outcome }) => outcome === 'pending')).toEqual([]);
  await setLife(tab.page, 'active');
  expect((await tab.outcome(KEY)).error).toBeUndefined();
  expect(await tab.events(KEY, 'retry')).toEqual([]);
  await expectStored(emulator, KEY, FILE);
  expect(requests(emulator, 'InitiateMultipartUpload')).toHaveLength(1);
  await tab.expectNothingLeft();
});

for (const worker of [undefined, false] as const) {
  const place = worker === false ? 'the page sends' : 'a worker sends';
  test(`a sleep of hours costs nothing but time (${place})`, async ({ tab, emulator }) => {
    // A lid that is closed and opened again: the clock has jumped, and every connection is found broken.
    await tab.page.clock.install();
    await tab.open({ retry: { limit: 1 }, ...(worker === false ? { worker } : {}) });
    await tab.start({ key: KEY, file: FILE });
    await tab.untilConfirmed(KEY, 0.2);
    emulator.setClockOffset(3 * HOUR);
    await emulator.faults.refuse(1);
    await tab.page.clock.fastForward(3 * HOUR);
    expect((await tab.outcome(KEY)).error).toBeUndefined();
    expect(await tab.events(KEY, 'retry')).toEqual([]);
    await expectStored(emulator, KEY, FILE);
    expect(requests(emulator, 'InitiateMultipartUpload')).toHaveLength(1);
    await tab.expectNothingLeft();
  });
}

test('what the browser itself aborts is no cancel, and is sent again', async ({
  tab,
  emulator,
}) => {
  await tab.open({ worker: false });
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.2);
  await tab.page.evaluate(() => window.stop());
  await expect
    .poll(async () => (await tab.events(KEY, 'retry')).length, { timeout: 10_000 })
    .toBeGreaterThan(0);
  expect((await tab.outcome(KEY)).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  expect(requests(emulator, 'InitiateMultipartUpload')).toHaveLength(1);
  await tab.expectNothingLeft();
});

test('a tab that was discarded goes on where it was when it is loaded again', async ({
  tab,
  emulator,
  context,
}) => {
  // Or else the file may be there before the tab is gone.
  emulator.faults.add({
    match: { operation: 'UploadPart', partNumber: LAST },
    times: 0,
    fault: { type: 'stall', at: 'start' },
  });
  await tab.open();
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.8);
  const moment = Date.now();
  // Discarded: the process goes without a word to the page.
  const crashed = tab.page.waitForEvent('crash');
  const session = await context.newCDPSession(tab.page);
  void session.send('Page.crash').catch(() => undefined);
  await crashed;
  emulator.faults.clear();

  const again = new Tab(await context.newPage(), emulator);
  await again.open();
  await again.resumeUnfinished(KEY, FILE);
  expect((await again.outcome(KEY)).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  expectConfirmedNotResent(emulator, moment);
  expect(requests(emulator, 'InitiateMultipartUpload')).toHaveLength(1);
  await again.expectNothingLeft();
});
