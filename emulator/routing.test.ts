import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { element } from './testing/client.ts';
import { errorOf, useEmulator } from './testing/harness.ts';

const bench = useEmulator({ buckets: ['partway-demo', 'second-bucket'] });

test.each([false, true])('a bucket in the host or in the path (%j)', async (virtualHost) => {
  const key = '__emulator/a b';
  const call = { bucket: 'second-bucket', key, virtualHost };
  expect((await bench.client.send({ ...call, method: 'PUT', body: 'x' })).status).toBe(200);
  expect((await bench.client.send(call)).text).toBe('x');
  expect(bench.emulator.objects()).toMatchObject([{ bucket: 'second-bucket', key }]);
  expect(bench.emulator.log[0]).toMatchObject({ bucket: 'second-bucket', key });
});

test('Complete tells where the object is, by the host that was asked', async () => {
  const call = { virtualHost: true };
  const uploadId = await bench.client.initiate('a b', call);
  const { headers } = await bench.client.uploadPart('a b', uploadId, 1, Buffer.from('x'), call);
  const reply = await bench.client.complete('a b', uploadId, [[1, headers.etag ?? '']], call);
  expect(element(reply.text, 'Location')).toMatch(/^http:\/\/partway-demo\.localhost:\d+\/a%20b$/);
});

test.each([
  ['plain.txt', 'plain.txt'],
  ['a folder', 'folder/'],
  ['an empty segment', 'a//b'],
  ['everything that needs escaping', '100% + ü & <x> "y" \'z\' ?#'],
  ['beyond Latin', '目录/😀'],
  ['1023 letters', 'x'.repeat(1023)],
  ['1022 bytes of two-byte letters', 'é'.repeat(511)],
])('key: %s', async (_, key) => {
  expect((await bench.client.send({ method: 'PUT', key, body: key })).status).toBe(200);
  expect((await bench.client.send({ key })).text).toBe(key);
  expect(bench.emulator.objects()[0]?.key).toBe(key);
});

test.each([
  ['leading slash', '/leading', 'The specified object is not valid.'],
  ['leading backslash', '\\leading', 'The specified object is not valid.'],
  ['1024 letters', 'x'.repeat(1024), 'The Length of Object name must be less than 1024.'],
  [
    '1024 bytes of two-byte letters',
    'é'.repeat(512),
    'The Length of Object name must be less than 1024.',
  ],
])('illegal key: %s', async (_, key, message) => {
  const reply = await bench.client.send({ method: 'PUT', key, body: 'x' });
  expect(errorOf(reply)).toBe('400 InvalidObjectName');
  expect(element(reply.text, 'Message')).toBe(message);
  expect(bench.emulator.log[0]).toMatchObject({
    operation: 'Unknown',
    code: 'InvalidObjectName',
  });
});

test('a literal plus in a path is a space, as the SDK for Go writes it', async () => {
  const call = { method: 'PUT', key: 'a b', body: 'x' };
  const { path, headers } = bench.client.prepare(call);
  const { port } = new URL(bench.emulator.origin);
  const reply = await rawAnswer(
    Number(port),
    `PUT ${path.replace('%20', '+')} HTTP/1.1\r\n${Object.entries(headers)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')}content-length: 1\r\nconnection: close\r\n\r\nx`,
  );
  expect(reply).toContain('HTTP/1.1 200 OK');
  expect(bench.emulator.objects()).toMatchObject([{ key: 'a b' }]);
});

test('a path that is not UTF-8 is no key', async () => {
  const { port } = new URL(bench.emulator.origin);
  const answer = await rawAnswer(
    Number(port),
    `GET /partway-demo/%FF%FE HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer).toContain('<Code>InvalidObjectName</Code>');
});

test.each(['Upper', 'under_score', '-lead', 'trail-', 'ab', 'x'.repeat(64)])(
  'illegal bucket %s',
  async (bucket) => {
    expect(errorOf(await bench.client.send({ bucket, key: 'k' }))).toBe('400 InvalidBucketName');
  },
);

test('a bucket that does not exist', async () => {
  const reply = await bench.client.send({ bucket: 'no-such-bucket', key: 'k' });
  expect(errorOf(reply)).toBe('404 NoSuchBucket');
  expect(element(reply.text, 'BucketName')).toBe('no-such-bucket');
});

test.each([
  ['POST', 'k', 'Object', 'post'],
  ['PATCH', 'k', 'Object', 'patch'],
  ['HEAD', undefined, 'Bucket', 'head'],
])('%s of %s is not allowed', async (method, key, resource, name) => {
  const reply = await bench.client.send({
    method,
    ...(key === undefined ? {} : { key }),
    body: '',
  });
  expect(reply.status).toBe(405);
  expect(reply.headers.allow).toContain('GET');
  if (method === 'HEAD') return;
  expect(errorOf(reply)).toBe('405 MethodNotAllowed');
  expect(element(reply.text, 'Method')).toBe(name);
  expect(element(reply.text, 'ResourceType')).toBe(resource);
});

test.each([
  ['GET', 'k', 'symlink'],
  ['POST', 'k', 'restore'],
  ['GET', undefined, 'policy'],
  ['PUT', undefined, 'versioning'],
])('%s of %s with %s is not implemented', async (method, key, subResource) => {
  const reply = await bench.client.send({
    method,
    ...(key === undefined ? {} : { key }),
    query: { [subResource]: null },
    body: '',
  });
  expect(errorOf(reply)).toBe('501 NotImplemented');
});

test.each([
  ['PUT', { partNumber: '1', uploadId: 'X' }],
  ['POST', { append: null, position: '0' }],
  ['HEAD', { objectMeta: null }],
])('%s with %j needs a key', async (method, query) => {
  const reply = await bench.client.send({ method, query });
  expect(reply.status).toBe(400);
  if (method === 'HEAD') return;
  expect(errorOf(reply)).toBe('400 InvalidObjectName');
  expect(element(reply.text, 'Message')).toBe('The Object name can not be empty.');
});

test('the service itself can only be listed', async () => {
  expect(errorOf(await bench.client.send({ bucket: null, method: 'DELETE' }))).toBe(
    '405 MethodNotAllowed',
  );
});

test('parameters that mean nothing change nothing', async () => {
  const query = { foo: 'a b+c&d', bar: null };
  expect((await bench.client.send({ method: 'PUT', key: 'k', body: 'x', query })).status).toBe(200);
  expect((await bench.client.send({ key: 'k', query })).text).toBe('x');
});

function rawAnswer(port: number, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (piece: string) => {
      text += piece;
    });
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });
}
