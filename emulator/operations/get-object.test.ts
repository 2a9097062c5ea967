import { beforeEach, expect, test } from 'vitest';
import { bytes, element, md5Hex } from '../testing/client.ts';
import { errorOf, useEmulator } from '../testing/harness.ts';

const bench = useEmulator();
const body = bytes(200_000);

beforeEach(async () => {
  await bench.client.send({
    method: 'PUT',
    key: 'k',
    body,
    headers: { 'content-type': 'image/png' },
  });
});

test('HEAD describes the object without sending it', async () => {
  const reply = await bench.client.send({ method: 'HEAD', key: 'k' });
  expect(reply.status).toBe(200);
  expect(reply.body.length).toBe(0);
  expect(reply.headers).toMatchObject({
    'content-length': '200000',
    'content-type': 'image/png',
    etag: `"${md5Hex(body)}"`,
    'x-oss-object-type': 'Normal',
    'x-oss-storage-class': 'Standard',
    'content-md5': Buffer.from(md5Hex(body), 'hex').toString('base64'),
  });
  expect(reply.headers['x-oss-hash-crc64ecma']).toMatch(/^\d+$/);
  expect(Date.parse(reply.headers['last-modified'] ?? '')).toBeGreaterThan(Date.now() - 10_000);
});

test('an error of HEAD stands in its headers', async () => {
  const reply = await bench.client.send({ method: 'HEAD', key: 'none' });
  expect(reply.status).toBe(404);
  expect(reply.body.length).toBe(0);
  expect(reply.headers['x-oss-ec']).toBe('0026-00000001');
  const document = Buffer.from(String(reply.headers['x-oss-err']), 'base64').toString();
  expect(element(document, 'Code')).toBe('NoSuchKey');
  expect(element(document, 'Key')).toBe('none');
  expect(element(document, 'RequestId')).toBe(reply.headers['x-oss-request-id']);
});

test('GET sends the object', async () => {
  const reply = await bench.client.send({ key: 'k' });
  expect(reply.status).toBe(200);
  expect(reply.body.equals(body)).toBe(true);
  expect(errorOf(await bench.client.send({ key: 'none' }))).toBe('404 NoSuchKey');
});

test.each([
  ['bytes=0-0', 0, 1],
  ['bytes=1000-70000', 1000, 70_001],
  ['bytes=199999-', 199_999, 200_000],
  ['bytes=-5', 199_995, 200_000],
  ['bytes=0-199999', 0, 200_000],
])('%s is a range', async (range, start, end) => {
  const whole = await bench.client.send({ method: 'HEAD', key: 'k' });
  const reply = await bench.client.send({ key: 'k', headers: { range } });
  expect(reply.status).toBe(206);
  expect(reply.headers['content-range']).toBe(`bytes ${start}-${end - 1}/200000`);
  expect(reply.body.equals(body.subarray(start, end))).toBe(true);
  expect(reply.headers['x-oss-hash-crc64ecma']).toBe(whole.headers['x-oss-hash-crc64ecma']);
});

test.each([
  'bytes=0-1,5-6',
  'bytes=5-1',
  'bytes=-',
  'chars=0-1',
  'bytes=0-200000',
  'bytes=200000-',
  'bytes=-200001',
])('%s is ignored', async (range) => {
  const reply = await bench.client.send({ key: 'k', headers: { range } });
  expect(reply.status).toBe(200);
  expect(reply.body.length).toBe(200_000);
});

test('standard range behaviour: cut to size, or refused', async () => {
  expect((await getStandard('bytes=199990-300000')).headers['content-range']).toBe(
    'bytes 199990-199999/200000',
  );
  expect((await getStandard('bytes=-300000')).body.length).toBe(200_000);
  const refused = await getStandard('bytes=200000-');
  expect(errorOf(refused)).toBe('416 InvalidRange');
  expect(refused.headers['content-range']).toBe('bytes */200000');
});

test('DELETE answers 204 whether or not there was an object', async () => {
  for (const key of ['k', 'k', 'none'])
    expect((await bench.client.send({ method: 'DELETE', key })).status).toBe(204);
  expect(bench.emulator.objects()).toEqual([]);
});

function getStandard(range: string) {
  return bench.client.send({ key: 'k', headers: { range, 'x-oss-range-behavior': 'standard' } });
}
