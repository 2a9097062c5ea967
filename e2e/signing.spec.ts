import { chromium } from '@playwright/test';
import { expect, expectStored, MIB, requests, test } from './fixtures.ts';
import { Tab } from './tab.ts';

const KEY = 'holiday.mp4';
const FILE = { size: 8 * MIB };

test('V1 signs for clouds that know no other', async ({ tab, emulator }) => {
  await tab.open({ signatureVersion: 1 });
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  expect((await tab.upload({ key: 'small file +.txt', file: { size: 10 } })).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  const sent = emulator.log.filter(({ operation }) => operation !== 'Preflight');
  // V1's own form of a date; V4 writes another, and the emulator takes each only where it belongs.
  expect(sent.every(({ headers }) => headers['x-oss-date']?.endsWith(' GMT'))).toBe(true);
  await tab.expectNothingLeft();
});

test('a signature that was spoilt on the way is made anew', async ({ tab, emulator }) => {
  emulator.faults.add({
    match: { operation: 'UploadPart', partNumber: 31 },
    fault: { type: 'error', status: 403, code: 'SignatureDoesNotMatch' },
  });
  await tab.open();
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  await tab.expectNothingLeft();
});

test('a signature that never matches is told with what to look at', async ({ tab, emulator }) => {
  await tab.open({ region: 'cn-beijing' });
  const { error } = await tab.upload({ key: KEY, file: FILE });
  expect(error).toMatchObject({ kind: 'service' });
  expect(error?.advice).toBeDefined();
  expect(requests(emulator, 'InitiateMultipartUpload').length).toBeLessThanOrEqual(2);
});

test('credentials that cannot be had end the upload, and say so', async ({ tab, emulator }) => {
  // The app's server refuses: what it answers are no credentials.
  await tab.open({ tokenLife: -1, retry: { baseDelay: 50 } });
  const { error } = await tab.upload({ key: KEY, file: FILE });
  expect(error).toMatchObject({ kind: 'credentials', code: 'CredentialsUnusable' });
  expect(error?.message).toContain('accessKeyId');
  // As often as any request is sent again: what comes from a server in trouble is no credentials either.
  expect(await tab.credentialCalls()).toBe(6);
  expect(emulator.log.filter(({ key }) => key === KEY)).toEqual([]);
});

test('an object that must not be overwritten is known as ours', async ({
  tab,
  browser,
  emulator,
}) => {
  emulator.faults.bandwidth(4 * MIB);
  const headers = { 'x-oss-forbid-overwrite': 'true' };
  await tab.open();
  await tab.start({ key: KEY, file: FILE, headers });
  await tab.untilConfirmed(KEY, 0.2);
  await tab.pause(KEY);
  // Somebody else stores the same file under the same key meanwhile.
  const elsewhere = await browser.newContext();
  const other = new Tab(await elsewhere.newPage(), emulator);
  await other.open();
  expect((await other.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  await elsewhere.close();

  await tab.resume(KEY);
  const { result, error } = await tab.outcome(KEY);
  expect(error).toBeUndefined();
  expect(result?.verified).toBe('crc64');
  const refused = requests(emulator, 'CompleteMultipartUpload').map(({ code }) => code);
  expect(refused).toContain('FileAlreadyExists');
  await expectStored(emulator, KEY, FILE);
});

test('another object that must not be overwritten is told, and stays', async ({
  tab,
  emulator,
}) => {
  const other = { size: 5000, seed: 2 };
  await tab.open();
  await tab.upload({ key: KEY, file: other });
  const headers = { 'x-oss-forbid-overwrite': 'true' };
  const { error } = await tab.upload({ key: KEY, file: FILE, headers });
  expect(error).toMatchObject({ kind: 'service', code: 'FileAlreadyExists', status: 409 });
  expect(error?.advice).toContain('key');
  await expectStored(emulator, KEY, other);
  await tab.expectNothingLeft();
});

test('a bucket in another region is found where OSS says it is', async ({ emulator }, testInfo) => {
  // Real host names, which only this browser takes to the emulator.
  const { launchOptions = {} } = testInfo.project.use;
  const { host } = new URL(emulator.origin);
  const browser = await chromium.launch({
    ...launchOptions,
    args: [...(launchOptions.args ?? []), `--host-resolver-rules=MAP *.aliyuncs.com ${host}`],
  });
  const tab = new Tab(await browser.newPage(), emulator);
  await tab.open({ endpoint: 'http://oss-cn-beijing.aliyuncs.com', region: 'cn-beijing' });
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  const switched = await tab.events(KEY, 'endpoint-switched');
  expect(switched.map(({ endpoint }) => endpoint)).toEqual([
    'http://partway-demo.oss-cn-hangzhou.aliyuncs.com',
  ]);
  await tab.expectNothingLeft();
  await browser.close();
});
