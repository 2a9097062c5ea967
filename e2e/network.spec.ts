import { expect, expectStored, MIB, PART, receivedBytes, requests, test } from './fixtures.ts';

const KEY = 'holiday.mp4';

test('a minute without network costs nothing but time', async ({ tab, emulator }) => {
  test.setTimeout(150_000);
  const file = { size: 8 * MIB };
  emulator.faults.bandwidth(3 * MIB);
  await tab.open();
  await tab.start({ key: KEY, file });
  await tab.untilConfirmed(KEY, 0.3);
  await emulator.faults.refuse(60);
  await tab.untilStatus(KEY, 'waiting-for-network');
  emulator.faults.bandwidth(undefined);

  expect((await tab.outcome(KEY)).error).toBeUndefined();
  await expectStored(emulator, KEY, file);
  const [notice, ...others] = await tab.events(KEY, 'still-waiting-for-network');
  expect(others).toEqual([]);
  expect(notice?.error.advice).toContain('as soon as the network is back');
  expect(await tab.events(KEY, 'retry')).toEqual([]);
  expect(requests(emulator, 'InitiateMultipartUpload')).toHaveLength(1);
  await tab.expectNothingLeft();
});

test('an upload that starts without network starts when it is there', async ({ tab, emulator }) => {
  const file = { size: 2 * PART };
  await tab.open();
  await emulator.faults.refuse('until-restored');
  await tab.start({ key: KEY, file });
  await tab.untilStatus(KEY, 'waiting-for-network');
  await emulator.faults.restore();
  expect((await tab.outcome(KEY)).error).toBeUndefined();
  await expectStored(emulator, KEY, file);
  await tab.expectNothingLeft();
});

test('a bucket without a CORS rule is told, not waited for', async ({ tab, emulator }) => {
  emulator.setCorsRules([]);
  await tab.open({ retry: { baseDelay: 50 } });
  const { error } = await tab.upload({ key: KEY, file: { size: 2 * PART } });
  expect(error).toMatchObject({ kind: 'network', code: 'AnswersUnreadable' });
  for (const suspect of ['CORS', 'ad-blocker', 'Content-Security-Policy']) {
    expect(error?.advice).toContain(suspect);
  }
  expect(requests(emulator, 'Preflight')).toHaveLength(3);
  expect(requests(emulator, 'InitiateMultipartUpload')).toEqual([]);
  await tab.expectNothingLeft();
});

test('a slow link gets there: no abort, nothing sent twice', async ({ tab, emulator }) => {
  // 6 MiB over 300 kbit/s take 168 s.
  test.setTimeout(300_000);
  const file = { size: 6 * MIB };
  emulator.faults.bandwidth(300_000 / 8);
  await tab.open();
  expect((await tab.upload({ key: KEY, file })).error).toBeUndefined();
  await expectStored(emulator, KEY, file);
  expect(receivedBytes(emulator)).toBe(file.size);
  expect(await tab.events(KEY, 'retry')).toEqual([]);
  expect(emulator.log.map(({ outcome }) => outcome)).not.toContain('client-left');
  await tab.expectNothingLeft();
});
