import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { answerTo, element, md5Hex, until } from '../testing/client.ts';
import { errorOf, startEmulator, useEmulator } from '../testing/harness.ts';

const bench = useEmulator();

function append(
  position: number | string | undefined,
  body: string,
  headers = {},
  { client } = bench,
) {
  const query = { append: null, ...(position === undefined ? {} : { position: String(position) }) };
  return client.send({ method: 'POST', key: 'log', query, body, headers });
}

test('an object grows by what is appended, and keeps the metadata of its beginning', async () => {
  const first = await append(0, 'hello ', { 'content-type': 'text/plain', 'x-oss-meta-a': '1' });
  expect(first.status).toBe(200);
  expect(first.headers['x-oss-next-append-position']).toBe('6');
  expect(first.headers['content-md5']).toBe(
    Buffer.from(md5Hex('hello '), 'hex').toString('base64'),
  );
  const second = await append('6', 'world', { 'content-type': 'image/png', 'x-oss-meta-a': '2' });
  expect(second.headers['x-oss-next-append-position']).toBe('11');
  expect(second.headers.etag).not.toBe(first.headers.etag);
  const got = await bench.client.send({ key: 'log' });
  expect(got.text).toBe('hello world');
  expect(got.headers).toMatchObject({
    'content-type': 'text/plain',
    'x-oss-meta-a': '1',
    'x-oss-object-type': 'Appendable',
    'x-oss-next-append-position': '11',
    etag: second.headers.etag,
  });
  expect(got.headers['content-md5']).toBeUndefined();
  const whole = await bench.client.send({ method: 'PUT', key: 'whole', body: 'hello world' });
  for (const reply of [second, got])
    expect(reply.headers['x-oss-hash-crc64ecma']).toBe(whole.headers['x-oss-hash-crc64ecma']);
});

test.each([
  [1, undefined],
  [0, '5'],
  [4, '5'],
  [6, '5'],
])('at position %j of an object of length %j', async (position, size) => {
  if (size !== undefined) await append(0, 'x'.repeat(Number(size)));
  const reply = await append(position, 'y');
  expect(errorOf(reply)).toBe('409 PositionNotEqualToLength');
  expect(element(reply.text, 'Message')).toBe('Position is not equal to file length');
  expect(reply.headers['x-oss-next-append-position']).toBe(size ?? '0');
  expect(bench.emulator.objects()).toHaveLength(size === undefined ? 0 : 1);
});

test('each append can set another ACL', async () => {
  const acl = async (): Promise<string> =>
    element((await bench.client.send({ key: 'log', query: { acl: null } })).text, 'Grant');
  await append(0, 'a', { 'x-oss-object-acl': 'public-read' });
  await append(1, 'b');
  expect(await acl()).toBe('public-read');
  await append(2, 'c', { 'x-oss-object-acl': 'private' });
  expect(await acl()).toBe('private');
});

test('of two that append at one position only the first to arrive succeeds', async () => {
  const { client, emulator } = bench;
  const query = { append: null, position: '0' };
  const slow = client.open({
    method: 'POST',
    key: 'log',
    query,
    headers: { 'content-length': '2' },
  });
  const answer = answerTo(slow);
  slow.write('a');
  await until(() => emulator.log[0]?.bodyBytes === 1);
  await append(0, 'fast');
  slow.end('b');
  expect(errorOf(await answer)).toBe('409 PositionNotEqualToLength');
  expect((await client.send({ key: 'log' })).text).toBe('fast');
});

test('other objects cannot be appended to, and a PutObject ends it', async () => {
  await append(0, 'x');
  await bench.client.send({ method: 'PUT', key: 'log', body: 'x' });
  expect(errorOf(await append(1, 'y'))).toBe('409 ObjectNotAppendable');
});

test.each([
  [undefined, '400 MissingArgument'],
  ['-1', '400 InvalidArgument'],
  ['x', '400 InvalidArgument'],
])('position %j', async (position, error) => {
  expect(errorOf(await append(position, 'x'))).toBe(error);
});

test('what is appended is limited with what is there', async () => {
  bench.emulator.setLimits({ maxBodySize: 10 });
  await append(0, 'x'.repeat(6));
  expect(errorOf(await append(6, 'x'.repeat(5)))).toBe('400 EntityTooLarge');
  expect((await append(6, 'x'.repeat(4))).status).toBe(200);
});

test('a body with another digest is not appended', async () => {
  await append(0, 'x');
  const headers = { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' };
  expect(errorOf(await append(1, 'y', headers))).toBe('400 InvalidDigest');
  expect((await bench.client.send({ key: 'log' })).text).toBe('x');
});

test('on disk an appended object survives a restart, and takes its pieces along when it goes', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'emulator-append-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const first = await startEmulator({ dataDir });
  await append(0, 'one', {}, first);
  await append(3, 'two', {}, first);
  await first.emulator.close();
  const second = await startEmulator({ dataDir });
  expect((await append(6, 'three', {}, second)).headers['x-oss-next-append-position']).toBe('11');
  expect((await second.client.send({ key: 'log' })).text).toBe('onetwothree');
  expect(await readdir(join(dataDir, 'blobs'))).toHaveLength(3);
  await second.client.send({ method: 'DELETE', key: 'log' });
  expect(await readdir(join(dataDir, 'blobs'))).toEqual([]);
});
