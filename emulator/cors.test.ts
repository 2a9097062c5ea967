import { beforeEach, expect, test } from 'vitest';
import type { CorsRule } from './index.ts';
import { element, type Reply } from './testing/client.ts';
import { errorOf, startEmulator, useEmulator } from './testing/harness.ts';

const bench = useEmulator();

const RULES: CorsRule[] = [
  {
    allowedOrigins: ['https://app.example', 'http://*.example:8080'],
    allowedMethods: ['PUT', 'POST'],
    allowedHeaders: ['x-oss-*', 'Authorization', 'content-type'],
    exposeHeaders: ['ETag', 'x-oss-request-id'],
    maxAgeSeconds: 100,
  },
  { allowedOrigins: ['*'], allowedMethods: ['GET'], allowedHeaders: [], exposeHeaders: [] },
];

beforeEach(() => bench.emulator.setCorsRules(RULES));

function preflight(origin: string, method: string, names?: string): Promise<Reply> {
  return bench.client.send({
    method: 'OPTIONS',
    key: 'k',
    keys: null,
    query: { partNumber: '1', uploadId: 'X' },
    headers: {
      ...(origin === '' ? {} : { origin }),
      ...(method === '' ? {} : { 'access-control-request-method': method }),
      ...(names === undefined ? {} : { 'access-control-request-headers': names }),
    },
  });
}

test.each([
  ['https://app.example', 'PUT', 'authorization,x-oss-date', 'https://app.example'],
  ['https://app.example', 'POST', 'X-OSS-META-A, AUTHORIZATION', 'https://app.example'],
  ['https://app.example', 'PUT', undefined, 'https://app.example'],
  ['http://a.example:8080', 'PUT', 'content-type', 'http://a.example:8080'],
  ['http://a.b.example:8080', 'PUT', '', 'http://a.b.example:8080'],
  ['https://anybody.test', 'GET', undefined, '*'],
  ['https://app.example', 'GET', undefined, '*'],
])('preflight of %s for %s with %s', async (origin, method, names, allowed) => {
  const reply = await preflight(origin, method, names);
  expect(reply.status).toBe(200);
  expect(reply.text).toBe('');
  expect(reply.headers['access-control-allow-origin']).toBe(allowed);
  expect(reply.headers['access-control-allow-methods']).toBe(method);
  expect(reply.headers['access-control-allow-headers']).toBe(names === '' ? undefined : names);
  const isFirst = method !== 'GET';
  expect(reply.headers['access-control-max-age']).toBe(isFirst ? '100' : undefined);
  expect(reply.headers['access-control-expose-headers']).toBe(
    isFirst ? 'ETag, x-oss-request-id' : undefined,
  );
  expect(reply.headers.vary).toBeUndefined();
  expect(bench.emulator.log[0]).toMatchObject({
    operation: 'Preflight',
    partNumber: 1,
    uploadId: 'X',
    status: 200,
  });
});

test.each([
  ['another origin', 'https://other.example', 'PUT', undefined],
  ['another scheme', 'http://app.example', 'PUT', undefined],
  ['another port', 'https://app.example:444', 'PUT', undefined],
  ['an origin that only begins alike', 'https://app.example.evil', 'PUT', undefined],
  ['another method', 'https://app.example', 'DELETE', undefined],
  ['another header', 'https://app.example', 'PUT', 'authorization,x-custom'],
  [
    'a header of the first rule with a method of the second',
    'https://app.example',
    'GET',
    'authorization',
  ],
])('preflight refused: %s', async (_, origin, method, names) => {
  const reply = await preflight(origin, method, names);
  expect(errorOf(reply)).toBe('403 AccessForbidden');
  expect(element(reply.text, 'Message')).toContain('This CORS request is not allowed');
  expect(Object.keys(reply.headers).filter((name) => name.startsWith('access-control'))).toEqual(
    [],
  );
});

test.each([
  ['', 'PUT', 'Insufficient information. Origin request header needed.'],
  [
    'https://app.example',
    '',
    'Insufficient information. Request Access-Control-Request-Method header needed.',
  ],
])('preflight incomplete: origin %j, method %j', async (origin, method, missing) => {
  const reply = await preflight(origin, method);
  expect(errorOf(reply)).toBe('400 BadRequest');
  expect(element(reply.text, 'Message')).toBe(missing);
});

test('a bucket without rules refuses every preflight, and says nothing of CORS', async () => {
  bench.emulator.setCorsRules([]);
  expect(errorOf(await preflight('https://app.example', 'PUT'))).toBe('403 AccessForbidden');
  const headers = { origin: 'https://app.example' };
  const reply = await bench.client.send({ method: 'PUT', key: 'k', body: 'x', headers });
  expect(reply.status).toBe(200);
  expect(reply.headers['access-control-allow-origin']).toBeUndefined();
  expect(reply.headers.vary).toBeUndefined();
});

test('a star stands for characters of its own', async () => {
  const [, rule] = RULES;
  const allowedOrigins = ['http://ab*ba.example'];
  bench.emulator.setCorsRules([{ ...rule, allowedOrigins } as CorsRule]);
  expect((await preflight('http://abba.example', 'GET')).status).toBe(200);
  expect((await preflight('http://aba.example', 'GET')).status).toBe(403);
});

test('rules belong to their bucket', async () => {
  const { emulator, client } = await startEmulator({
    buckets: ['one-bucket', 'two-bucket'],
    corsRules: [],
  });
  emulator.setCorsRules(RULES, 'two-bucket');
  const headers = { origin: 'https://app.example', 'access-control-request-method': 'PUT' };
  const call = { method: 'OPTIONS', key: 'k', keys: null, headers };
  expect((await client.send({ ...call, bucket: 'one-bucket' })).status).toBe(403);
  expect((await client.send({ ...call, bucket: 'two-bucket' })).status).toBe(200);
  expect(errorOf(await client.send({ ...call, bucket: 'three-bucket' }))).toBe('404 NoSuchBucket');
  expect(() => emulator.setCorsRules(RULES, 'three-bucket')).toThrow('three-bucket');
});

test('answers to actual requests can be read, errors included', async () => {
  const headers = { origin: 'https://app.example' };
  const stored = await bench.client.send({ method: 'PUT', key: 'k', body: 'x', headers });
  const failed = await bench.client.send({
    method: 'PUT',
    key: 'k',
    keys: null,
    body: 'x',
    headers,
  });
  expect([stored.status, failed.status]).toEqual([200, 403]);
  for (const reply of [stored, failed]) {
    expect(reply.headers['access-control-allow-origin']).toBe('https://app.example');
    expect(reply.headers['access-control-expose-headers']).toBe('ETag, x-oss-request-id');
    expect(reply.headers.vary).toBeUndefined();
  }
});

test('an actual request that no rule allows is carried out, and cannot be read', async () => {
  const headers = { origin: 'https://other.example' };
  const reply = await bench.client.send({ method: 'PUT', key: 'k', body: 'x', headers });
  expect(reply.status).toBe(200);
  expect(bench.emulator.objects()).toHaveLength(1);
  expect(reply.headers['access-control-allow-origin']).toBeUndefined();
  expect(reply.headers.vary).toBeUndefined();
});

test('with responseVary every answer says that it depends on the origin', async () => {
  const { client } = await startEmulator({ responseVary: true, corsRules: RULES });
  const options = {
    method: 'OPTIONS',
    key: 'k',
    keys: null,
    headers: { origin: 'https://app.example', 'access-control-request-method': 'PUT' },
  };
  for (const call of [{ key: 'k' }, { key: 'k', headers: { origin: 'x' } }, options])
    expect((await client.send(call)).headers.vary).toBe('Origin');
});

test('the default rules serve pages of this machine, with every header they need', async () => {
  await bench.emulator.reset();
  for (const origin of ['http://127.0.0.1:5196', 'http://localhost:1']) {
    const reply = await preflight(origin, 'PUT', 'authorization,x-anything');
    expect(reply.headers['access-control-allow-origin']).toBe(origin);
    expect(reply.headers['access-control-max-age']).toBe('600');
    const exposed = String(reply.headers['access-control-expose-headers']).split(', ');
    expect(exposed).toEqual(
      expect.arrayContaining(['ETag', 'Date', 'x-oss-err', 'x-oss-hash-crc64ecma']),
    );
  }
  expect((await preflight('http://example.com', 'PUT')).status).toBe(403);
});

test.each([
  [{ allowedOrigins: [] }, 'allowedOrigins'],
  [{ allowedOrigins: ['http://*.*'] }, 'at most one'],
  [{ allowedMethods: ['OPTIONS'] }, 'allowedMethods'],
  [{ allowedMethods: [] }, 'allowedMethods'],
  [{ allowedHeaders: ['**'] }, 'at most one'],
  [{ exposeHeaders: ['*'] }, 'exposeHeaders'],
])('rules that OSS would refuse: %j', (change, message) => {
  const [rule] = RULES;
  expect(() => bench.emulator.setCorsRules([{ ...rule, ...change } as CorsRule])).toThrow(message);
});
