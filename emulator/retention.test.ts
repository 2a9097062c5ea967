import { expect, test } from 'vitest';
import { bytes } from './testing/client.ts';
import { errorOf, useEmulator } from './testing/harness.ts';

const bench = useEmulator();

function put(key = 'k') {
  return bench.client.send({ method: 'PUT', key, body: 'x' });
}

test('an object that is kept is neither replaced nor deleted; parts upload, Complete fails', async () => {
  const { client, emulator } = bench;
  await put();
  emulator.setRetention('partway-demo', 3600);
  expect(errorOf(await put())).toBe('409 FileImmutable');
  expect(errorOf(await client.send({ method: 'DELETE', key: 'k' }))).toBe('409 FileImmutable');
  const uploadId = await client.initiate('k');
  const part = await client.uploadPart('k', uploadId, 1, bytes(10));
  expect(part.status).toBe(200);
  const list: [number, string][] = [[1, part.headers.etag ?? '']];
  expect(errorOf(await client.complete('k', uploadId, list))).toBe('409 FileImmutable');
  expect(emulator.uploads()).toHaveLength(1);
  expect((await put('new')).status).toBe(200);
  emulator.setClockOffset(3_600_001);
  const time = Date.now() + 3_600_001;
  expect((await client.complete('k', uploadId, list, { time })).status).toBe(200);
});

test('a retention is set over HTTP, and lifted', async () => {
  await put();
  const set = async (seconds: number | null) => {
    const body = JSON.stringify({ bucket: 'partway-demo', seconds });
    const url = `${bench.emulator.origin}/__emulator/retention`;
    return (await fetch(url, { method: 'PUT', body })).status;
  };
  expect(await set(60)).toBe(200);
  expect(errorOf(await put())).toBe('409 FileImmutable');
  expect(await set(null)).toBe(200);
  expect((await put()).status).toBe(200);
  expect(await set(-1)).toBe(400);
  expect(() => bench.emulator.setRetention('nowhere', 1)).toThrow('bucket');
});

test('reset lifts it', async () => {
  bench.emulator.setRetention('partway-demo', 60);
  await bench.emulator.reset();
  await put();
  expect((await put()).status).toBe(200);
});
