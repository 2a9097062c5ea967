import { expect, expectStored, PART, test } from './fixtures.ts';

const KEY = 'holiday.mp4';
const FILE = { size: 4 * PART };

test('where IndexedDB is blocked the upload goes on, and says so', async ({ tab, emulator }) => {
  await tab.page.addInitScript(() => {
    indexedDB.open = () => {
      throw new DOMException('Blocked by the settings.', 'SecurityError');
    };
  });
  await tab.open({ worker: false });
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  const events = await tab.events(KEY, 'checkpoint-unavailable');
  expect(events.length).toBeGreaterThan(0);
  expect(events[0]?.error).toMatchObject({ kind: 'storage' });
});

test('where the storage is full the upload goes on, and can be resumed in the page', async ({
  tab,
  emulator,
}) => {
  await tab.page.addInitScript(() => {
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('No room.', 'QuotaExceededError');
    };
  });
  emulator.faults.add({
    match: { operation: 'UploadPart', partNumber: 31 },
    times: 6,
    fault: { type: 'error', status: 500, code: 'InternalError' },
  });
  await tab.open({ worker: false, concurrency: 1, retry: { baseDelay: 50 } });
  expect((await tab.upload({ key: KEY, file: FILE })).error).toMatchObject({
    code: 'InternalError',
  });
  expect(await tab.events(KEY, 'checkpoint-unavailable')).toHaveLength(1);

  expect(await tab.unfinished()).toMatchObject([{ key: KEY, confirmedBytes: 3 * PART }]);
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
});

test('where somebody deletes the database what comes later is stored in another one', async ({
  tab,
  emulator,
}) => {
  emulator.faults.bandwidth(2 * PART);
  await tab.open({ worker: false, concurrency: 1 });
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.2);
  await tab.page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const deleting = indexedDB.deleteDatabase('partway');
        deleting.addEventListener('success', resolve);
        deleting.addEventListener('error', reject);
      }),
  );
  const other = { key: 'other.mp4', file: { size: 4 * PART, seed: 2 } };
  await tab.start(other);
  await tab.untilConfirmed(other.key, 0.2);
  await expect.poll(async () => (await tab.storedCheckpoints()).length).toBeGreaterThan(0);
  expect(await tab.events(other.key, 'checkpoint-unavailable')).toEqual([]);
  for (const { key, file } of [{ key: KEY, file: FILE }, other]) {
    expect((await tab.outcome(key)).error).toBeUndefined();
    await expectStored(emulator, key, file);
  }
});

test('records of other versions in the storage are left alone', async ({ tab, emulator }) => {
  await tab.open();
  await tab.unfinished();
  await tab.page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const opening = indexedDB.open('partway');
        opening.addEventListener('success', () => {
          const transaction = opening.result.transaction('checkpoints', 'readwrite');
          transaction.objectStore('checkpoints').put({ version: 99, id: 'x' }, ['session', 'x']);
          transaction.objectStore('checkpoints').put('nonsense', ['session', 'y']);
          transaction.addEventListener('complete', () => {
            opening.result.close();
            resolve();
          });
        });
      }),
  );
  await tab.reload();
  expect(await tab.unfinished()).toEqual([]);
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  expect(await tab.storedCheckpoints()).toHaveLength(2);
});

test('a checkpoint costs a tenth of a millisecond for each part, and half a KB, however many there are', {
  tag: '@alone',
}, async ({ tab }) => {
  await tab.open();
  const { first, last, bytes } = await tab.page.evaluate(() => globalThis.kit.measureCheckpoints());
  expect(first).toBeLessThan(0.1);
  expect(last).toBeLessThan(0.1);
  expect(bytes).toBeLessThan(512);
});
