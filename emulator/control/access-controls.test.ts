import { expect, test } from 'vitest';
import { element, PERMANENT_KEYS } from '../testing/client.ts';
import { errorOf, useEmulator } from '../testing/harness.ts';
import { assumeRole } from '../testing/sts-client.ts';

const bench = useEmulator();

async function control(method: string, path: string, body: unknown): Promise<string> {
  const url = `${bench.emulator.origin}/__emulator${path}`;
  const response = await fetch(url, { method, body: JSON.stringify(body) });
  return `${response.status} ${await response.text()}`;
}

const ALL = [{ effect: 'allow', actions: ['oss:*'], resources: ['*'] }];

test('the clock', async () => {
  expect(await control('PUT', '/clock', { offsetMilliseconds: 3_600_000 })).toBe('200 {}');
  const reply = await bench.client.send({ key: 'k' });
  expect(errorOf(reply)).toBe('403 RequestTimeTooSkewed');
  expect(await control('PUT', '/clock', { offsetMilliseconds: 0 })).toBe('200 {}');
  expect(errorOf(await bench.client.send({ key: 'k' }))).toBe('404 NoSuchKey');
  expect(await control('PUT', '/clock', { offsetMilliseconds: 'soon' })).toMatch(/^400 /);
});

test('the ACL of all buckets, or of one', async () => {
  expect(await control('PUT', '/acl', { acl: 'public-read', bucket: 'partway-demo' })).toBe(
    '200 {}',
  );
  expect(errorOf(await bench.client.send({ key: 'k', keys: null }))).toBe('404 NoSuchKey');
  expect(await control('PUT', '/acl', { acl: 'private' })).toBe('200 {}');
  expect(errorOf(await bench.client.send({ key: 'k', keys: null }))).toBe('403 AccessDenied');
  expect(await control('PUT', '/acl', { acl: 'open' })).toMatch(/^400 .*one of private/);
  expect(await control('PUT', '/acl', { acl: 'private', bucket: 'x' })).toMatch(/^400 .*bucket/);
});

test('hotlink protection', async () => {
  const configuration = { allowEmptyReferer: false, refererList: ['http://app.test'] };
  expect(await control('PUT', '/referer', configuration)).toBe('200 {}');
  const reply = await bench.client.send({ key: 'k', signedBy: 'url-v4' });
  expect(element(reply.text, 'Message')).toBe('You are denied by bucket referer policy.');
  expect(await control('PUT', '/referer', {})).toBe('200 {}');
  const allowed = await bench.client.send({ key: 'k', signedBy: 'url-v4' });
  expect(errorOf(allowed)).toBe('404 NoSuchKey');
  expect(await control('PUT', '/referer', { refererList: 'x' })).toMatch(/^400 /);
  expect(await control('PUT', '/referer', { truncatePath: 1 })).toMatch(/^400 /);
});

test('users, their keys, and the owner', async () => {
  const keys = { accessKeyId: 'anna', accessKeySecret: 'secret' };
  expect(await control('POST', '/users', { ...keys, statements: ALL })).toBe('201 {}');
  expect(await control('POST', '/users', { ...keys, statements: ALL })).toMatch(
    /^400 .*not taken, got anna/,
  );
  expect(errorOf(await bench.client.send({ key: 'k', keys }))).toBe('404 NoSuchKey');
  expect(await control('PUT', '/keys/anna', { enabled: false })).toBe('200 {}');
  expect(errorOf(await bench.client.send({ key: 'k', keys }))).toBe('403 InvalidAccessKeyId');
  expect(await control('PUT', '/keys/nobody', { enabled: false })).toMatch(/^400 .*nobody/);
  expect(await control('PUT', '/keys/anna', { enabled: 'no' })).toMatch(/^400 /);
  expect(await control('PUT', '/owner', { disabled: true })).toBe('200 {}');
  const reply = await bench.client.send({ key: 'k', keys: PERMANENT_KEYS });
  expect(errorOf(reply)).toBe('403 UserDisable');
});

test('roles', async () => {
  const role = { name: 'uploader', statements: ALL, trusted: ['emulator-sts-key-id'] };
  expect(await control('POST', '/roles', role)).toBe('201 {}');
  const parameters = { RoleArn: 'acs:ram::1234567890123456:role/uploader' };
  expect((await assumeRole(bench.emulator, { parameters })).status).toBe(200);
  expect(await control('POST', '/roles', { ...role, name: 'a/b' })).toMatch(/^400 .*role.name/);
  expect(await control('POST', '/roles', { ...role, trusted: [1] })).toMatch(
    /^400 .*role.trusted\[0\]/,
  );
});
