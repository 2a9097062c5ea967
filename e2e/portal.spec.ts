import { expect, expectStored, MIB, test } from './fixtures.ts';

const KEY = 'holiday.mp4';
const FILE = { size: 8 * MIB };

test('a page in place of an answer is no answer', async ({ tab, emulator }) => {
  for (const operation of [
    'InitiateMultipartUpload',
    'UploadPart',
    'CompleteMultipartUpload',
  ] as const) {
    emulator.faults.add({ match: { operation }, fault: { type: 'html', status: 200 } });
    emulator.faults.add({ match: { operation }, skip: 1, fault: { type: 'html', status: 502 } });
  }
  await tab.open({ retry: { baseDelay: 50 } });
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  await tab.expectNothingLeft();
});

test('a page in place of a look at the object says nothing of it', async ({ tab, emulator }) => {
  emulator.faults.add({
    match: { operation: 'CompleteMultipartUpload' },
    fault: { type: 'lose-answer' },
  });
  emulator.faults.add({
    match: { operation: 'HeadObject' },
    fault: { type: 'html', status: 200 },
  });
  await tab.open({ retry: { baseDelay: 50 } });
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  expect(await tab.events(KEY, 'restarted')).toEqual([]);
  const retries = await tab.events(KEY, 'retry');
  expect(retries.at(-1)).toMatchObject({ operation: 'HeadObject', error: { kind: 'protocol' } });
  await tab.expectNothingLeft();
});
