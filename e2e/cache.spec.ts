import { expect, expectStored, PART, receivedBytes, requests, test } from './fixtures.ts';

const KEY = 'holiday.mp4';
/** Milliseconds. */
const DAY = 86_400_000;

test('a HEAD is not answered by the cache of the browser', async ({ tab, emulator }) => {
  const file = { size: 3 * PART };
  // An object of last month: without Cache-Control, browsers take one for fresh the longer it has not changed.
  emulator.setClockOffset(-30 * DAY);
  await tab.open();
  await tab.upload({ key: KEY, file: { ...file, seed: 2 } });
  emulator.setClockOffset(0);
  // The old object comes into the cache, by such a request as an <img> makes.
  emulator.setAcl('public-read');
  await tab.page.evaluate(
    async (address) => void (await fetch(address, { mode: 'no-cors' })),
    `${emulator.origin}/partway-demo/${KEY}`,
  );
  expect(requests(emulator, 'GetObject')).toHaveLength(1);
  const before = receivedBytes(emulator);

  emulator.faults.add({
    match: { operation: 'CompleteMultipartUpload' },
    fault: { type: 'lose-answer' },
  });
  const { result, error } = await tab.upload({ key: KEY, file });
  expect(error).toBeUndefined();
  expect(result?.verified).toBe('crc64');
  expect(receivedBytes(emulator) - before).toBe(file.size);
  await expectStored(emulator, KEY, file);
  await tab.expectNothingLeft();
});
