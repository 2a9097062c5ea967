import type { Emulator } from '../emulator/index.ts';
import { expect, expectStored, KIB, MIB, PART, receivedBytes, requests, test } from './fixtures.ts';

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

test('a link that breaks each connection after 150 KB carries a file of 3 MiB', async ({
  tab,
  emulator,
}) => {
  const file = { size: 3 * MIB };
  emulator.faults.network({ cutAfterBytes: 150_000 });
  await tab.open({ retry: { baseDelay: 50 } });
  expect((await tab.upload({ key: KEY, file })).error).toBeUndefined();
  await expectStored(emulator, KEY, file);
  expect(requests(emulator, 'InitiateMultipartUpload')).toHaveLength(1);
  // Those that follow start small: not every part is split.
  const splits = await tab.events(KEY, 'part-split');
  expect(splits.length).toBeGreaterThan(2);
  expect(splits.length).toBeLessThan(20);
  await tab.expectNothingLeft();
});

test('so it does a file that would go in one request', async ({ tab, emulator }) => {
  const file = { size: 800 * KIB };
  emulator.faults.network({ cutAfterBytes: 150_000 });
  await tab.open({ retry: { baseDelay: 50 } });
  expect((await tab.upload({ key: KEY, file })).error).toBeUndefined();
  await expectStored(emulator, KEY, file);
  expect(requests(emulator, 'InitiateMultipartUpload')).toHaveLength(1);
  await tab.expectNothingLeft();
});

for (const at of ['start', 'body', 'answer'] as const) {
  test(`one part that stalls (${at}) on a fast link costs three seconds at most`, {
    tag: '@alone',
  }, async ({ tab, emulator }) => {
    test.setTimeout(120_000);
    const file = { size: 12 * MIB };
    const timed = async (key: string): Promise<number> => {
      const start = Date.now();
      expect((await tab.upload({ key, file })).error).toBeUndefined();
      return Date.now() - start;
    };
    await tab.open({ partSize: PART });
    const usual = await timed('without-a-stall');
    emulator.faults.add({
      match: { operation: 'UploadPart', partNumber: 11 },
      fault: { type: 'stall', at },
    });
    const cost = (await timed(KEY)) - usual;
    await expectStored(emulator, KEY, file);
    expect(cost).toBeLessThanOrEqual(3000);
    const [retry, ...retries] = await tab.events(KEY, 'retry');
    expect(retries).toEqual([]);
    expect(retry).toMatchObject({ partNumber: 11, error: { code: 'ConnectionStalled' } });
    await tab.expectNothingLeft();
  });
}

test('the next page starts with parts that suit the link', async ({ tab, emulator }) => {
  test.setTimeout(120_000);
  emulator.faults.bandwidth(200 * KIB);
  await tab.open();
  await tab.upload({ key: 'first', file: { size: 2 * MIB } });
  await tab.reload();
  await tab.start({ key: KEY, file: { size: 2 * MIB, seed: 2 } });
  await expect.poll(() => partSizes(emulator, KEY).length, { timeout: 60_000 }).toBeGreaterThan(2);
  // 200 KiB/s over six lanes: 5 s are 170 KiB each, and a part is whole units.
  expect(Math.max(...partSizes(emulator, KEY))).toBeLessThanOrEqual(300 * KIB);
  await tab.cancel(KEY);
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

/** Bytes of the parts that the server holds of this key. */
function partSizes(emulator: Emulator, key: string): number[] {
  const upload = emulator.uploads().find((open) => open.key === key);
  return upload?.parts.map(({ size }) => size) ?? [];
}
