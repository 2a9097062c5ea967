import { chromium } from '@playwright/test';
import {
  expect,
  expectConfirmedNotResent,
  expectStored,
  KIB,
  MIB,
  PART,
  requests,
  test,
} from './fixtures.ts';
import { Tab } from './tab.ts';

const KEY = 'holiday.mp4';
const FILE = { size: 12 * MIB, name: 'holiday.mp4' };
/** Slow enough that a reload comes in the middle. Bytes per second. */
const LINK = 6 * MIB;

/** The number of the last part of that file. */
const LAST = 121;

test.beforeEach(({ emulator }) => {
  emulator.faults.bandwidth(LINK);
  // Or else the file may be there before the page is gone.
  emulator.faults.add({
    match: { operation: 'UploadPart', partNumber: LAST },
    times: 0,
    fault: { type: 'stall', at: 'start' },
  });
});

test('after a reload the list of unfinished uploads resumes the file', async ({
  tab,
  emulator,
}) => {
  await tab.open();
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.5);
  const moment = await tab.reload();
  emulator.faults.clear();

  const [unfinished, ...others] = await tab.unfinished();
  expect(others).toEqual([]);
  expect(unfinished).toMatchObject({ key: KEY, size: FILE.size, fileName: FILE.name });
  expect(unfinished?.confirmedBytes).toBeGreaterThanOrEqual(FILE.size * 0.4);

  await tab.resumeUnfinished(KEY, FILE);
  expect((await tab.outcome(KEY)).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  expectConfirmedNotResent(emulator, moment);
  expect(requests(emulator, 'InitiateMultipartUpload')).toHaveLength(1);
  expect(await tab.events(KEY, 'resumed')).toHaveLength(1);
  await tab.expectNothingLeft();
});

test('after a reload picking the same file again resumes it, nothing else asked', async ({
  tab,
  emulator,
}) => {
  await tab.open();
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.5);
  const moment = await tab.reload();
  emulator.faults.clear();

  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  expectConfirmedNotResent(emulator, moment);
  expect(requests(emulator, 'InitiateMultipartUpload')).toHaveLength(1);
  await tab.expectNothingLeft();
});

for (const partSize of [100 * KIB, 3 * MIB]) {
  test(`an upload resumes under a part size of ${partSize / KIB} KiB`, async ({
    tab,
    emulator,
  }) => {
    await tab.open();
    await tab.start({ key: KEY, file: FILE });
    await tab.untilConfirmed(KEY, 0.5);
    const moment = await tab.reload({ partSize });
    emulator.faults.clear();

    expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
    await expectStored(emulator, KEY, FILE);
    expectConfirmedNotResent(emulator, moment);
    expect(requests(emulator, 'InitiateMultipartUpload')).toHaveLength(1);
    await tab.expectNothingLeft();
  });
}

test('a small file that was begun in parts is finished in parts', async ({ tab, emulator }) => {
  const file = { size: 900 * KIB };
  await tab.open({ partSize: 100 * KIB, concurrency: 1 });
  emulator.faults.bandwidth(300 * KIB);
  // Or else it may be done before the page is gone.
  emulator.faults.add({
    match: { operation: 'UploadPart', partNumber: 9 },
    fault: { type: 'stall', at: 'answer' },
  });
  await tab.start({ key: KEY, file });
  await tab.untilConfirmed(KEY, 0.3);
  const moment = await tab.reload();
  emulator.faults.clear();

  const { result } = await tab.upload({ key: KEY, file });
  expect(result?.uploadId).toBeDefined();
  await expectStored(emulator, KEY, file);
  expectConfirmedNotResent(emulator, moment);
  expect(requests(emulator, 'PutObject')).toEqual([]);
  await tab.expectNothingLeft();
});

test('a browser that was closed and opened again resumes the file', async ({
  emulator,
}, testInfo) => {
  const { launchOptions = {} } = testInfo.project.use;
  const profile = testInfo.outputPath('profile');
  const before = await chromium.launchPersistentContext(profile, launchOptions);
  const first = new Tab(await before.newPage(), emulator);
  await first.open();
  await first.start({ key: KEY, file: FILE });
  await first.untilConfirmed(KEY, 0.5);
  const moment = Date.now();
  await before.close();
  emulator.faults.clear();

  const after = await chromium.launchPersistentContext(profile, launchOptions);
  const second = new Tab(await after.newPage(), emulator);
  await second.open();
  await second.resumeUnfinished(KEY, FILE);
  expect((await second.outcome(KEY)).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  expectConfirmedNotResent(emulator, moment);
  await second.expectNothingLeft();
  await after.close();
});

test('another file of the same name and size is refused, and the upload stays', async ({
  tab,
  emulator,
}) => {
  await tab.open();
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.3);
  await tab.reload();
  emulator.faults.clear();

  await tab.resumeUnfinished(KEY, { ...FILE, seed: 2 });
  const error = await tab.failure(KEY);
  expect(error).toMatchObject({ kind: 'source', code: 'AnotherFile' });
  expect(error.advice).toContain('same, unchanged file');
  expect(await tab.unfinished()).toMatchObject([{ key: KEY }]);

  await tab.resumeUnfinished(KEY, FILE);
  expect((await tab.outcome(KEY)).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  await tab.expectNothingLeft();
});

test('where bytes are not compared, another date makes another file', async ({ tab, emulator }) => {
  await tab.open({ integrity: 'none' });
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.3);
  await tab.reload({ integrity: 'none' });
  emulator.faults.clear();
  await tab.resumeUnfinished(KEY, { ...FILE, lastModified: 1_700_000_001_000 });
  expect(await tab.failure(KEY)).toMatchObject({ kind: 'source' });
});

test('another file for the same key gets an upload of its own', async ({ tab, emulator }) => {
  const other = { ...FILE, seed: 2 };
  await tab.open();
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.3);
  await tab.reload();
  emulator.faults.clear();

  expect((await tab.upload({ key: KEY, file: other })).error).toBeUndefined();
  await expectStored(emulator, KEY, other);
  expect(await tab.unfinished()).toMatchObject([{ key: KEY }]);

  await tab.discardUnfinished(KEY);
  expect(await tab.unfinished()).toEqual([]);
  await tab.expectNothingLeft();
});

test('the checkpoint is written even when the page goes away at once', async ({
  tab,
  emulator,
}) => {
  await tab.open();
  await tab.start({ key: KEY, file: FILE });
  // In the very moment in which a part is confirmed, before any batch is due.
  const reloadAtFirstPart = (): Promise<void> =>
    tab.page.evaluate((key) => {
      window.kit.upload(key).subscribe((_snapshot, { type }) => {
        if (type === 'part-confirmed') location.reload();
      });
    }, KEY);
  await tab.reloadedBy(reloadAtFirstPart);
  emulator.faults.clear();
  const [unfinished] = await tab.unfinished();
  expect(unfinished?.confirmedBytes).toBeGreaterThanOrEqual(PART);
  await tab.resumeUnfinished(KEY, FILE);
  expect((await tab.outcome(KEY)).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
});

test('a session that is too old is aborted and forgotten when an uploader starts', async ({
  tab,
  emulator,
}) => {
  await tab.open();
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.3);
  await tab.reload({ checkpoint: { maxAge: 1 } });
  emulator.faults.clear();
  expect(await tab.unfinished()).toEqual([]);
  await expect.poll(() => emulator.uploads(), { timeout: 15_000 }).toEqual([]);
  await tab.expectNothingLeft();
});

test('where parts may not be listed, the checkpoint is believed, and that is said', async ({
  tab,
  emulator,
}) => {
  await tab.open();
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.5);
  emulator.setRights(['ListParts']);
  const moment = await tab.reload();
  emulator.faults.clear();
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  expectConfirmedNotResent(emulator, moment);
  expect(await tab.events(KEY, 'list-refused')).toHaveLength(1);
});
