import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { bytes, element, type Keys, md5Hex, PERMANENT_KEYS } from '../testing/client.ts';
import { type Post, sendForm, signedForm } from '../testing/form.ts';
import { errorOf, startEmulator, useEmulator } from '../testing/harness.ts';

const bench = useEmulator();

function post(keys: Keys, form: Post = {}) {
  return sendForm(bench.client, { fields: signedForm(keys, ['key', 'alice/a']), ...form });
}

test('a form needs the right to put its key, of the user who signed it', async () => {
  const alice = { accessKeyId: 'alice', accessKeySecret: 'secret' };
  const statement = { effect: 'allow', actions: ['oss:PutObject'] } as const;
  bench.emulator.addUser({
    ...alice,
    statements: [{ ...statement, resources: ['acs:oss:*:*:partway-demo/alice/*'] }],
  });
  expect((await post(alice)).status).toBe(204);
  const elsewhere = await post(alice, { fields: signedForm(alice, ['key', 'bob/a']) });
  expect(errorOf(elsewhere)).toBe('403 AccessDenied');
  expect(element(elsewhere.text, 'Message')).toBe(
    'You have no right to access this object because of bucket acl.',
  );
  expect(bench.emulator.objects().map(({ key }) => key)).toEqual(['alice/a']);
});

test('a session policy narrows what a form may do', async () => {
  const keys = bench.emulator.issueCredentials({ statements: [] });
  expect(element((await post(keys)).text, 'Message')).toBe("Access denied by authorizer's policy.");
});

test('setRights denies forms like any operation', async () => {
  bench.emulator.setRights(['PostObject']);
  expect(errorOf(await post(PERMANENT_KEYS))).toBe('403 AccessDenied');
});

test('hotlink protection looks at forms', async () => {
  bench.emulator.setReferer({ allowEmptyReferer: false, refererList: ['https://*.example.com'] });
  const refused = await post(PERMANENT_KEYS, { headers: { referer: 'https://elsewhere/' } });
  expect(element(refused.text, 'Message')).toBe('You are denied by bucket referer policy.');
  const allowed = { referer: 'https://app.example.com' };
  expect((await post(PERMANENT_KEYS, { headers: allowed })).status).toBe(204);
});

test('a page can read the answer, and the error', async () => {
  const headers = { origin: 'http://localhost:1' };
  const good = await post(PERMANENT_KEYS, { headers });
  const bad = await post(PERMANENT_KEYS, { headers, fields: [] });
  for (const reply of [good, bad])
    expect(reply.headers['access-control-allow-origin']).toBe('http://localhost:1');
});

test('with a directory, what a form brought survives a restart', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'emulator-form-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const first = await startEmulator({ dataDir });
  const content = bytes(3_000_000);
  const fields = signedForm(PERMANENT_KEYS, ['key', 'k']);
  expect((await sendForm(first.client, { fields, files: [{ content }] })).status).toBe(204);
  await first.emulator.close();
  const second = await startEmulator({ dataDir });
  const object = await second.client.send({ key: 'k' });
  expect(object.body.equals(content)).toBe(true);
  expect(object.headers.etag).toBe(`"${md5Hex(content)}"`);
});
