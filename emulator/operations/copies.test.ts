import { beforeEach, expect, test } from 'vitest';
import { bytes, element, md5Hex } from '../testing/client.ts';
import { errorOf, useEmulator } from '../testing/harness.ts';

const bench = useEmulator({ buckets: ['partway-demo', 'source-bucket'] });
const SOURCE = 'a b/ü';
const CONTENT = bytes(300_000, 7);
const ENCODED = '/source-bucket/a%20b/%C3%BC';

beforeEach(async () => {
  const headers = {
    'content-type': 'image/png',
    'cache-control': 'no-cache',
    'x-oss-meta-a': 'source',
    'x-oss-tagging': 'k=source',
    'x-oss-storage-class': 'IA',
  };
  await bench.client.send({
    method: 'PUT',
    bucket: 'source-bucket',
    key: SOURCE,
    body: CONTENT,
    headers,
  });
});

function copy(headers: Record<string, string> = {}, key = 'copy') {
  return bench.client.send({
    method: 'PUT',
    key,
    headers: { 'x-oss-copy-source': ENCODED, ...headers },
  });
}

async function tagOf(key: string): Promise<string> {
  return (await bench.client.send({ key, query: { tagging: null } })).text;
}

test('CopyObject takes bytes, metadata and tags over', async () => {
  const reply = await copy();
  expect(reply.status).toBe(200);
  expect(element(reply.text, 'ETag')).toBe(`"${md5Hex(CONTENT)}"`);
  expect(element(reply.text, 'LastModified')).toMatch(/^\d{4}-.*\.000Z$/);
  const source = await bench.client.send({ bucket: 'source-bucket', key: SOURCE });
  const got = await bench.client.send({ key: 'copy' });
  expect(got.body.equals(CONTENT)).toBe(true);
  for (const name of [
    'content-type',
    'cache-control',
    'x-oss-meta-a',
    'etag',
    'x-oss-hash-crc64ecma',
  ])
    expect(got.headers[name]).toBe(source.headers[name]);
  expect(reply.headers['x-oss-hash-crc64ecma']).toBe(source.headers['x-oss-hash-crc64ecma']);
  expect(got.headers['x-oss-storage-class']).toBe('IA');
  expect(await tagOf('copy')).toContain('<Value>source</Value>');
});

test('directives replace metadata and tags', async () => {
  const headers = { 'content-type': 'text/plain', 'x-oss-meta-b': 'new', 'x-oss-tagging': 'k=new' };
  await copy({
    ...headers,
    'x-oss-metadata-directive': 'REPLACE',
    'x-oss-tagging-directive': 'Replace',
  });
  const got = await bench.client.send({ key: 'copy' });
  expect(got.headers).toMatchObject({ 'content-type': 'text/plain', 'x-oss-meta-b': 'new' });
  expect([got.headers['x-oss-meta-a'], got.headers['cache-control']]).toEqual([
    undefined,
    undefined,
  ]);
  expect(await tagOf('copy')).toContain('<Value>new</Value>');
  await copy(headers, 'again');
  expect((await bench.client.send({ key: 'again' })).headers['content-type']).toBe('image/png');
  expect(errorOf(await copy({ 'x-oss-metadata-directive': 'MOVE' }))).toBe('400 InvalidArgument');
});

test('an object can be copied onto itself, to change its metadata', async () => {
  await copy();
  const headers = {
    'x-oss-copy-source': '/partway-demo/copy',
    'x-oss-metadata-directive': 'REPLACE',
  };
  const reply = await bench.client.send({ method: 'PUT', key: 'copy', headers });
  expect(reply.status).toBe(200);
  const got = await bench.client.send({ key: 'copy' });
  expect(got.body.equals(CONTENT)).toBe(true);
  expect(got.headers['x-oss-meta-a']).toBeUndefined();
});

test('the copy of a multipart object is a simple one', async () => {
  const uploadId = await bench.client.initiate('multi');
  const parts = [bytes(102_400, 1), bytes(5, 2)];
  const list: [number, string][] = [];
  for (const [index, part] of parts.entries()) {
    await bench.client.uploadPart('multi', uploadId, index + 1, part);
    list.push([index + 1, md5Hex(part)]);
  }
  await bench.client.complete('multi', uploadId, list);
  await copy({ 'x-oss-copy-source': '/partway-demo/multi' });
  const got = await bench.client.send({ key: 'copy' });
  expect(got.body.equals(Buffer.concat(parts))).toBe(true);
  expect(got.headers['x-oss-object-type']).toBe('Normal');
  expect(got.headers.etag).toBe(`"${md5Hex(Buffer.concat(parts))}"`);
});

test.each([
  ['no bucket', { 'x-oss-copy-source': 'key' }, '400 InvalidArgument'],
  ['no key', { 'x-oss-copy-source': '/source-bucket/' }, '400 InvalidArgument'],
  ['no UTF-8', { 'x-oss-copy-source': '/source-bucket/%FF' }, '400 InvalidArgument'],
  ['a foreign bucket', { 'x-oss-copy-source': '/no-such-bucket/k' }, '404 NoSuchBucket'],
  ['a key that is not there', { 'x-oss-copy-source': '/source-bucket/k' }, '404 NoSuchKey'],
  ['another ETag', { 'x-oss-copy-source-if-match': '"X"' }, '412 PreconditionFailed'],
  [
    'a source that has changed',
    { 'x-oss-copy-source-if-unmodified-since': 'Thu, 01 Jan 2015 00:00:00 GMT' },
    '412 PreconditionFailed',
  ],
])('CopyObject refused: %s', async (_, headers, error) => {
  const reply = await copy(headers);
  expect(errorOf(reply)).toBe(error);
  expect(bench.emulator.objects()).toHaveLength(1);
});

test('a source that has not changed is not copied', async () => {
  const unchanged = [
    { 'x-oss-copy-source-if-none-match': `"${md5Hex(CONTENT)}"` },
    { 'x-oss-copy-source-if-modified-since': new Date(Date.now() + 5000).toUTCString() },
  ];
  for (const headers of unchanged)
    expect((await copy(headers as unknown as Record<string, string>)).status).toBe(304);
  expect((await copy({ 'x-oss-copy-source-if-match': `"${md5Hex(CONTENT)}"` })).status).toBe(200);
});

test('a copy that is too large, and one that may not overwrite', async () => {
  bench.emulator.setLimits({ maxBodySize: 1000 });
  const large = await copy();
  expect(errorOf(large)).toBe('400 EntityTooLarge');
  bench.emulator.setLimits({});
  await copy();
  expect(errorOf(await copy({ 'x-oss-forbid-overwrite': 'true' }))).toBe('409 FileAlreadyExists');
});

test('UploadPartCopy, whole and a range', async () => {
  const { client, emulator } = bench;
  const uploadId = await client.initiate('k');
  const part = (partNumber: number, headers: Record<string, string> = {}) =>
    client.send({
      method: 'PUT',
      key: 'k',
      query: { partNumber: String(partNumber), uploadId },
      headers: { 'x-oss-copy-source': ENCODED, ...headers },
    });
  const whole = await part(1);
  expect(whole.status).toBe(200);
  expect(element(whole.text, 'ETag')).toBe(`"${md5Hex(CONTENT)}"`);
  const range = await part(2, { 'x-oss-copy-source-range': 'bytes=100-199' });
  expect(element(range.text, 'ETag')).toBe(`"${md5Hex(CONTENT.subarray(100, 200))}"`);
  const rest = await part(3, { 'x-oss-copy-source-range': 'bytes=299990-' });
  expect(rest.status).toBe(200);
  expect(emulator.uploads()[0]?.parts.map(({ size }) => size)).toEqual([300_000, 100, 10]);
  for (const [value, error] of [
    ['bytes=a-b', '400 InvalidArgument'],
    ['bytes=5-4', '416 InvalidRange'],
    ['bytes=0-300000', '416 InvalidRange'],
  ] as const)
    expect(errorOf(await part(4, { 'x-oss-copy-source-range': value }))).toBe(error);
  expect((await part(4, { 'x-oss-copy-source-if-none-match': md5Hex(CONTENT) })).status).toBe(304);
  expect(errorOf(await part(4, { 'x-oss-copy-source-if-match': 'x' }))).toBe(
    '412 PreconditionFailed',
  );
  const list: [number, string][] = [
    [1, md5Hex(CONTENT)],
    [3, md5Hex(CONTENT.subarray(299_990))],
  ];
  expect((await client.complete('k', uploadId, list)).status).toBe(200);
  const got = await client.send({ key: 'k' });
  expect(got.body.equals(Buffer.concat([CONTENT, CONTENT.subarray(299_990)]))).toBe(true);
  expect(errorOf(await part(4))).toBe('404 NoSuchUpload');
});

test('corrupting a copied part leaves the source alone', async () => {
  const { client, emulator } = bench;
  const uploadId = await client.initiate('k');
  const headers = { 'x-oss-copy-source': ENCODED };
  await client.uploadPart('k', uploadId, 1, Buffer.alloc(0), { headers });
  expect(emulator.corruptPart(uploadId, 1)).toBe(true);
  const source = await client.send({ bucket: 'source-bucket', key: SOURCE });
  expect(source.body.equals(CONTENT)).toBe(true);
});
