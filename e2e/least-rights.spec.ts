import { expect, expectStored, MIB, requests, test } from './fixtures.ts';

const KEY = 'holiday.mp4';
const FILE = { size: 4 * MIB };

test.beforeEach(({ emulator }) => {
  // What is left is oss:PutObject.
  emulator.setRights(['ListParts', 'AbortMultipartUpload', 'HeadObject', 'GetObject']);
});

test('the right to write is enough', async ({ tab, emulator }) => {
  await tab.open();
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  await tab.expectNothingLeft();
});

test('it is enough to resume, and what is missing is said once', async ({ tab, emulator }) => {
  emulator.faults.bandwidth(2 * MIB);
  await tab.open({ concurrency: 1 });
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.3);
  await tab.reload();
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  expect(await tab.events(KEY, 'list-refused')).toHaveLength(1);
});

test.describe('on connections that close', () => {
  test.use({ keepAlive: false });

  test('a lost answer to Complete costs another upload, and what is missing is said once', async ({
    tab,
    emulator,
  }) => {
    emulator.faults.add({
      match: { operation: 'CompleteMultipartUpload' },
      fault: { type: 'lose-answer' },
    });
    await tab.open();
    expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
    await expectStored(emulator, KEY, FILE);
    expect(await tab.events(KEY, 'look-refused')).toHaveLength(1);
    expect(await tab.events(KEY, 'restarted')).toHaveLength(1);
  });
});

test('a cancel says that it leaves something on the server', async ({ tab, emulator }) => {
  emulator.faults.add({
    match: { operation: 'UploadPart', partNumber: 41 },
    fault: { type: 'stall', at: 'answer' },
  });
  await tab.open();
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.5);
  await tab.cancel(KEY);
  expect(await tab.events(KEY, 'abort-refused')).toHaveLength(1);
  expect(requests(emulator, 'AbortMultipartUpload')).toHaveLength(1);
  expect(emulator.uploads()).toHaveLength(1);
});
