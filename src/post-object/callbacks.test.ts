import { expect, test } from 'vitest';
import { PostBench } from '../testing/post-bench.ts';
import { signedFields } from '../testing/post-fields.ts';
import type { PostObjectOptions } from './options.ts';

const bench = new PostBench();

function callback(): NonNullable<PostObjectOptions['callback']> {
  return {
    url: `${bench.emulator.origin}/__emulator/callback-receiver`,
    body: 'key=${object}&operation=${operation}&user=${x:user}',
    variables: { user: '7' },
  };
}

test('a callback is made, and the app’s answer comes back', async () => {
  expect(await bench.post({ callback: callback() })).toMatchObject({
    key: 'a.txt',
    status: 200,
    etag: expect.stringMatching(/^[\dA-F]{32}$/),
    callback: { ok: true, status: 200, body: { Status: 'OK' } },
  });
  expect(bench.emulator.callbacks()).toMatchObject([
    { body: 'key=a.txt&operation=PostObject&user=7', isVerified: true },
  ]);
});

test('a callback may be among the fields that the app’s server made', async () => {
  const encoded = Buffer.from(
    JSON.stringify({ callbackUrl: callback().url, callbackBody: 'a=${x:a}' }),
  ).toString('base64');
  const fields = signedFields({ key: 'k', callback: encoded, 'x:a': 'b' });
  expect((await bench.post({ fields })).callback).toMatchObject({ ok: true });
  expect(bench.emulator.callbacks()).toMatchObject([{ body: 'a=b' }]);
});

test('a callback that fails is told, and the form is not sent again', async () => {
  bench.emulator.faults.add({ fault: { type: 'callback-failed', cause: 502 } });
  const { status, callback: outcome } = await bench.post({ callback: callback() });
  expect(status).toBe(203);
  expect(outcome).toMatchObject({ ok: false, code: 'CallbackFailed' });
  expect(bench.statuses()).toEqual([203]);
  expect(await bench.isStored('a.txt')).toBe(true);
});

test('a callback whose answer is lost is asked for again', async () => {
  bench.emulator.faults.add({ match: { operation: 'PostObject' }, fault: { type: 'lose-answer' } });
  expect((await bench.post({ callback: callback() })).callback).toMatchObject({ ok: true });
  expect(bench.emulator.callbacks()).toHaveLength(2);
});

test('a callback whose answer is lost stays open where the object must not be replaced', async () => {
  bench.emulator.faults.add({ match: { operation: 'PostObject' }, fault: { type: 'lose-answer' } });
  const fields = signedFields({ key: 'k', 'x-oss-forbid-overwrite': 'true' });
  const result = await bench.post({ fields, callback: callback() });
  expect(result).toMatchObject({ key: 'k', status: 409, etag: '', callback: { ok: undefined } });
  expect(await bench.isStored('k')).toBe(true);
});

test.each([200, 203])('a callback is not taken from a page in its place: %i', async (status) => {
  bench.emulator.faults.add({
    match: { operation: 'PostObject' },
    fault: { type: 'html', status },
  });
  expect((await bench.post({ callback: callback() })).callback).toMatchObject({ ok: true });
  expect(bench.events).toMatchObject([{ type: 'retry', error: { kind: 'protocol' } }]);
});

test('a callback that OSS advises against is taken, with a warning', async () => {
  const variables = { user: 'x'.repeat(600) };
  await bench.post({ callback: { ...callback(), variables } });
  expect(bench.events).toEqual([{ type: 'warning', message: expect.stringContaining('512') }]);
});
