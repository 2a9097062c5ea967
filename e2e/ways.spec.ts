import { type AppServer, SECRET, startAppServer } from './app-server.ts';
import {
  test as base,
  expect,
  expectStored,
  KIB,
  MIB,
  receivedBytes,
  requests,
} from './fixtures.ts';
import { BUCKET } from './tab.ts';

const KEY = 'holiday.mp4';
const FILE = { size: 8 * MIB, type: 'video/mp4' };
const SMALL = { size: 10 * KIB };

const test = base.extend<{ readonly app: AppServer }>({
  app: async ({ emulator }, use) => {
    const app = await startAppServer(emulator, BUCKET);
    await use(app);
    await app.close();
  },
});

test.describe('requests that the app signs', () => {
  test('carry a file, in few calls, and the page has no key', async ({ tab, emulator, app }) => {
    await tab.openWithout('sign', app.origin);
    const { result, error } = await tab.upload({ key: KEY, file: FILE });
    expect(error).toBeUndefined();
    expect(result?.uploadId).toBeDefined();
    await expectStored(emulator, KEY, FILE);
    expect(requests(emulator, 'UploadPart')).toHaveLength(9);
    // Initiate, the parts ahead, Complete; and what six lanes want before the first call is answered.
    expect(app.calls.length).toBeLessThanOrEqual(4);
    expect(await tab.page.content()).not.toContain(SECRET);
    await tab.expectNothingLeft();
  });

  test('are signed for the size that was allowed, and no other', async ({ tab, emulator, app }) => {
    await tab.openWithout('sign', app.origin);
    await tab.upload({ key: KEY, file: FILE });
    const parts = app.calls.flat().filter(({ query }) => query['partNumber'] !== undefined);
    expect(parts.reduce((sum, { size }) => sum + size, 0)).toBe(FILE.size);
    expect(requests(emulator, 'UploadPart').map(({ status }) => status)).not.toContain(403);
  });

  test('are resumed after a reload', async ({ tab, emulator, app }) => {
    emulator.faults.bandwidth(6 * MIB);
    await tab.openWithout('sign', app.origin);
    await tab.start({ key: KEY, file: FILE });
    await tab.untilConfirmed(KEY, 0.4);
    await tab.openWithout('sign', app.origin);
    expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
    await expectStored(emulator, KEY, FILE);
    expect(await tab.events(KEY, 'resumed')).toHaveLength(1);
    await tab.expectNothingLeft();
  });

  test('are asked for again when they are refused, at most twice', async ({
    tab,
    emulator,
    app,
  }) => {
    app.clockOffset = -3_600_000;
    await tab.openWithout('sign', app.origin);
    const { error } = await tab.upload({ key: KEY, file: FILE });
    expect(error).toMatchObject({ code: 'RequestTimeTooSkewed' });
    expect(requests(emulator, 'InitiateMultipartUpload')).toHaveLength(3);
    expect(await tab.events(KEY, 'credentials-refused')).toHaveLength(2);
  });

  test('that the app refuses are told with its reason, and nothing is sent', async ({
    tab,
    emulator,
    app,
  }) => {
    await tab.openWithout('sign', app.origin);
    const { error } = await tab.upload({ key: 'forbidden/film.mp4', file: FILE });
    expect(error).toMatchObject({ kind: 'credentials', code: 'SigningRefused' });
    expect(error?.message).toContain('Not yours.');
    expect(emulator.log).toEqual([]);
    expect(app.calls).toHaveLength(1);
  });

  test('carry a callback', async ({ tab, emulator, app }) => {
    await tab.openWithout('sign', app.origin);
    const callback = {
      url: `${emulator.origin}/__emulator/callback-receiver`,
      body: 'k=${object}',
    };
    const { result } = await tab.upload({ key: KEY, file: FILE, callback });
    expect(result?.callback).toMatchObject({ ok: true });
    expect((await tab.upload({ key: 'small', file: SMALL, callback })).result?.callback?.ok).toBe(
      true,
    );
    expect(emulator.callbacks()).toHaveLength(2);
  });
});

test.describe('forms that the app signs', () => {
  test('carry a file in one request, and the page has no key', async ({ tab, emulator, app }) => {
    await tab.openWithout('form', app.origin);
    const metadata = { author: 'zoe' };
    const { result, error } = await tab.upload({ key: KEY, file: SMALL, metadata });
    expect(error).toBeUndefined();
    expect(result).toMatchObject({ bucket: BUCKET, key: KEY, size: SMALL.size, verified: false });
    await expectStored(emulator, KEY, SMALL);
    expect(emulator.objects()).toMatchObject([{ metadata }]);
    // Small forms have no preflight.
    expect(emulator.log.map(({ operation }) => operation)).toEqual(['PostObject']);
  });

  test('may be for files of some types alone', async ({ tab, emulator, app }) => {
    await tab.openWithout('form', app.origin);
    const file = { size: 10 * KIB, type: 'image/png' };
    const { error } = await tab.upload({ key: 'users/7/avatar', file });
    expect(error).toBeUndefined();
    expect(emulator.objects()).toMatchObject([{ key: 'users/7/avatar', contentType: file.type }]);
    const text = { key: 'users/8/avatar', file: { size: 10 * KIB, type: 'text/html' } };
    expect((await tab.upload(text)).error?.message).toContain('start with "image/"');
    expect(emulator.log).toHaveLength(1);
  });

  test('tell of their progress, and survive a reset', async ({ tab, emulator, app }) => {
    emulator.faults.add({
      match: { operation: 'PostObject' },
      fault: { type: 'reset', at: 'middle' },
      times: 2,
    });
    await tab.openWithout('form', app.origin);
    const { result, error } = await tab.upload({ key: KEY, file: FILE });
    expect(error).toBeUndefined();
    expect(result?.key).toBe(KEY);
    await expectStored(emulator, KEY, FILE);
    const sent = (await tab.snapshots(KEY)).map(({ sentBytes }) => sentBytes);
    expect(sent).toEqual(sent.toSorted((a, b) => a - b));
    expect(sent.at(-1)).toBe(FILE.size);
  });

  test('that were refused are asked for again', async ({ tab, emulator, app }) => {
    emulator.faults.add({
      match: { operation: 'PostObject' },
      fault: { type: 'error', status: 403, code: 'AccessDenied', message: 'Policy expired.' },
    });
    await tab.openWithout('form', app.origin);
    expect((await tab.upload({ key: KEY, file: SMALL })).error).toBeUndefined();
    expect(app.forms).toBe(2);
  });

  test('carry a callback', async ({ tab, emulator, app }) => {
    await tab.openWithout('form', app.origin);
    const callback = {
      url: `${emulator.origin}/__emulator/callback-receiver`,
      body: 'k=${object}',
    };
    const { result } = await tab.upload({ key: KEY, file: SMALL, callback });
    expect(result?.callback).toMatchObject({ ok: true });
    expect(emulator.callbacks().map(({ body }) => body)).toEqual([`k=${KEY}`]);
  });

  test('carry nothing larger than the limit', async ({ tab, emulator, app }) => {
    await tab.openWithout('form', app.origin, { formLimit: MIB });
    await expect(tab.start({ key: KEY, file: FILE })).rejects.toThrow('`formLimit`');
    expect(receivedBytes(emulator)).toBe(0);
  });
});

for (const way of ['credentials', 'sign', 'form'] as const) {
  test(`no secret, token or signature is seen of an upload by ${way}, even where it fails`, async ({
    tab,
    emulator,
    app,
  }) => {
    const logged: string[] = [];
    tab.page.on('console', (message) => logged.push(message.text()));
    tab.page.on('pageerror', (error) => logged.push(String(error)));
    const secrets = [SECRET];
    tab.page.on('response', (response) => {
      if (!response.url().includes('/__emulator/sts')) return;
      void response
        .json()
        .then(({ accessKeySecret, securityToken }) => secrets.push(accessKeySecret, securityToken));
    });
    for (const operation of ['UploadPart', 'PostObject'] as const) {
      const fault = { type: 'error', status: 403, code: 'SignatureDoesNotMatch' } as const;
      emulator.faults.add({ match: { operation }, times: 0, fault });
    }
    if (way === 'credentials') await tab.open();
    else await tab.openWithout(way, app.origin);
    await tab.upload({ key: KEY, file: FILE });
    expect((await tab.snapshot(KEY)).status).toBe('failed');
    expect(secrets).toHaveLength(way === 'credentials' ? 3 : 1);
    const seen = `${await tab.everythingSeen(KEY)}\n${logged.join('\n')}`;
    expect(seen).toContain('SignatureDoesNotMatch');
    for (const secret of secrets) expect(seen).not.toContain(secret);
    expect(seen).not.toMatch(/Signature=|x-oss-signature|"authorization"|OSS4-HMAC/);
  });
}
