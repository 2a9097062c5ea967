import { expect, test } from 'vitest';
import { bytes, element, md5Hex } from '../testing/client.ts';
import { errorOf, startEmulator, useEmulator } from '../testing/harness.ts';
import type { BucketAcl } from '../types.ts';

const bench = useEmulator({ buckets: ['partway-demo', 'other-bucket'] });
const ANONYMOUS = { keys: null } as const;

function put(key: string, headers: Record<string, string> = {}) {
  return bench.client.send({ method: 'PUT', key, headers, body: 'x' });
}

test.each(['GET', 'HEAD'])('a private bucket denies an anonymous %s', async (method) => {
  await put('k');
  const reply = await bench.client.send({ method, key: 'k', ...ANONYMOUS });
  expect(reply.status).toBe(403);
  expect(reply.headers['x-oss-ec']).toBe('0003-00000001');
});

test('public-read: everybody reads, nobody writes', async () => {
  await put('k');
  bench.emulator.setAcl('public-read');
  for (const method of ['GET', 'HEAD'])
    expect((await bench.client.send({ method, key: 'k', ...ANONYMOUS })).status).toBe(200);
  const missing = await bench.client.send({ key: 'missing', ...ANONYMOUS });
  expect(errorOf(missing)).toBe('404 NoSuchKey');
  for (const method of ['PUT', 'DELETE']) {
    const reply = await bench.client.send({ method, key: 'k', ...ANONYMOUS, body: '' });
    expect(errorOf(reply)).toBe('403 AccessDenied');
    expect(element(reply.text, 'Message')).toBe(
      'You have no right to access this object because of bucket acl.',
    );
  }
  const initiate = { method: 'POST', key: 'k', query: { uploads: null }, ...ANONYMOUS };
  const reply = await bench.client.send(initiate);
  expect(element(reply.text, 'Message')).toBe('Anonymous user has no right to access this object.');
});

test('public-read: everybody lists', async () => {
  await put('k');
  expect((await bench.client.send(ANONYMOUS)).status).toBe(403);
  bench.emulator.setAcl('public-read');
  const reply = await bench.client.send(ANONYMOUS);
  expect(element(reply.text, 'Key')).toBe('k');
});

test('public-read-write: an anonymous client puts, uploads parts and deletes', async () => {
  bench.emulator.setAcl('public-read-write');
  const { client } = bench;
  const body = bytes(1000);
  expect((await client.send({ method: 'PUT', key: 'k', body, ...ANONYMOUS })).status).toBe(200);
  const uploadId = await client.initiate('m', ANONYMOUS);
  expect((await client.uploadPart('m', uploadId, 1, body, ANONYMOUS)).status).toBe(200);
  expect((await client.complete('m', uploadId, [[1, md5Hex(body)]], ANONYMOUS)).status).toBe(200);
  expect((await client.send({ key: 'm', ...ANONYMOUS })).body).toEqual(body);
  expect((await client.send({ method: 'DELETE', key: 'k', ...ANONYMOUS })).status).toBe(204);
  expect(bench.emulator.objects().map(({ key }) => key)).toEqual(['m']);
});

test('an ACL is that of one bucket, and reset takes it back', async () => {
  const call = { key: 'k', ...ANONYMOUS };
  bench.emulator.setAcl('public-read', 'other-bucket');
  expect(errorOf(await bench.client.send(call))).toBe('403 AccessDenied');
  expect(errorOf(await bench.client.send({ ...call, bucket: 'other-bucket' }))).toBe(
    '404 NoSuchKey',
  );
  await bench.emulator.reset();
  expect(errorOf(await bench.client.send({ ...call, bucket: 'other-bucket' }))).toBe(
    '403 AccessDenied',
  );
});

test('buckets can start with an ACL', async () => {
  const { client } = await startEmulator({ acl: 'public-read' });
  expect(errorOf(await client.send({ key: 'k', ...ANONYMOUS }))).toBe('404 NoSuchKey');
});

test('an ACL or a bucket that there is not', async () => {
  expect(() => bench.emulator.setAcl('public' as BucketAcl)).toThrow('acl: expected one of');
  expect(() => bench.emulator.setAcl('private', 'nowhere')).toThrow('nowhere');
  await expect(startEmulator({ acl: 'open' as BucketAcl })).rejects.toThrow('acl');
});

test('a public bucket still judges a signature that is there', async () => {
  bench.emulator.setAcl('public-read');
  const keys = { accessKeyId: 'nobody', accessKeySecret: 's' };
  expect(errorOf(await bench.client.send({ key: 'k', keys }))).toBe('403 InvalidAccessKeyId');
});

test('an object’s own ACL goes before its bucket’s', async () => {
  await put('open', { 'x-oss-object-acl': 'public-read' });
  await put('default', { 'x-oss-object-acl': 'default' });
  expect((await bench.client.send({ key: 'open', ...ANONYMOUS })).status).toBe(200);
  expect((await bench.client.send({ key: 'default', ...ANONYMOUS })).status).toBe(403);
  bench.emulator.setAcl('public-read-write');
  await put('closed', { 'x-oss-object-acl': 'private' });
  expect((await bench.client.send({ key: 'closed', ...ANONYMOUS })).status).toBe(403);
  expect((await bench.client.send({ key: 'default', ...ANONYMOUS })).status).toBe(200);
});

test('Complete can give the object an ACL', async () => {
  const uploadId = await bench.client.initiate('m');
  const part = await bench.client.uploadPart('m', uploadId, 1, bytes(10));
  const headers = { 'x-oss-object-acl': 'public-read' };
  await bench.client.complete('m', uploadId, [[1, part.headers.etag ?? '']], { headers });
  expect((await bench.client.send({ key: 'm', ...ANONYMOUS })).status).toBe(200);
});

test('an object ACL that there is not', async () => {
  const reply = await put('k', { 'x-oss-object-acl': 'public' });
  expect(errorOf(reply)).toBe('400 InvalidArgument');
  expect(element(reply.text, 'ArgumentName')).toBe('x-oss-object-acl');
});
