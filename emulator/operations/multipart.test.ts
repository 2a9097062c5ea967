import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { answerTo, bytes, element, md5Hex, until } from '../testing/client.ts';
import { errorOf, useEmulator } from '../testing/harness.ts';

const bench = useEmulator();
const KEY = "目录/a b+c(1)'!*~é&<>.bin";

test('a file in parts becomes an object', async () => {
  const { client, emulator } = bench;
  const headers = { 'content-type': 'video/mp4', 'x-oss-meta-name': 'clip' };
  const initiated = await client.send({
    method: 'POST',
    key: KEY,
    query: { uploads: null },
    headers,
  });
  expect(initiated.headers['content-type']).toBe('application/xml');
  expect(element(initiated.text, 'Bucket')).toBe('partway-demo');
  expect(element(initiated.text, 'Key')).toBe(KEY.replace('&<>', '&amp;&lt;&gt;'));
  const uploadId = element(initiated.text, 'UploadId');
  expect(uploadId).toMatch(/^[0-9A-F]{32}$/);

  const parts = [bytes(102_400, 1), bytes(250_000, 2), bytes(7, 3)];
  for (const [index, part] of parts.entries()) {
    const reply = await client.uploadPart(KEY, uploadId, index * 10 + 1, part);
    expect(reply.status).toBe(200);
    expect(reply.headers.etag).toBe(`"${md5Hex(part)}"`);
  }
  expect(emulator.uploads()).toMatchObject([
    {
      bucket: 'partway-demo',
      key: KEY,
      uploadId,
      parts: [{ partNumber: 1, size: 102_400 }, { partNumber: 11 }, { partNumber: 21 }],
    },
  ]);

  const list = parts.map((part, index): [number, string] => [index * 10 + 1, `"${md5Hex(part)}"`]);
  const completed = await client.complete(KEY, uploadId, list);
  const etag = `${md5Hex(parts.map((part) => md5Hex(part)).join(''))}-3`;
  expect(completed.status).toBe(200);
  expect(element(completed.text, 'ETag')).toBe(`"${etag}"`);
  expect(element(completed.text, 'Location')).toMatch(
    /^http:\/\/127\.0\.0\.1:\d+\/partway-demo\/%E7%9B%AE/,
  );
  expect(completed.headers.etag).toBe(`"${etag}"`);

  const whole = Buffer.concat(parts);
  const got = await client.send({ key: KEY });
  expect(got.body.equals(whole)).toBe(true);
  expect(got.headers).toMatchObject({ ...headers, 'x-oss-object-type': 'Multipart' });
  expect(got.headers['content-md5']).toBeUndefined();
  expect(got.headers['x-oss-hash-crc64ecma']).toBe(completed.headers['x-oss-hash-crc64ecma']);
  const put = await client.send({ method: 'PUT', key: 'copy', body: whole });
  expect(put.headers['x-oss-hash-crc64ecma']).toBe(completed.headers['x-oss-hash-crc64ecma']);
  expect(await emulator.sha256('partway-demo', KEY)).toBe(
    createHash('sha256').update(whole).digest('hex'),
  );
  expect(emulator.uploads()).toEqual([]);
});

test('ranges reach over the borders of parts', async () => {
  const { client } = bench;
  const uploadId = await client.initiate('k');
  const parts = [bytes(102_400, 1), bytes(102_400, 2), bytes(10, 3)];
  const list: [number, string][] = [];
  for (const [index, part] of parts.entries()) {
    await client.uploadPart('k', uploadId, index + 1, part);
    list.push([index + 1, md5Hex(part)]);
  }
  await client.complete('k', uploadId, list);
  const reply = await client.send({ key: 'k', headers: { range: 'bytes=102390-204805' } });
  expect(reply.body.equals(Buffer.concat(parts).subarray(102_390, 204_806))).toBe(true);
});

test.each([
  ['PUT', { partNumber: '1', uploadId: 'NONE' }, '0017-00000244'],
  ['GET', { uploadId: 'NONE' }, '0042-00000002'],
  ['POST', { uploadId: 'NONE' }, '0042-00000002'],
  ['DELETE', { uploadId: 'NONE' }, '0042-00000002'],
])('%s of an upload that does not exist', async (method, query, ec) => {
  const body = method === 'PUT' || method === 'POST' ? '<x/>' : '';
  const reply = await bench.client.send({ method, key: 'k', query, body });
  expect(errorOf(reply)).toBe('404 NoSuchUpload');
  expect(element(reply.text, 'UploadId')).toBe('NONE');
  expect(reply.headers['x-oss-ec']).toBe(ec);
});

test('an upload belongs to its key', async () => {
  const uploadId = await bench.client.initiate('k');
  const reply = await bench.client.uploadPart('other', uploadId, 1, bytes(1));
  expect(errorOf(reply)).toBe('404 NoSuchUpload');
});

test('one key may have several uploads, and an object stays until one is completed', async () => {
  const { client, emulator } = bench;
  await client.send({ method: 'PUT', key: 'k', body: 'old' });
  const ids = [await client.initiate('k'), await client.initiate('k')];
  expect(emulator.uploads().map(({ uploadId }) => uploadId)).toEqual(ids);
  await client.uploadPart('k', ids[0] ?? '', 1, Buffer.from('new'));
  expect((await client.send({ key: 'k' })).text).toBe('old');
  await client.complete('k', ids[0] ?? '', [[1, md5Hex('new')]]);
  expect((await client.send({ key: 'k' })).text).toBe('new');
  expect(emulator.uploads().map(({ uploadId }) => uploadId)).toEqual([ids[1]]);
});

test.each(['0', '10001', '-1', '1.5', 'one'])('part number %s', async (partNumber) => {
  const uploadId = await bench.client.initiate('k');
  const query = { partNumber, uploadId };
  const reply = await bench.client.send({ method: 'PUT', key: 'k', query, body: 'x' });
  expect(errorOf(reply)).toBe('400 InvalidArgument');
  expect(element(reply.text, 'ArgumentName')).toBe('PartNumber');
  expect(element(reply.text, 'ArgumentValue')).toBe(partNumber);
});

test.each([
  [{ partNumber: '1' }, 'uploadId'],
  [{ uploadId: 'X' }, 'partNumber'],
])('UploadPart with only %j', async (query: Record<string, string>, missing) => {
  const reply = await bench.client.send({ method: 'PUT', key: 'k', query, body: 'x' });
  expect(errorOf(reply)).toBe('400 InvalidArgument');
  expect(element(reply.text, 'ArgumentValue')).toBe(missing);
});

test('a part is checked against Content-MD5 and CRC64, and a bad one is not stored', async () => {
  const uploadId = await bench.client.initiate('k');
  const md5 = createHash('md5').update('other').digest('base64');
  const upload = (headers: Record<string, string>) =>
    bench.client.uploadPart('k', uploadId, 1, Buffer.from('x'), { headers });
  expect(errorOf(await upload({ 'content-md5': md5 }))).toBe('400 InvalidDigest');
  expect(errorOf(await upload({ 'x-oss-hash-crc64ecma': '7' }))).toBe('400 InvalidCRC64');
  expect(bench.emulator.uploads()[0]?.parts).toEqual([]);
});

test('of two writers of one part the one that finishes last wins', async () => {
  const { client, emulator } = bench;
  const uploadId = await client.initiate('k');
  const query = { partNumber: '1', uploadId };
  const slow = client.open({ method: 'PUT', key: 'k', query, headers: { 'content-length': '8' } });
  const slowAnswer = answerTo(slow);
  slow.write('slow');
  await until(() => emulator.log[1]?.bodyBytes === 4);
  await client.uploadPart('k', uploadId, 1, Buffer.from('quick'));
  expect(emulator.uploads()[0]?.parts[0]?.etag).toBe(md5Hex('quick'));
  slow.end('ness');
  await slowAnswer;
  expect(emulator.uploads()[0]?.parts).toEqual([
    { partNumber: 1, size: 8, etag: md5Hex('slowness') },
  ]);
});

test('a client that leaves before its part is complete stores nothing', async () => {
  const { client, emulator } = bench;
  const uploadId = await client.initiate('k');
  const query = { partNumber: '1', uploadId };
  const headers = { 'content-length': '100000' };
  const outgoing = client.open({ method: 'PUT', key: 'k', query, headers });
  outgoing.on('error', () => undefined);
  outgoing.write(bytes(99_999));
  await until(() => emulator.log[1]?.bodyBytes === 99_999);
  outgoing.destroy();
  await until(() => emulator.log[1]?.outcome === 'client-left');
  expect(emulator.uploads()[0]?.parts).toEqual([]);
});

test('abort drops the parts; a part in flight then finds no upload', async () => {
  const { client, emulator } = bench;
  const uploadId = await client.initiate('k');
  const query = { partNumber: '1', uploadId };
  const slow = client.open({ method: 'PUT', key: 'k', query, headers: { 'content-length': '2' } });
  const slowAnswer = answerTo(slow);
  slow.write('a');
  await until(() => emulator.log[1]?.bodyBytes === 1);
  const aborted = await client.send({ method: 'DELETE', key: 'k', query: { uploadId } });
  expect(aborted.status).toBe(204);
  expect(emulator.uploads()).toEqual([]);
  slow.end('b');
  expect(errorOf(await slowAnswer)).toBe('404 NoSuchUpload');
  const again = await client.send({ method: 'DELETE', key: 'k', query: { uploadId } });
  expect(errorOf(again)).toBe('404 NoSuchUpload');
});

test('Initiate may forbid to overwrite', async () => {
  const headers = { 'x-oss-forbid-overwrite': 'true' };
  await bench.client.initiate('k', { headers });
  await bench.client.send({ method: 'PUT', key: 'k', body: 'x' });
  const reply = await bench.client.send({
    method: 'POST',
    key: 'k',
    query: { uploads: null },
    headers,
  });
  expect(errorOf(reply)).toBe('409 FileAlreadyExists');
});
