import { appendFile, writeFile } from 'node:fs/promises';
import { expect, expectStored, MIB, receivedBytes, requests, test } from './fixtures.ts';
import { makeBytes } from './page/make-file.ts';

const KEY = 'holiday.mp4';
const FILE = { size: 8 * MIB };

test('a part that is damaged on the way is sent again, and no other', async ({ tab, emulator }) => {
  emulator.faults.add({
    match: { operation: 'UploadPart', partNumber: 21 },
    fault: { type: 'corrupt-body' },
  });
  await tab.open();
  const { result, error } = await tab.upload({ key: KEY, file: FILE });
  expect(error).toBeUndefined();
  expect(result?.verified).toBe('crc64');
  await expectStored(emulator, KEY, FILE);
  const retries = await tab.events(KEY, 'retry');
  expect(retries).toMatchObject([{ partNumber: 21, error: { code: 'BytesDiffer' } }]);
  expect(requests(emulator, 'UploadPart')).toHaveLength(10);
  await tab.expectNothingLeft();
});

test('with its MD5 OSS refuses a damaged part at once', async ({ tab, emulator }) => {
  emulator.faults.add({
    match: { operation: 'UploadPart', partNumber: 21 },
    fault: { type: 'corrupt-body' },
  });
  await tab.open({ integrity: 'md5' });
  const { result } = await tab.upload({ key: KEY, file: FILE });
  expect(result?.verified).toBe('crc64');
  await expectStored(emulator, KEY, FILE);
  const retries = await tab.events(KEY, 'retry');
  expect(retries).toMatchObject([{ partNumber: 21, error: { code: 'InvalidDigest' } }]);
});

test('a small file that is damaged on the way is refused, and sent again', async ({
  tab,
  emulator,
}) => {
  emulator.faults.add({ match: { operation: 'PutObject' }, fault: { type: 'corrupt-body' } });
  await tab.open();
  const { result } = await tab.upload({ key: KEY, file: { size: 10_000 } });
  expect(result?.verified).toBe('crc64');
  await expectStored(emulator, KEY, { size: 10_000 });
  expect(requests(emulator, 'PutObject').map(({ code }) => code)).toEqual([
    'InvalidDigest',
    undefined,
  ]);
});

test('a file of another date is known by its bytes', async ({ tab, emulator }) => {
  emulator.faults.bandwidth(6 * MIB);
  await tab.open();
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.4);
  await tab.reload();
  const { result } = await tab.upload({ key: KEY, file: { ...FILE, lastModified: 5 } });
  expect(result?.verified).toBe('crc64');
  await expectStored(emulator, KEY, FILE);
  expect(await tab.events(KEY, 'resumed')).toHaveLength(1);
  await tab.expectNothingLeft();
});

test('a file that is changed while it is sent is asked for, and what was sent is kept', async ({
  tab,
  emulator,
}, testInfo) => {
  const path = testInfo.outputPath('film.bin');
  await writeFile(path, makeBytes(FILE));
  emulator.faults.bandwidth(4 * MIB);
  await tab.open();
  await tab.page.setInputFiles('#file', path);
  await tab.startPicked(KEY);
  await tab.untilConfirmed(KEY, 0.3);
  await appendFile(path, 'more');
  await tab.untilStatus(KEY, 'needs-file');
  const [asked] = await tab.events(KEY, 'needs-file');
  expect(asked).toMatchObject({ error: { kind: 'source', code: 'FileUnreadable' } });
  expect(emulator.objects()).toEqual([]);

  await writeFile(path, makeBytes(FILE));
  await tab.page.setInputFiles('#file', path);
  const before = receivedBytes(emulator);
  await tab.resumePicked(KEY);
  expect((await tab.outcome(KEY)).result?.verified).toBe('crc64');
  expect(receivedBytes(emulator) - before).toBeLessThan(FILE.size * 0.75);
  await expectStored(emulator, KEY, FILE);
  await tab.expectNothingLeft();
});

test('a file whose handle the page gave is read again by the next page', async ({
  tab,
  emulator,
}) => {
  emulator.faults.bandwidth(6 * MIB);
  await tab.open();
  await tab.startKept({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.4);
  await tab.reload();
  await tab.resumeKept(KEY);
  expect((await tab.outcome(KEY)).result?.verified).toBe('crc64');
  await expectStored(emulator, KEY, FILE);
  expect(await tab.events(KEY, 'resumed')).toHaveLength(1);
  await tab.expectNothingLeft();
});
