import { expect, test } from 'vitest';
import { PERMANENT_KEYS, until } from '../testing/client.ts';
import { startEmulator, useEmulator } from '../testing/harness.ts';

const bench = useEmulator({ buckets: ['partway-demo', 'second-bucket'] });

/** Calls the control API as a page would. */
async function call(method: string, path: string, body?: unknown) {
  const response = await fetch(`${bench.emulator.origin}/__emulator${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect(response.headers.get('content-type')).toBe('application/json');
  return { status: response.status, value: (await response.json()) as unknown };
}

test.each(['', '/'])('says what it is', async (path) => {
  const { origin, region } = bench.emulator;
  const value = { origin, region, buckets: ['partway-demo', 'second-bucket'] };
  expect(await call('GET', path)).toEqual({ status: 200, value });
});

test('any page may call it, with any headers', async () => {
  const response = await fetch(`${bench.emulator.origin}/__emulator/faults`, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://example.com',
      'access-control-request-method': 'DELETE',
      'access-control-request-headers': 'content-type,x-any',
    },
  });
  expect(response.status).toBe(204);
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect(response.headers.get('access-control-allow-methods')).toContain('DELETE');
  expect(response.headers.get('access-control-allow-headers')).toBe('content-type,x-any');
});

test('its own requests are not in the log, and no fault hits them', async () => {
  bench.emulator.faults.add({ times: 0, fault: { type: 'reset' } });
  expect(await call('GET', '/log')).toEqual({ status: 200, value: [] });
});

test('fault rules are added, listed and removed', async () => {
  const rule = {
    match: { operation: 'GetObject' },
    times: 0,
    fault: { type: 'html', status: 502 },
  };
  const added = await call('POST', '/faults', rule);
  const { id } = added.value as { id: string };
  expect(added.status).toBe(201);
  expect((await bench.client.send({ key: 'k' })).status).toBe(502);
  expect((await call('GET', '/faults')).value).toEqual([{ id, rule, seen: 1, hits: 1 }]);
  expect((await call('DELETE', `/faults/${id}`)).status).toBe(200);
  expect((await call('DELETE', `/faults/${id}`)).status).toBe(404);
  expect((await bench.client.send({ key: 'k' })).status).toBe(404);
  await call('POST', '/faults', rule);
  await call('DELETE', '/faults');
  expect(bench.emulator.faults.list()).toEqual([]);
});

test('bandwidth is limited, and the limit lifted', async () => {
  expect((await call('PUT', '/bandwidth', { bytesPerSecond: 1 })).status).toBe(200);
  const reply = bench.client.send({ method: 'PUT', key: 'k', body: 'hundreds of seconds' });
  await until(() => bench.emulator.log[0]?.bodyBytes === 19);
  expect(bench.emulator.objects()).toEqual([]);
  await call('PUT', '/bandwidth', { bytesPerSecond: null });
  expect((await reply).status).toBe(200);
});

test('log, objects and uploads can be read, and the log emptied', async () => {
  await bench.client.send({
    method: 'PUT',
    key: 'k',
    body: 'abc',
    headers: { 'x-oss-meta-a': 'b' },
  });
  const uploadId = await bench.client.initiate('open');
  expect((await call('GET', '/objects')).value).toEqual([
    {
      ...bench.emulator.objects()[0],
      sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    },
  ]);
  expect((await call('GET', '/uploads')).value).toMatchObject([
    { key: 'open', uploadId, parts: [] },
  ]);
  expect((await call('GET', '/log')).value).toMatchObject([
    { operation: 'PutObject' },
    { operation: 'InitiateMultipartUpload' },
  ]);
  expect((await call('DELETE', '/log')).status).toBe(200);
  expect(bench.emulator.log).toEqual([]);
});

test('reset', async () => {
  await bench.client.send({ method: 'PUT', key: 'k', body: 'abc' });
  expect((await call('POST', '/reset')).status).toBe(200);
  expect(bench.emulator.objects()).toEqual([]);
});

test('issues credentials, and makes them expire', async () => {
  const { value } = await call('GET', '/sts?durationSeconds=900');
  const keys = value as ReturnType<typeof bench.emulator.issueCredentials>;
  expect(Object.keys(keys).toSorted()).toEqual([
    'accessKeyId',
    'accessKeySecret',
    'expiration',
    'securityToken',
  ]);
  expect(Date.parse(keys.expiration) - Date.now()).toBeGreaterThan(890_000);
  expect(Date.parse(keys.expiration) - Date.now()).toBeLessThan(901_000);
  expect((await bench.client.send({ key: 'k', keys })).status).toBe(404);
  expect((await call('POST', '/expire-credentials')).status).toBe(200);
  expect((await bench.client.send({ key: 'k', keys })).status).toBe(403);
  expect((await bench.client.send({ key: 'k', keys: PERMANENT_KEYS })).status).toBe(404);
  const hour = (await call('GET', '/sts')).value as { expiration: string };
  expect(Date.parse(hour.expiration) - Date.now()).toBeGreaterThan(3_590_000);
});

test('refuses connections for some seconds, the control API’s own included', async () => {
  const { emulator, client } = await startEmulator();
  const response = await fetch(`${emulator.origin}/__emulator/refuse`, {
    method: 'PUT',
    body: '{"seconds":60}',
  });
  expect(response.status).toBe(200);
  let failure = '';
  while (failure === '') failure = await client.send({ key: 'k' }).then(() => '', String);
  expect(failure).toMatch(/ECONNREFUSED|ECONNRESET/);
  await expect(fetch(`${emulator.origin}/__emulator`)).rejects.toThrow('fetch failed');
  await emulator.faults.restore();
  expect((await fetch(`${emulator.origin}/__emulator`)).status).toBe(200);
});

test.each([
  ['POST', '/faults', { fault: { type: 'explode' } }, 'fault.type', 'one of error,'],
  ['POST', '/faults', undefined, 'rule', 'an object'],
  ['PUT', '/bandwidth', { bytesPerSecond: 'fast' }, 'bytesPerSecond', 'a positive number, or null'],
  ['PUT', '/bandwidth', { bytesPerSecond: -1 }, 'bytesPerSecond', 'a positive number'],
  ['PUT', '/bandwidth', {}, 'bytesPerSecond', 'a positive number, or null'],
  ['PUT', '/bandwidth', { rate: 1 }, 'body.rate', 'no such field'],
  ['PUT', '/refuse', { seconds: 0 }, 'seconds', 'a positive number'],
  ['PUT', '/refuse', [1], 'body', 'an object with seconds'],
  ['GET', '/sts?durationSeconds=soon', undefined, 'durationSeconds', 'a positive number'],
])('%s %s with %j is refused', async (method, path, body, field, expected) => {
  const { status, value } = await call(method, path, body);
  expect(status).toBe(400);
  const problem = value as { error: string; field: string; expected: string };
  expect(problem.field).toBe(field);
  expect(problem.expected).toContain(expected);
  expect(problem.error).toBe(`${field}: expected ${problem.expected}`);
});

test('what is not JSON, or too much of it', async () => {
  for (const [body, expected] of [
    ['{', 'JSON'],
    [`"${'x'.repeat(1_000_001)}"`, 'less than a megabyte'],
  ]) {
    const response = await fetch(`${bench.emulator.origin}/__emulator/faults`, {
      method: 'POST',
      body: body ?? '',
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ field: 'body', expected });
  }
});

test('unknown paths and methods', async () => {
  expect((await call('GET', '/nothing')).status).toBe(404);
  expect((await call('PATCH', '/faults')).status).toBe(405);
});
