import type { Emulator } from '../emulator/index.ts';
import { signedFields } from '../src/testing/post-fields.ts';
import { test as base, expect, expectStored, KIB, MIB, requests } from './fixtures.ts';
import { FormTab } from './form-tab.ts';

const KEY = 'holiday.mp4';
const SMALL = { size: 200 * KIB, type: 'video/mp4' };
const LARGE = { size: 12 * MIB, type: 'video/mp4' };
const QUICK = { baseDelay: 50, maxDelay: 200 };

const test = base.extend<{ readonly form: FormTab }>({
  form: async ({ page, emulator }, use) => {
    await use(new FormTab(page, emulator));
  },
});

/** What the server was asked, and what it answered. */
function log(emulator: Emulator): string[] {
  return emulator.log.map(({ operation, status }) => `${operation} ${status}`);
}

test('a small form is one request, without a preflight', async ({ form, emulator }) => {
  const { result } = await form.post({ file: SMALL, fields: signedFields({ key: KEY }) });
  expect(result).toMatchObject({ key: KEY, size: SMALL.size, status: 204 });
  expect(result?.etag).toMatch(/^[\dA-F]{32}$/);
  expect(log(emulator)).toEqual(['PostObject 204']);
  await expectStored(emulator, KEY, SMALL);
  expect(await form.progress()).toEqual([{ sentBytes: SMALL.size, size: SMALL.size }]);
});

test('a form signed by V4, with a token, that names its file', async ({ form, emulator }) => {
  const keys = emulator.issueCredentials();
  const conditions = [
    ['starts-with', '$key', 'user/'],
    ['content-length-range', 1, MIB],
    ['in', '$content-type', ['video/mp4']],
  ];
  const fields = signedFields(
    { key: 'user/${filename}', success_action_status: '201' },
    { version: 'V4', keys, conditions },
  );
  const file = { ...SMALL, name: '目录 "a".mp4' };
  const { result, error } = await form.post({ file, fields });
  expect(error).toBeUndefined();
  expect(result).toMatchObject({
    key: 'user/目录 %22a%22.mp4',
    bucket: 'partway-demo',
    status: 201,
  });
  await expectStored(emulator, 'user/目录 %22a%22.mp4', file);
});

test('a large form shows how far it has come', async ({ form, emulator }) => {
  emulator.faults.bandwidth(6 * MIB);
  const { result } = await form.post({ file: LARGE, fields: signedFields({ key: KEY }) });
  expect(result).toMatchObject({ size: LARGE.size });
  expect(log(emulator)).toEqual(['Preflight 200', 'PostObject 204']);
  await expectStored(emulator, KEY, LARGE);
  const shown = (await form.progress()).map(({ sentBytes }) => sentBytes);
  expect(shown.length).toBeGreaterThan(3);
  expect(shown).toEqual(shown.toSorted((a, b) => a - b));
  expect(shown.at(-1)).toBe(LARGE.size);
});

test.describe('what passes is survived', () => {
  test.use({ keepAlive: false });

  for (const [size, file] of [
    ['small', SMALL],
    ['large', LARGE],
  ] as const) {
    test(`a ${size} form that stands still is sent again`, async ({ form, emulator }) => {
      emulator.faults.add({
        match: { operation: 'PostObject' },
        fault: { type: 'stall', at: 'body' },
      });
      // For a small form the time that its bytes may need is added.
      const timeout = { stall: 1000 };
      const fields = signedFields({ key: KEY });
      expect((await form.post({ file, fields, timeout, retry: QUICK })).error).toBeUndefined();
      expect(await form.eventTypes()).toEqual(['retry']);
      expect(requests(emulator, 'PostObject')).toHaveLength(2);
      await expectStored(emulator, KEY, file);
    });

    test(`a ${size} form that is refused with 503 is sent again`, async ({ form, emulator }) => {
      emulator.faults.add({ fault: { type: 'error', code: 'ServiceUnavailable' }, times: 2 });
      const fields = signedFields({ key: KEY });
      expect((await form.post({ file, fields, retry: QUICK })).error).toBeUndefined();
      expect(requests(emulator, 'PostObject').map(({ status }) => status)).toEqual([503, 503, 204]);
      await expectStored(emulator, KEY, file);
    });

    test(`a ${size} form whose connection is reset is sent again`, async ({ form, emulator }) => {
      emulator.faults.add({
        match: { operation: 'PostObject' },
        fault: { type: 'reset', at: 'middle' },
      });
      const fields = signedFields({ key: KEY });
      expect((await form.post({ file, fields, retry: QUICK })).error).toBeUndefined();
      expect(await form.eventTypes()).toEqual(['retry']);
      await expectStored(emulator, KEY, file);
    });
  }

  test('an answer that is lost makes the same object again', async ({ form, emulator }) => {
    emulator.faults.add({ match: { operation: 'PostObject' }, fault: { type: 'lose-answer' } });
    const fields = signedFields({ key: KEY });
    expect((await form.post({ file: SMALL, fields, retry: QUICK })).error).toBeUndefined();
    expect(requests(emulator, 'PostObject')).toHaveLength(2);
    await expectStored(emulator, KEY, SMALL);
  });
});

test('a form that starts without network is sent when there is one', async ({ form, emulator }) => {
  await emulator.faults.refuse('until-restored');
  await form.start({ file: LARGE, fields: signedFields({ key: KEY }) });
  await expect.poll(() => form.eventTypes()).toEqual(['network-lost']);
  await emulator.faults.restore();
  expect((await form.outcome()).error).toBeUndefined();
  expect(await form.eventTypes()).toEqual(['network-lost', 'network-back']);
  await expectStored(emulator, KEY, LARGE);
});

test('a signal ends a form in the middle', async ({ form, emulator }) => {
  emulator.faults.bandwidth(MIB / 2);
  await form.start({ file: LARGE, fields: signedFields({ key: KEY }) });
  await expect.poll(async () => (await form.progress()).length).toBeGreaterThan(0);
  await form.abort('The user has left.');
  // Who does not read does not notice that the other has left.
  emulator.faults.bandwidth(undefined);
  expect(await form.failure()).toMatchObject({ name: 'Error', message: 'The user has left.' });
  await expect
    .poll(() => requests(emulator, 'PostObject').map(({ outcome }) => outcome))
    .toEqual(['client-left']);
  expect(emulator.objects()).toEqual([]);
});

test('a policy that is over is asked for anew', async ({ form, emulator }) => {
  emulator.setClockOffset(2 * 3_600_000);
  const later = new Date(Date.now() + 4 * 3_600_000);
  const fields = [signedFields({ key: KEY }), signedFields({ key: KEY }, { expiration: later })];
  expect((await form.post({ file: SMALL, fields })).error).toBeUndefined();
  expect(log(emulator)).toEqual(['PostObject 403', 'PostObject 204']);
  expect(await form.eventTypes()).toEqual(['credentials-refused']);
  await expectStored(emulator, KEY, SMALL);
});

test('a policy that is over, and was given once, is told with advice', async ({
  form,
  emulator,
}) => {
  emulator.setClockOffset(2 * 3_600_000);
  await form.start({ file: SMALL, fields: signedFields({ key: KEY }) });
  const error = await form.failure();
  expect(error).toMatchObject({ kind: 'service', code: 'AccessDenied', status: 403 });
  expect(error.advice).toContain('Let `fields` be a function');
  expect(log(emulator)).toEqual(['PostObject 403']);
});

test('a file that the policy forbids is told before a byte is sent', async ({ form, emulator }) => {
  const conditions = [['content-length-range', 1, 100 * KIB]];
  await form.start({ file: SMALL, fields: signedFields({ key: KEY }, { conditions }) });
  const { name, message } = await form.failure();
  expect(name).toBe('RangeError');
  expect(message).toContain('1 to 102400 bytes, as the policy demands');
  expect(message).toContain('got 204800');
  expect(emulator.log).toEqual([]);
});

test('a bucket without a CORS rule is told', async ({ form, emulator }) => {
  emulator.setCorsRules([]);
  await form.start({ file: SMALL, fields: signedFields({ key: KEY }), retry: QUICK });
  expect(await form.failure()).toMatchObject({ kind: 'network', code: 'AnswersUnreadable' });
});

test('a bucket that hides its headers is enough for a form', async ({ form, emulator }) => {
  emulator.faults.add({
    times: 0,
    fault: { type: 'hide-headers', names: ['ETag', 'x-oss-request-id'] },
  });
  const { result } = await form.post({ file: SMALL, fields: signedFields({ key: KEY }) });
  expect(result).toMatchObject({ key: KEY, etag: '', status: 204 });
});

test.describe('a callback of a form', () => {
  function callbackTo(emulator: Emulator) {
    return {
      url: `${emulator.origin}/__emulator/callback-receiver`,
      body: '{"key":${object},"size":${size},"user":${x:user}}',
      bodyType: 'application/json',
      variables: { user: '用户' },
    } as const;
  }

  test('brings the answer of the app', async ({ form, emulator }) => {
    const callback = callbackTo(emulator);
    const { result } = await form.post({
      file: SMALL,
      fields: signedFields({ key: KEY }),
      callback,
    });
    expect(result?.callback).toEqual({ ok: true, status: 200, body: { Status: 'OK' } });
    expect(emulator.callbacks().map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { key: KEY, size: SMALL.size, user: '用户' },
    ]);
    await expectStored(emulator, KEY, SMALL);
  });

  test('that fails is told, and nothing is sent again', async ({ form, emulator }) => {
    emulator.faults.add({ fault: { type: 'callback-failed', cause: 'slow' } });
    const callback = callbackTo(emulator);
    const { result } = await form.post({
      file: LARGE,
      fields: signedFields({ key: KEY }),
      callback,
    });
    expect(result?.callback).toMatchObject({ ok: false, code: 'CallbackFailed' });
    expect(requests(emulator, 'PostObject')).toHaveLength(1);
    await expectStored(emulator, KEY, LARGE);
  });
});
