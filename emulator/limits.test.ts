import { expect, test } from 'vitest';
import { answerTo, bytes } from './testing/client.ts';
import { errorOf, startEmulator, useEmulator } from './testing/harness.ts';

const bench = useEmulator();

/** An emulator whose clock stands still until it is moved. */
async function start() {
  const clock = { now: Date.parse('2026-01-01T00:00:00Z') };
  const { client, emulator } = await startEmulator({
    now: () => clock.now,
    buckets: ['partway-demo', 'other-bucket'],
  });
  const send = (call: object) => client.send({ time: clock.now, ...call });
  return { clock, emulator, send };
}

test('a bucket’s requests per second', async () => {
  const { clock, emulator, send } = await start();
  emulator.setLimits({ bucketQps: 2 });
  const statuses = async (bucket?: string) => [
    (await send({ key: 'k', bucket })).status,
    (await send({ key: 'k', bucket })).status,
    (await send({ key: 'k', bucket })).status,
  ];
  expect(await statuses()).toEqual([404, 404, 429]);
  expect(errorOf(await send({ key: 'k' }))).toBe('429 QpsLimitExceeded');
  expect(await statuses('other-bucket')).toEqual([404, 404, 429]);
  clock.now += 500;
  expect(await statuses()).toEqual([404, 429, 429]);
  clock.now += 5000;
  expect(await statuses()).toEqual([404, 404, 429]);
  emulator.setLimits({});
  expect(await statuses()).toEqual([404, 404, 404]);
});

test('the account’s requests per second', async () => {
  const { emulator, send } = await start();
  emulator.setLimits({ accountQps: 1 });
  expect((await send({ key: 'k' })).status).toBe(404);
  expect(errorOf(await send({ key: 'k', bucket: 'other-bucket' }))).toBe(
    '503 TotalQpsLimitExceeded',
  );
  await emulator.reset();
  expect((await send({ key: 'k' })).status).toBe(404);
});

test('bucket operations per second; requests for objects are not among them', async () => {
  const { emulator, send } = await start();
  emulator.setLimits({ metaOperationQps: 1 });
  expect((await send({ query: { location: null } })).status).toBe(200);
  for (const call of [
    { query: { acl: null } },
    { bucket: null },
    { method: 'PUT', bucket: 'new-bucket' },
  ])
    expect(errorOf(await send(call))).toBe('503 MetaOperationQPSLimitExceeded');
  expect((await send({ query: { uploads: null } })).status).toBe(200);
  expect((await send({ key: 'k', method: 'PUT', body: 'x' })).status).toBe(200);
});

test('bytes per second into the account', async () => {
  const { clock, emulator, send } = await start();
  emulator.setLimits({ uploadRate: 1000 });
  const put = (size: number) => send({ method: 'PUT', key: 'k', body: bytes(size) });
  expect((await put(600)).status).toBe(200);
  expect(errorOf(await put(600))).toBe('503 UploadTrafficRateLimitExceeded');
  expect((await put(400)).status).toBe(200);
  expect((await send({ key: 'k' })).status).toBe(200);
  clock.now += 1000;
  // More than a second's worth passes when nothing is owed, and has to be waited for afterwards.
  expect((await put(5000)).status).toBe(200);
  clock.now += 4000;
  expect(errorOf(await put(1000))).toBe('503 UploadTrafficRateLimitExceeded');
  clock.now += 1000;
  expect((await put(1000)).status).toBe(200);
});

test('bytes per second out of the account', async () => {
  const { clock, emulator, send } = await start();
  await send({ method: 'PUT', key: 'k', body: bytes(3000) });
  emulator.setLimits({ downloadRate: 1000 });
  expect((await send({ key: 'k' })).body).toHaveLength(3000);
  expect(errorOf(await send({ key: 'k' }))).toBe('503 DownloadTrafficRateLimitExceeded');
  expect((await send({ method: 'HEAD', key: 'k' })).status).toBe(200);
  clock.now += 2000;
  const range = { range: 'bytes=0-9' };
  expect((await send({ key: 'k', headers: range })).status).toBe(206);
  expect(errorOf(await send({ key: 'k' }))).toBe('503 DownloadTrafficRateLimitExceeded');
});

test('a request can be held back instead, and says so', async () => {
  const { emulator, send } = await start();
  emulator.setLimits({ bucketQps: 10, maxDelay: 150 });
  for (let index = 0; index < 10; index++)
    expect((await send({ key: 'k' })).headers['x-oss-qos-delay-time']).toBeUndefined();
  await send({ method: 'PUT', key: 'k', body: 'x' });
  emulator.setLimits({ bucketQps: 10, maxDelay: 150 });
  for (let index = 0; index < 10; index++) await send({ key: 'k' });
  const before = performance.now();
  const delayed = await send({ key: 'k' });
  expect(delayed.status).toBe(200);
  expect(delayed.headers['x-oss-qos-delay-time']).toBe('100');
  expect(performance.now() - before).toBeGreaterThanOrEqual(99);
  expect(errorOf(await send({ key: 'k' }))).toBe('429 QpsLimitExceeded');
});

test.each(['PUT', 'POST', 'part'])(
  'a body that is too large, announced or chunked: %s',
  async (kind) => {
    const { client, emulator } = bench;
    emulator.setLimits({ maxBodySize: 1000 });
    const uploadId = await client.initiate('k');
    const query: Record<string, string | null> =
      kind === 'part'
        ? { uploadId, partNumber: '1' }
        : kind === 'POST'
          ? { append: null, position: '0' }
          : {};
    const call = { method: kind === 'POST' ? 'POST' : 'PUT', key: 'k', query };
    expect((await client.send({ ...call, body: bytes(1000) })).status).toBe(200);
    if (kind === 'POST') await client.send({ method: 'DELETE', key: 'k' });
    expect(errorOf(await client.send({ ...call, body: bytes(1001) }))).toBe('400 EntityTooLarge');
    const chunked = client.open({ ...call, headers: { 'transfer-encoding': 'chunked' } });
    const answer = answerTo(chunked);
    chunked.write(bytes(600));
    chunked.end(bytes(600));
    expect(errorOf(await answer)).toBe('400 EntityTooLarge');
  },
);

test('limits that are none', () => {
  const { emulator } = bench;
  expect(() => emulator.setLimits({ accountQps: 0 })).toThrow(
    'limits.accountQps: expected a positive',
  );
  expect(() => emulator.setLimits({ maxBuckets: -1 })).toThrow(
    'limits.maxBuckets: expected an integer',
  );
  expect(() => emulator.setLimits({ qps: 1 } as object)).toThrow(
    'limits.qps: expected no such field',
  );
});

test.each(['header', 'query'])(
  'x-oss-traffic-limit shapes its own connection, by %s',
  async (place) => {
    const { client } = bench;
    const limit = { 'x-oss-traffic-limit': '819200' };
    const call = place === 'header' ? { headers: limit } : { query: limit };
    const body = bytes(51_200);
    const took = async (work: Promise<{ status: number }>) => {
      const before = performance.now();
      expect((await work).status).toBe(200);
      return performance.now() - before;
    };
    const limited = took(client.send({ method: 'PUT', key: 'k', body, ...call }));
    expect(await took(client.send({ method: 'PUT', key: 'other', body }))).toBeLessThan(400);
    expect(await limited).toBeGreaterThanOrEqual(490);
    expect(await took(client.send({ key: 'k', ...call }))).toBeGreaterThanOrEqual(490);
    expect(await took(client.send({ key: 'k' }))).toBeLessThan(400);
  },
);

test.each([
  ['819199', {}],
  ['838860801', {}],
  ['fast', {}],
  ['819200', { 'x-oss-traffic-limit': '819200' }],
])('x-oss-traffic-limit %s', async (value, query) => {
  const { client } = bench;
  const headers = { 'x-oss-traffic-limit': value };
  const uploadId = await client.initiate('k');
  const copy = { ...headers, 'x-oss-copy-source': '/partway-demo/k' };
  for (const call of [
    { method: 'PUT', key: 'k', body: 'x', headers, query },
    { key: 'k', headers, query },
    { method: 'PUT', key: 'k', headers: copy, query },
    { method: 'PUT', key: 'k', body: 'x', headers, query: { ...query, uploadId, partNumber: '1' } },
  ])
    expect(errorOf(await client.send(call as object))).toBe('400 InvalidArgument');
});
