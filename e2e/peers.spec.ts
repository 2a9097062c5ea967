import { expect, expectStored, MIB, PART, receivedBytes, requests, test } from './fixtures.ts';

// What users of other uploaders have met, and do not meet here.

const KEY = 'holiday.mp4';
const FILE = { size: 8 * MIB };

test('one busy answer does not end the whole upload', async ({ tab, emulator }) => {
  emulator.faults.add({
    match: { operation: 'UploadPart', partNumber: 31 },
    fault: { type: 'error', status: 503, code: 'ServiceUnavailable' },
  });
  await tab.open();
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  expect(await tab.events(KEY, 'retry')).toMatchObject([{ partNumber: 31 }]);
  await expectStored(emulator, KEY, FILE);
});

test('cancel stops the bytes at once, and not when they are all sent', async ({
  tab,
  emulator,
}) => {
  emulator.faults.bandwidth(MIB);
  await tab.open();
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.1);
  await tab.cancel(KEY);
  await expect.poll(() => emulator.log.filter(({ outcome }) => outcome === 'pending')).toEqual([]);
  expect(receivedBytes(emulator)).toBeLessThan(FILE.size);
  const left = requests(emulator, 'UploadPart').filter(({ outcome }) => outcome === 'client-left');
  expect(left.length).toBeGreaterThan(0);
  await tab.expectNothingLeft();
});

test('a pause that is taken back at once does not start a second run beside the first', async ({
  tab,
  emulator,
}) => {
  emulator.faults.bandwidth(6 * MIB);
  await tab.open();
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.2);
  await tab.pause(KEY);
  await tab.resume(KEY);
  expect((await tab.outcome(KEY)).error).toBeUndefined();
  expect(requests(emulator, 'CompleteMultipartUpload')).toHaveLength(1);
  await expectStored(emulator, KEY, FILE);
});

test('a cancel that is not awaited does not get in the way of the same file again', async ({
  tab,
  emulator,
}) => {
  emulator.faults.bandwidth(4 * MIB);
  await tab.open();
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.3);
  await tab.page.evaluate(
    ([key, file]) => {
      void window.kit.upload(key).cancel();
      window.kit.start({ key, file });
    },
    [KEY, FILE] as const,
  );
  expect((await tab.outcome(KEY)).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  expect(requests(emulator, 'CompleteMultipartUpload')).toHaveLength(1);
  await expect.poll(() => emulator.uploads()).toEqual([]);
  await tab.expectNothingLeft();
});

test('cancelling one file leaves the other alone', async ({ tab, emulator }) => {
  emulator.faults.bandwidth(8 * MIB);
  const other = { size: 6 * MIB, seed: 2 };
  await tab.open();
  await tab.start({ key: 'one', file: FILE });
  await tab.start({ key: 'other', file: other });
  await tab.untilConfirmed('one', 0.1);
  await tab.cancel('one');
  expect((await tab.outcome('other')).error).toBeUndefined();
  await expectStored(emulator, 'other', other);
  await tab.expectNothingLeft();
});

test('a part whose answer never comes does not leave the upload hanging, nor end it', async ({
  tab,
  emulator,
}) => {
  emulator.faults.add({
    match: { operation: 'UploadPart', partNumber: 41 },
    fault: { type: 'stall', at: 'answer' },
  });
  await tab.open({ timeout: { stall: 1500 } });
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  await tab.expectNothingLeft();
});

test('a file of the same name, size and date is not mixed into one that was begun', async ({
  tab,
  emulator,
}) => {
  const other = { ...FILE, seed: 2 };
  emulator.faults.bandwidth(8 * MIB);
  await tab.open();
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.3);
  await tab.reload();
  expect((await tab.upload({ key: KEY, file: other })).error).toBeUndefined();
  await expectStored(emulator, KEY, other);
});

test('a reload that meets an upload which the server has forgotten starts a new one', async ({
  tab,
  emulator,
}) => {
  emulator.faults.bandwidth(8 * MIB);
  await tab.open();
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.3);
  await tab.reload();
  for (const { uploadId } of emulator.uploads()) emulator.forgetUpload(uploadId);
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  const [restarted] = await tab.events(KEY, 'restarted');
  expect(restarted?.error).toMatchObject({ code: 'NoSuchUpload', status: 404 });
  expect(restarted?.error.requestId).toBeDefined();
  await expectStored(emulator, KEY, FILE);
  await tab.expectNothingLeft();
});

test('a clock that is wrong by hours is set right, once', async ({ tab, emulator }) => {
  emulator.setClockOffset(3 * 3_600_000);
  await tab.open();
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  expect(await tab.events(KEY, 'clock-corrected')).toHaveLength(1);
  await expectStored(emulator, KEY, FILE);
});

test('a server that calls every clock wrong is not asked for ever', async ({ tab, emulator }) => {
  emulator.faults.add({
    match: { operation: 'UploadPart' },
    times: 0,
    fault: { type: 'error', status: 403, code: 'RequestTimeTooSkewed' },
  });
  await tab.open({ concurrency: 1 });
  expect((await tab.upload({ key: KEY, file: FILE })).error).toMatchObject({
    code: 'RequestTimeTooSkewed',
  });
  expect(requests(emulator, 'UploadPart').length).toBeLessThanOrEqual(3);
});

test('a token that falls due while parts run is renewed before any goes out with the old one', async ({
  tab,
  page,
  emulator,
}) => {
  emulator.faults.bandwidth(2 * MIB);
  const inFlight = (): number => emulator.log.filter(({ outcome }) => outcome === 'pending').length;
  // The old token would still do: that nothing goes out any more shows that all wait for the new one.
  await page.route('**/__emulator/sts*', async (route) => {
    await expect.poll(inFlight).toBe(0);
    await route.continue();
  });
  await tab.open({ tokenLife: 4 });
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  expect(await tab.credentialCalls()).toBeGreaterThan(1);
  expect(emulator.log.filter(({ status }) => status === 403)).toEqual([]);
  await expectStored(emulator, KEY, FILE);
});

test('an outage of some seconds is not the end', async ({ tab, emulator }) => {
  emulator.faults.bandwidth(6 * MIB);
  await tab.open();
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.3);
  await emulator.faults.refuse(6);
  expect((await tab.outcome(KEY)).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
});

test('a part that fails for good does not throw the good ones away', async ({ tab, emulator }) => {
  emulator.faults.add({
    match: { operation: 'UploadPart', partNumber: 81 },
    times: 0,
    fault: { type: 'error', status: 500, code: 'InternalError' },
  });
  await tab.open({ retry: { baseDelay: 20 } });
  expect((await tab.upload({ key: KEY, file: FILE })).error).toMatchObject({
    code: 'InternalError',
  });
  expect(requests(emulator, 'AbortMultipartUpload')).toEqual([]);
  expect(await tab.unfinished()).toMatchObject([{ key: KEY, confirmedBytes: 8 * PART }]);
});

test('the library works in a worker, where there is no window', async ({ tab, emulator }) => {
  await tab.open();
  const { origin, region } = emulator;
  const etag = await tab.page.evaluate(
    ([endpoint, id, size]) =>
      window.uploadInWorker({ endpoint, region: id, key: 'holiday.mp4', size }),
    [origin, region, FILE.size] as const,
  );
  expect(etag).toMatch(/^[0-9A-F]{32}-9$/);
  await expectStored(emulator, KEY, FILE);
});

test('an ETag that the bucket hides is looked up', async ({ tab, emulator }) => {
  emulator.setCorsRules([
    {
      allowedOrigins: ['*'],
      allowedMethods: ['GET', 'PUT', 'POST', 'HEAD', 'DELETE'],
      allowedHeaders: ['*'],
      exposeHeaders: [],
    },
  ]);
  await tab.open();
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  const [told, ...others] = await tab.events(KEY, 'etag-hidden');
  expect(others).toEqual([]);
  expect(told?.advice).toContain('ExposeHeader');
  await expectStored(emulator, KEY, FILE);
  await tab.expectNothingLeft();
});
