import { expect, expectStored, PART, requests, test } from './fixtures.ts';

const KEY = 'holiday.mp4';
const FILE = { size: 8 * PART };
/** What is loaded beside the first request. */
const TROUBLE = /\/trouble-/;
const FAULT = {
  match: { operation: 'UploadPart', partNumber: 31 },
  fault: { type: 'error', status: 500, code: 'InternalError' },
} as const;

test('an upload that meets no failure does without what mends them', async ({ tab, emulator }) => {
  await tab.page.route(TROUBLE, (route) => route.abort());
  const asked = tab.page.waitForRequest(TROUBLE);
  await tab.open({ worker: false });
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  expect((await tab.upload({ key: 'small.txt', file: { size: 10 } })).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  await asked;
  await tab.expectNothingLeft();
});

test('what mends failures is asked for again until it is there', async ({ tab, emulator }) => {
  let asked = 0;
  await tab.page.route(TROUBLE, (route) => {
    asked += 1;
    return asked <= 2 ? route.abort('internetdisconnected') : route.continue();
  });
  emulator.faults.add(FAULT);
  await tab.open({ worker: false, retry: { baseDelay: 50 } });
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  expect(await tab.events(KEY, 'retry')).toHaveLength(1);
  expect(asked).toBe(3);
  await tab.expectNothingLeft();
});

test('where it cannot be had a failure ends the upload, which can be resumed', async ({
  tab,
  emulator,
}) => {
  await tab.page.route(TROUBLE, (route) => route.abort());
  emulator.faults.add(FAULT);
  await tab.open({ worker: false, retry: { baseDelay: 50 } });
  const { error } = await tab.upload({ key: KEY, file: FILE });
  expect(error).toMatchObject({ kind: 'credentials', operation: 'UploadPart', partNumber: 31 });

  await tab.page.unroute(TROUBLE);
  await tab.reload();
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  expect(requests(emulator, 'InitiateMultipartUpload')).toHaveLength(1);
  await tab.expectNothingLeft();
});
