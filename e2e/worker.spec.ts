import { createHash } from 'node:crypto';
import { appendFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Page, Worker } from '@playwright/test';
import { expect, expectStored, MIB, PART, partsSentBy, requests, test } from './fixtures.ts';
import { makeBytes } from './page/make-file.ts';
import { type Policies, type Site, serve, serveFolder } from './serving.ts';
import { strictPolicyBut } from './setup/strict-policy.ts';
import type { DrivenPage, Tab } from './tab.ts';
import { createWorkerPage } from './worker-page.ts';

const KEY = 'film.bin';
const FILE = { size: 8 * MIB };
const PARTS = Math.ceil(FILE.size / PART);

async function theWorker(page: Page): Promise<Worker> {
  await expect.poll(() => page.workers()).toHaveLength(1);
  const [worker] = page.workers();
  if (worker === undefined) throw new Error('The worker has gone.');
  return worker;
}

/** The test page with a policy. */
async function siteWith(policies: Policies): Promise<Site> {
  return await serveFolder('test-results/site', policies);
}

/** A server that takes any PUT of a page. */
async function serveBucket(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Site> {
  return await serve((request, response) => {
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Allow-Methods', 'PUT');
    response.setHeader('Access-Control-Expose-Headers', 'ETag');
    if (request.method === 'OPTIONS') response.end();
    else answer(request, response);
  });
}

/** Answers with the MD5 of the body as its ETag. */
function answerWithEtag(request: IncomingMessage, response: ServerResponse): void {
  const md5 = createHash('md5');
  request.on('data', (bytes: Buffer) => md5.update(bytes));
  request.on('end', () => response.setHeader('ETag', md5.digest('hex').toUpperCase()).end());
}

/** Uploads a file, and tells whether the page sent its parts. */
async function uploadAndLook(tab: Tab): Promise<{ readonly partsByPage: number }> {
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  return { partsByPage: await partsSentBy(tab.page) };
}

test('parts are sent by a worker, and none by the page', async ({ tab, emulator }) => {
  await tab.open();
  expect(await uploadAndLook(tab)).toEqual({ partsByPage: 0 });
  await expectStored(emulator, KEY, FILE);
  expect(requests(emulator, 'UploadPart')).toHaveLength(PARTS);
  expect(await partsSentBy(await theWorker(tab.page))).toBe(PARTS);
  const shown = (await tab.snapshots(KEY)).map(({ sentBytes }) => sentBytes);
  expect(new Set(shown).size).toBeGreaterThan(3);
  await tab.page.evaluate(() => window.kit.close());
  await expect.poll(() => tab.page.workers()).toHaveLength(0);
});

test('the page itself asks for credentials and nothing else, and loads no engine', async ({
  tab,
  emulator,
}) => {
  await tab.open();
  expect(await uploadAndLook(tab)).toEqual({ partsByPage: 0 });
  const asked = await tab.page.evaluate(() =>
    performance.getEntriesByType('resource').map(({ name }) => name),
  );
  const ofBucket = asked.filter((address) => address.startsWith(emulator.origin));
  expect(new Set(ofBucket.map((address) => new URL(address).pathname))).toEqual(
    new Set(['/__emulator/sts']),
  );
  expect(asked.filter((address) => /\/(here|trouble)-/.test(address))).toEqual([]);
});

test('with `worker: false` the page sends them', async ({ tab, emulator }) => {
  await tab.open({ worker: false });
  expect(await uploadAndLook(tab)).toEqual({ partsByPage: PARTS });
  await expectStored(emulator, KEY, FILE);
  expect(tab.page.workers()).toEqual([]);
});

for (const place of ['worker', 'page'] as const) {
  test.describe(`in the ${place}`, () => {
    test('bytes are hashed while they are sent', async ({ tab }) => {
      const bucket = await serveBucket(answerWithEtag);
      const { url } = bucket;
      const bytes = await bytesIn(place, tab);
      const file = { size: 3 * MIB + 11 };
      const md5 = createHash('md5').update(makeBytes(file)).digest('hex').toUpperCase();
      // CRC-64/XZ of these bytes, by another program.
      const crc64 = '8891436753583633606';
      const put = { url, file, hash: ['crc64', 'md5'] } as const;
      const outcome = await bytes.evaluate((options) => globalThis.bytes.put(options), put);
      expect(outcome).toMatchObject({ status: 200, etag: md5, digests: { crc64, md5 } });
      expect(outcome.sent.at(-1)).toBe(file.size);
      const digests = await bytes.evaluate(
        (given) => globalThis.bytes.digest(given, ['md5', 'crc64']),
        file,
      );
      expect(digests).toEqual({ crc64, md5 });
      const plain = await bytes.evaluate((options) => globalThis.bytes.put(options), { url, file });
      expect(plain.status).toBe(200);
      expect(plain.digests).toBeUndefined();
      bucket.close();
    });

    test('an abort ends the request', async ({ tab }) => {
      const seen: IncomingMessage[] = [];
      const bucket = await serveBucket((request) => seen.push(request.resume()));
      const { url } = bucket;
      const bytes = await bytesIn(place, tab);
      const put = { url, file: { size: 16 * MIB }, hash: ['md5'] } as const;
      const putting = bytes.evaluate((options) => globalThis.bytes.put(options), put);
      await expect.poll(() => seen.length, { timeout: 20_000 }).toBe(1);
      await bytes.evaluate(() => globalThis.bytes.abort());
      expect((await putting).error).toBe('AbortError: enough');
      await expect.poll(() => seen[0]?.destroyed).toBe(true);
      bucket.close();
    });

    test('a file that changes meanwhile is told as what it is', async ({ tab, emulator }, info) => {
      const path = info.outputPath('picked.bin');
      await writeFile(path, makeBytes({ size: 32 * MIB }));
      emulator.faults.bandwidth(4 * MIB);
      await tab.open(place === 'worker' ? {} : { worker: false });
      await tab.page.setInputFiles('input', path);
      await tab.page.evaluate((key) => window.kit.startPicked({ key }), KEY);
      await tab.untilConfirmed(KEY, 0.05);
      await appendFile(path, 'more');
      await tab.untilStatus(KEY, 'needs-file');
      const [asked] = await tab.events(KEY, 'needs-file');
      expect(asked?.error).toMatchObject({
        name: 'UploadError',
        kind: 'source',
        code: 'FileUnreadable',
      });
    });
  });
}

/** Where bytes can be handled: the test page, or a worker of it. */
async function bytesIn(place: 'worker' | 'page', tab: Tab): Promise<Pick<DrivenPage, 'evaluate'>> {
  const driven = place === 'page' ? tab.page : createWorkerPage(tab.page);
  await driven.goto(process.env['TEST_PAGE'] ?? '');
  return driven;
}

test('a policy that allows no worker: the page does its work, and says so once', async ({
  tab,
  emulator,
  violations,
}) => {
  const site = await siteWith({ page: strictPolicyBut({ 'worker-src': "'none'" }) });
  await tab.open({}, site.url);
  expect(await uploadAndLook(tab)).toEqual({ partsByPage: PARTS });
  await expectStored(emulator, KEY, FILE);
  await tab.upload({ key: 'another.bin', file: FILE });
  const told = [KEY, 'another.bin'].map((key) => tab.events(key, 'worker-unavailable'));
  expect((await Promise.all(told)).flat()).toEqual([
    { type: 'worker-unavailable', reason: 'not-started' },
  ]);
  expect(violations.splice(0).join()).toContain("worker-src 'none'");
  site.close();
});

test('a worker that is not where it should be: the page does its work, and says so', async ({
  tab,
  emulator,
}) => {
  await tab.page.route(/\/worker-/, (route) => route.fulfill({ status: 404 }));
  await tab.open();
  expect(await uploadAndLook(tab)).toEqual({ partsByPage: PARTS });
  await expectStored(emulator, KEY, FILE);
  expect(await tab.events(KEY, 'worker-unavailable')).toEqual([
    { type: 'worker-unavailable', reason: 'not-started' },
  ]);
});

test('Trusted Types without a policy for workers: the page does their work', async ({
  tab,
  emulator,
  violations,
}) => {
  const page = strictPolicyBut({ 'trusted-types': "'none'" });
  const site = await siteWith({ page });
  // The test page makes a policy, which it may not here.
  await tab.page.addInitScript(() => {
    Object.defineProperty(globalThis, 'trustedTypes', { value: undefined });
  });
  await tab.open({}, site.url);
  expect(await uploadAndLook(tab)).toEqual({ partsByPage: PARTS });
  await expectStored(emulator, KEY, FILE);
  expect(await tab.events(KEY, 'worker-unavailable')).toMatchObject([{ reason: 'not-started' }]);
  expect(violations.splice(0).join()).toContain('TrustedScriptURL');
  site.close();
});

test('a policy that forbids the worker to send: the page does', async ({
  tab,
  emulator,
  violations,
}) => {
  const site = await siteWith({ worker: "default-src 'none'" });
  await tab.open({}, site.url);
  const { partsByPage } = await uploadAndLook(tab);
  expect(partsByPage).toBe(PARTS);
  await expectStored(emulator, KEY, FILE);
  await expect.poll(() => tab.page.workers()).toHaveLength(0);
  expect(await tab.events(KEY, 'worker-unavailable')).toMatchObject([{ reason: 'blocked' }]);
  violations.length = 0;
  site.close();
});

test('a policy without WebAssembly: plain code hashes', async ({ tab, emulator, violations }) => {
  const bucket = await serveBucket(answerWithEtag);
  const { url } = bucket;
  const policy = strictPolicyBut({ 'script-src': "'self'" });
  const site = await siteWith({ page: policy, worker: policy });
  await tab.open({}, site.url);
  const put = { url, file: { size: 2 * MIB }, hash: ['crc64', 'md5'] } as const;
  const outcome = await tab.page.evaluate((options) => globalThis.bytes.put(options), put);
  expect(outcome.digests).toEqual({ md5: outcome.etag, crc64: '3786049098740370491' });
  const emptyModule = [0, 97, 115, 109, 1, 0, 0, 0];
  const compiles = await (await theWorker(tab.page)).evaluate(
    (bytes) =>
      WebAssembly.compile(new Uint8Array(bytes)).then(
        () => true,
        () => false,
      ),
    emptyModule,
  );
  expect(compiles).toBe(false);
  expect((await tab.upload({ key: KEY, file: FILE })).result?.verified).toBe('crc64');
  await expectStored(emulator, KEY, FILE);
  expect(await tab.events(KEY, 'worker-unavailable')).toEqual([]);
  violations.length = 0;
  site.close();
  bucket.close();
});

test('a worker that is killed meanwhile is replaced', async ({ tab, emulator }) => {
  test.setTimeout(120_000);
  emulator.faults.bandwidth(2 * MIB);
  await tab.open();
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.2);
  const first = await theWorker(tab.page);
  const closed = first.waitForEvent('close');
  await first.evaluate(() => setTimeout(() => globalThis.close()));
  await closed;
  emulator.faults.clear();
  expect((await tab.outcome(KEY)).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  expect(await theWorker(tab.page)).not.toBe(first);
  expect(await partsSentBy(tab.page)).toBe(0);
  await tab.expectNothingLeft();
});

test('a hidden tab, its timers held back, goes on', async ({ tab, emulator }) => {
  emulator.faults.bandwidth(4 * MIB);
  // A browser under test has no hidden tabs: the page is told that it is, and its timers fire once a second at most.
  await tab.page.addInitScript(() => {
    const later = window.setTimeout.bind(window);
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });
    Object.defineProperty(document, 'hidden', { get: () => true });
    window.requestAnimationFrame = () => 0;
    Object.defineProperty(window, 'setTimeout', {
      value: (callback: () => void, delay = 0) =>
        later(callback, Math.max(1000, Math.ceil(delay / 1000) * 1000)),
    });
  });
  await tab.open();
  expect(await uploadAndLook(tab)).toEqual({ partsByPage: 0 });
  await expectStored(emulator, KEY, FILE);
});
