import { expect, test } from 'vitest';
import { errorOf, useEmulator } from '../testing/harness.ts';

const bench = useEmulator();

async function put(path: string, body: unknown) {
  const reply = await fetch(`${bench.emulator.origin}/__emulator${path}`, {
    method: 'PUT',
    body: JSON.stringify(body),
  });
  return { status: reply.status, body: (await reply.json()) as { field?: string } };
}

test('limits', async () => {
  expect(await put('/limits', { accountQps: 0.001 })).toEqual({ status: 200, body: {} });
  await bench.client.send({ key: 'k' });
  expect(errorOf(await bench.client.send({ key: 'k' }))).toBe('503 TotalQpsLimitExceeded');
  expect((await put('/limits', {})).status).toBe(200);
  expect(errorOf(await bench.client.send({ key: 'k' }))).toBe('404 NoSuchKey');
  expect(await put('/limits', { accountQps: '1' })).toMatchObject({
    status: 400,
    body: { field: 'limits.accountQps' },
  });
});

test('custom domains', async () => {
  expect((await put('/domains', { 'files.example.com': 'partway-demo' })).status).toBe(200);
  const call = { key: 'k', virtualHost: true, headers: { host: 'files.example.com' } };
  expect((await bench.client.send({ ...call, method: 'PUT', body: 'x' })).status).toBe(200);
  expect(await put('/domains', { 'files.example.com': 'No' })).toMatchObject({
    status: 400,
    body: { field: 'files.example.com' },
  });
  expect((await put('/domains', [])).status).toBe(400);
  expect((await bench.client.send(call)).text).toBe('x');
});
