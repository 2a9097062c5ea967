import { expect, expectStored, KIB, MIB, PART, receivedBytes, requests, test } from './fixtures.ts';

const KEY = 'holiday.mp4';
const FILE = { size: 8 * MIB };
const PARTS = 9;

test('an upload that the server forgets in the middle is begun again', async ({
  tab,
  emulator,
}) => {
  emulator.faults.add({
    match: { operation: 'UploadPart', partNumber: 41 },
    fault: { type: 'forget-upload' },
  });
  await tab.open();
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  const events = await tab.events(KEY, 'restarted');
  expect(events.map(({ error }) => error.code)).toEqual(['NoSuchUpload']);
  expect(requests(emulator, 'InitiateMultipartUpload')).toHaveLength(2);
  await tab.expectNothingLeft();
});

test('an upload that the server forgets before Complete is begun again', async ({
  tab,
  emulator,
}) => {
  emulator.faults.add({
    match: { operation: 'CompleteMultipartUpload' },
    fault: { type: 'forget-upload' },
  });
  await tab.open();
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  expect(await tab.events(KEY, 'restarted')).toHaveLength(1);
  await tab.expectNothingLeft();
});

test('an upload that the server forgets again and again ends in one error', async ({
  tab,
  emulator,
}) => {
  emulator.faults.add({
    match: { operation: 'UploadPart', partNumber: 1 },
    times: 0,
    fault: { type: 'forget-upload' },
  });
  await tab.open();
  const error = await tab.upload({ key: KEY, file: FILE }).then((outcome) => outcome.error);
  expect(error).toMatchObject({ kind: 'service', code: 'NoSuchUpload', status: 404 });
  expect(requests(emulator, 'InitiateMultipartUpload')).toHaveLength(3);
});

for (const fault of ['drop-part', 'corrupt-part'] as const) {
  test(`a part that the server loses (${fault}) is sent again, and no other`, async ({
    tab,
    emulator,
  }) => {
    emulator.faults.add({
      match: { operation: 'CompleteMultipartUpload' },
      fault: { type: fault, partNumber: 21 },
    });
    await tab.open();
    expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
    await expectStored(emulator, KEY, FILE);
    const sent = requests(emulator, 'UploadPart').map(({ partNumber }) => partNumber);
    expect(sent.filter((number) => number === 21)).toHaveLength(2);
    expect(sent).toHaveLength(PARTS + 1);
    expect(await tab.events(KEY, 'reopened')).toHaveLength(1);
    await tab.expectNothingLeft();
  });
}

test('a part that is lost at every Complete ends in one error, and the upload stays', async ({
  tab,
  emulator,
}) => {
  emulator.faults.add({
    match: { operation: 'CompleteMultipartUpload' },
    times: 0,
    fault: { type: 'drop-part', partNumber: 21 },
  });
  await tab.open();
  const { error } = await tab.upload({ key: KEY, file: FILE });
  expect(error).toMatchObject({ kind: 'service', code: 'InvalidPart' });
  expect(requests(emulator, 'CompleteMultipartUpload')).toHaveLength(3);
  expect(await tab.unfinished()).toMatchObject([{ key: KEY }]);
});

for (const keepAlive of [true, false]) {
  test.describe(`on connections that ${keepAlive ? 'are kept' : 'close'}`, () => {
    test.use({ keepAlive });

    test('a Complete whose answer is lost is found to be done', async ({ tab, emulator }) => {
      emulator.faults.add({
        match: { operation: 'CompleteMultipartUpload' },
        fault: { type: 'lose-answer' },
      });
      await tab.open();
      const { result, error } = await tab.upload({ key: KEY, file: FILE });
      expect(error).toBeUndefined();
      expect(result?.verified).toBe('crc64');
      await expectStored(emulator, KEY, FILE);
      expect(receivedBytes(emulator)).toBe(FILE.size);
      expect(requests(emulator, 'InitiateMultipartUpload')).toHaveLength(1);
      await tab.expectNothingLeft();
    });

    test('a connection that is reset in the middle of a body costs that part', async ({
      tab,
      emulator,
    }) => {
      emulator.faults.add({
        match: { operation: 'UploadPart', partNumber: 31 },
        times: 2,
        fault: { type: 'reset', at: 'middle' },
      });
      await tab.open();
      expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
      await expectStored(emulator, KEY, FILE);
      const sent = requests(emulator, 'UploadPart').map(({ partNumber }) => partNumber);
      // At the second break it is split: 31 is its first half then, 36 the other.
      expect(sent.filter((number) => number !== 31 && number !== 36)).toHaveLength(PARTS - 1);
      expect(sent.filter((number) => number === 31).length).toBeGreaterThanOrEqual(3);
      await tab.expectNothingLeft();
    });
  });
}

test('where the object may not be looked at, Complete is sent again', async ({ tab, emulator }) => {
  emulator.setRights(['HeadObject']);
  emulator.faults.add({
    match: { operation: 'CompleteMultipartUpload' },
    fault: { type: 'error', status: 500, code: 'InternalError', before: 'body' },
  });
  await tab.open();
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  expect(receivedBytes(emulator)).toBe(FILE.size);
  await tab.expectNothingLeft();
});

test('an older object of the same size is not taken for ours', async ({ tab, emulator }) => {
  await tab.open();
  await tab.upload({ key: KEY, file: { ...FILE, seed: 2 } });
  emulator.faults.add({
    match: { operation: 'CompleteMultipartUpload' },
    fault: { type: 'reset', at: 'start' },
    times: 2,
  });
  const before = receivedBytes(emulator);
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  expect(receivedBytes(emulator) - before).toBe(FILE.size);
  await tab.expectNothingLeft();
});

test('the page goes away in the middle of Complete: the next one finds the object', async ({
  tab,
  emulator,
}) => {
  emulator.faults.add({
    match: { operation: 'CompleteMultipartUpload' },
    fault: { type: 'delay', ms: 60_000 },
  });
  await tab.open();
  await tab.start({ key: KEY, file: FILE });
  await expect.poll(() => emulator.objects().length).toBe(1);
  await tab.reload();
  const { result, error } = await tab.upload({ key: KEY, file: FILE });
  expect(error).toBeUndefined();
  expect(result?.verified).toBe('crc64');
  await expectStored(emulator, KEY, FILE);
  expect(receivedBytes(emulator)).toBe(FILE.size);
  await tab.expectNothingLeft();
});

test('a part that is refused with 503 three times gets there at the fourth', async ({
  tab,
  emulator,
}) => {
  emulator.faults.add({
    match: { operation: 'UploadPart', partNumber: 11 },
    times: 3,
    fault: { type: 'error', status: 503, code: 'ServiceUnavailable' },
  });
  await tab.open();
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  const retries = await tab.events(KEY, 'retry');
  expect(retries.map(({ partNumber }) => partNumber)).toEqual([11, 11, 11]);
  expect(requests(emulator, 'UploadPart')).toHaveLength(PARTS + 3);
  await tab.expectNothingLeft();
});

test('a part that is refused for ever ends in one error after six failures', async ({
  tab,
  emulator,
}) => {
  emulator.faults.add({
    match: { operation: 'UploadPart', partNumber: 81 },
    times: 0,
    fault: { type: 'error', status: 503, code: 'ServiceUnavailable' },
  });
  // One at a time: what is confirmed beside it would give it more tries.
  await tab.open({ retry: { baseDelay: 50 }, concurrency: 1 });
  const { error } = await tab.upload({ key: KEY, file: FILE });
  expect(error).toMatchObject({
    kind: 'service',
    code: 'ServiceUnavailable',
    status: 503,
    partNumber: 81,
  });
  expect(error?.requestId).toMatch(/^[0-9A-F]{24}$/);
  const attempts = requests(emulator, 'UploadPart').filter(({ partNumber }) => partNumber === 81);
  expect(attempts).toHaveLength(6);
  expect((await tab.snapshot(KEY)).status).toBe('failed');
  // What was sent is kept for another try.
  emulator.faults.clear();
  const before = requests(emulator, 'UploadPart').length;
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  expect(requests(emulator, 'UploadPart').length).toBeLessThan(before + PARTS);
  await expectStored(emulator, KEY, FILE);
  await tab.expectNothingLeft();
});

test('a part that is never answered is sent again', async ({ tab, emulator }) => {
  emulator.faults.add({
    match: { operation: 'UploadPart', partNumber: 11 },
    fault: { type: 'stall', at: 'answer' },
  });
  await tab.open({ timeout: { stall: 2000 } });
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  const [retry, ...others] = await tab.events(KEY, 'retry');
  expect(others).toEqual([]);
  expect(retry).toMatchObject({ partNumber: 11, error: { kind: 'timeout' } });
  await tab.expectNothingLeft();
});

test('credentials that expire in the middle are asked for again, once', async ({
  tab,
  emulator,
}) => {
  emulator.faults.bandwidth(8 * MIB);
  await tab.open();
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.3);
  emulator.expireCredentials();
  expect((await tab.outcome(KEY)).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  expect(await tab.credentialCalls()).toBe(2);
  await tab.expectNothingLeft();
});

test('rights that are missing end the upload at once', async ({ tab, emulator }) => {
  emulator.setRights(['UploadPart']);
  await tab.open();
  const { error } = await tab.upload({ key: KEY, file: FILE });
  expect(error).toMatchObject({ kind: 'service', code: 'AccessDenied', status: 403 });
  expect(error?.advice).toContain('oss:PutObject');
  expect(await tab.events(KEY, 'retry')).toEqual([]);
});

test('progress never goes back, and ends at the whole file', async ({ tab, emulator }) => {
  emulator.faults.add({
    match: { operation: 'UploadPart', partNumber: 21 },
    times: 2,
    fault: { type: 'reset' },
  });
  emulator.faults.add({
    match: { operation: 'CompleteMultipartUpload' },
    fault: { type: 'forget-upload' },
  });
  emulator.faults.bandwidth(12 * MIB);
  await tab.open();
  await tab.upload({ key: KEY, file: FILE });
  const snapshots = await tab.snapshots(KEY);
  const confirmed = snapshots.map(({ confirmedBytes }) => confirmedBytes);
  const sent = snapshots.map(({ sentBytes }) => sentBytes);
  expect(confirmed).toEqual(confirmed.toSorted((a, b) => a - b));
  expect(sent).toEqual(sent.toSorted((a, b) => a - b));
  expect(snapshots.every(({ confirmedBytes, sentBytes }) => confirmedBytes <= sentBytes)).toBe(
    true,
  );
  expect(snapshots.at(-1)).toMatchObject({
    status: 'done',
    confirmedBytes: FILE.size,
    sentBytes: FILE.size,
  });
});

test('a failure that nobody looks at is no unhandled rejection', async ({ tab, emulator }) => {
  const unhandled: string[] = [];
  tab.page.on('pageerror', (error) => unhandled.push(error.message));
  emulator.setRights(['InitiateMultipartUpload']);
  await tab.open();
  await tab.start({ key: KEY, file: { size: 2 * PART } });
  await tab.untilStatus(KEY, 'failed');
  await tab.start({ key: 'small', file: { size: 10 * KIB } });
  await tab.untilStatus('small', 'done');
  expect(unhandled).toEqual([]);
});
