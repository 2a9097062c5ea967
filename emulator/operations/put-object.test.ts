import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { Crc64 } from '../crc64.ts';
import { answerTo, bytes, element, md5Hex, until } from '../testing/client.ts';
import { errorOf, useEmulator } from '../testing/harness.ts';

const bench = useEmulator();

test('stores the body, and tells what was received', async () => {
  const body = bytes(300_000);
  const reply = await bench.client.send({ method: 'PUT', key: 'a/b', body });
  expect(reply.status).toBe(200);
  expect(reply.text).toBe('');
  expect(reply.headers).toMatchObject({
    etag: `"${md5Hex(body)}"`,
    'content-md5': createHash('md5').update(body).digest('base64'),
    'x-oss-hash-crc64ecma': crcOf(body),
    server: 'AliyunOSS',
  });
  expect(reply.headers['x-oss-request-id']).toMatch(/^[0-9A-F]{24}$/);
  expect(reply.headers['x-oss-server-time']).toMatch(/^\d+$/);
  expect(Number.isNaN(Date.parse(reply.headers.date ?? ''))).toBe(false);
  expect(bench.emulator.objects()).toMatchObject([
    { bucket: 'partway-demo', key: 'a/b', size: 300_000, etag: md5Hex(body), type: 'Normal' },
  ]);
  const sha256 = createHash('sha256').update(body).digest('hex');
  expect(await bench.emulator.sha256('partway-demo', 'a/b')).toBe(sha256);
  expect(await bench.emulator.sha256('partway-demo', 'none')).toBeUndefined();
});

test('an empty body is an object too', async () => {
  const reply = await bench.client.send({
    method: 'PUT',
    key: 'empty',
    body: '',
    headers: { 'content-length': '0' },
  });
  expect(reply.headers['x-oss-hash-crc64ecma']).toBe('0');
  expect((await bench.client.send({ key: 'empty' })).body.length).toBe(0);
});

test('keeps content type, response headers and metadata', async () => {
  const headers = {
    'content-type': 'video/mp4',
    'cache-control': 'max-age=60',
    'content-disposition': 'attachment; filename="a.mp4"',
    'content-encoding': 'identity',
    'content-language': 'de',
    expires: 'Sun, 22 Nov 2026 12:00:00 GMT',
    'x-oss-meta-author': 'alice',
  };
  await bench.client.send({ method: 'PUT', key: 'k', body: 'x', headers });
  for (const method of ['GET', 'HEAD'])
    expect((await bench.client.send({ method, key: 'k' })).headers).toMatchObject(headers);
  expect(bench.emulator.objects()).toMatchObject([
    { contentType: 'video/mp4', metadata: { author: 'alice' } },
  ]);
});

test('a later object replaces an earlier one', async () => {
  for (const body of ['one', 'two!']) await bench.client.send({ method: 'PUT', key: 'k', body });
  expect((await bench.client.send({ key: 'k' })).text).toBe('two!');
  expect(bench.emulator.objects()).toHaveLength(1);
});

test('a body must have a length, or be chunked', async () => {
  const call = { method: 'PUT', key: 'k', headers: { 'transfer-encoding': 'chunked' } };
  expect((await bench.client.send({ ...call, body: 'chunked body' })).status).toBe(200);
  const outgoing = bench.client.open({ method: 'PUT', key: 'k' });
  outgoing.useChunkedEncodingByDefault = false;
  outgoing.removeHeader('content-length');
  outgoing.end();
  const reply = await answerTo(outgoing);
  expect(errorOf(reply)).toBe('411 MissingContentLength');
});

test('more than 5 GB is too large', async () => {
  const outgoing = bench.client.open({
    method: 'PUT',
    key: 'k',
    headers: { 'content-length': String(5 * 1024 ** 3 + 1) },
  });
  outgoing.on('error', () => undefined);
  outgoing.flushHeaders();
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  expect(incoming.statusCode).toBe(400);
  expect(bench.emulator.log[0]?.code).toBe('EntityTooLarge');
  outgoing.destroy();
  await until(() => bench.emulator.log[0]?.outcome === 'client-left');
  expect(bench.emulator.objects()).toEqual([]);
});

test('Content-MD5 is compared', async () => {
  const put = (contentMd5: string) =>
    bench.client.send({
      method: 'PUT',
      key: 'k',
      body: 'x',
      headers: { 'content-md5': contentMd5 },
    });
  const reply = await put(md5('y'));
  expect(errorOf(reply)).toBe('400 InvalidDigest');
  expect(element(reply.text, 'ServerComputedContentMD5')).toBe(md5('x'));
  expect(errorOf(await put('nonsense'))).toBe('400 InvalidDigest');
  expect(bench.emulator.objects()).toEqual([]);
  expect((await put(md5('x'))).status).toBe(200);
});

test('a CRC64 that the client sends is compared', async () => {
  const put = (crc: string) =>
    bench.client.send({
      method: 'PUT',
      key: 'k',
      body: 'x',
      headers: { 'x-oss-hash-crc64ecma': crc },
    });
  expect(errorOf(await put('1'))).toBe('400 InvalidCRC64');
  expect(bench.emulator.objects()).toEqual([]);
  expect((await put(crcOf(Buffer.from('x')))).status).toBe(200);
});

test.each(['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'])(
  '%s is not implemented for PutObject',
  async (header) => {
    const reply = await bench.client.send({
      method: 'PUT',
      key: 'k',
      body: 'x',
      headers: { [header]: 'x' },
    });
    expect(errorOf(reply)).toBe('400 NotImplemented');
    expect(element(reply.text, 'Header')).toBe(header);
  },
);

test('overwriting can be forbidden, also while another body comes in', async () => {
  const headers = { 'x-oss-forbid-overwrite': 'true' };
  const slow = bench.client.open({
    method: 'PUT',
    key: 'k',
    headers: { ...headers, 'content-length': '2' },
  });
  const slowAnswer = answerTo(slow);
  slow.write('a');
  await until(() => bench.emulator.log[0]?.bodyBytes === 1);
  expect(
    (await bench.client.send({ method: 'PUT', key: 'k', body: 'first', headers })).status,
  ).toBe(200);
  slow.end('b');
  expect(errorOf(await slowAnswer)).toBe('409 FileAlreadyExists');
  const late = await bench.client.send({ method: 'PUT', key: 'k', body: 'late', headers });
  expect(errorOf(late)).toBe('409 FileAlreadyExists');
  expect((await bench.client.send({ key: 'k' })).text).toBe('first');
});

test('a client that leaves before its body is complete stores nothing', async () => {
  await bench.client.send({ method: 'PUT', key: 'k', body: 'before' });
  const outgoing = bench.client.open({
    method: 'PUT',
    key: 'k',
    headers: { 'content-length': '100000' },
  });
  outgoing.on('error', () => undefined);
  outgoing.write(bytes(50_000));
  await until(() => bench.emulator.log[1]?.bodyBytes === 50_000);
  outgoing.destroy();
  await until(() => bench.emulator.log[1]?.outcome === 'client-left');
  expect(bench.emulator.log[1]?.status).toBe(0);
  expect((await bench.client.send({ key: 'k' })).text).toBe('before');
});

function md5(text: string): string {
  return createHash('md5').update(text).digest('base64');
}

function crcOf(body: Buffer): string {
  const crc = new Crc64();
  crc.update(body);
  return crc.value().toString();
}
