import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { createEmulator } from './index.ts';
import { bytes, DEAD, md5Hex, until } from './testing/client.ts';
import { errorOf, startEmulator, useEmulator } from './testing/harness.ts';

const bench = useEmulator();

test('says where it is and what it serves', async () => {
  const { emulator } = await startEmulator({
    region: 'cn-beijing',
    buckets: ['one-bucket', 'two-bucket'],
  });
  expect(emulator.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(emulator.region).toBe('cn-beijing');
  expect(emulator.buckets).toEqual(['one-bucket', 'two-bucket']);
});

test('region and permanent key are options', async () => {
  const keys = { accessKeyId: 'id', accessKeySecret: 'secret' };
  const { client } = await startEmulator({ region: 'cn-beijing', ...keys });
  expect((await client.send({ key: 'k', keys, region: 'cn-beijing' })).status).toBe(404);
  expect(errorOf(await client.send({ key: 'k', keys }))).toBe('400 InvalidArgument');
});

test('a port that is taken, and names that are illegal, are refused', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  await expect(createEmulator({ port })).rejects.toThrow('EADDRINUSE');
  server.close();
  await expect(createEmulator({ buckets: ['NO'] })).rejects.toThrow(
    'buckets: expected a legal name, got NO',
  );
});

test('the log follows every request from its arrival, without secrets', async () => {
  const { client, emulator } = bench;
  const keys = emulator.issueCredentials();
  emulator.faults.add({ match: { operation: 'PutObject' }, fault: { type: 'delay', ms: 60_000 } });
  const controller = new AbortController();
  const headers = { 'x-oss-meta-a': 'b' };
  const call = { method: 'PUT', key: 'a b', body: 'xyz', keys, headers, signal: controller.signal };
  const reply = client.send(call);
  await until(() => emulator.log[0]?.bodyBytes === 3);
  expect(emulator.log[0]).toMatchObject({
    method: 'PUT',
    operation: 'PutObject',
    bucket: 'partway-demo',
    key: 'a b',
    status: 0,
    outcome: 'pending',
    headers: { 'x-oss-meta-a': 'b', authorization: 'redacted', 'x-oss-security-token': 'redacted' },
  });
  expect(JSON.stringify(emulator.log)).not.toContain(keys.securityToken);
  controller.abort();
  await expect(reply).rejects.toThrow('aborted');
  await until(() => emulator.log[0]?.outcome === 'client-left');
  expect(emulator.log[0]).toMatchObject({ status: 0 });
  expect(emulator.log[0]?.finishedAt).toBeGreaterThanOrEqual(emulator.log[0]?.at ?? 0);

  const missing = await client.send({ key: 'none' });
  expect(emulator.log[1]).toMatchObject({
    id: missing.headers['x-oss-request-id'],
    status: 404,
    code: 'NoSuchKey',
    outcome: 'answered',
  });
  emulator.clearLog();
  expect(emulator.log).toEqual([]);
});

test('rights can be taken away and given back', async () => {
  const { client, emulator } = bench;
  emulator.setRights(['ListParts', 'HeadObject']);
  const uploadId = await client.initiate('k');
  expect(errorOf(await client.listParts('k', uploadId))).toBe('403 AccessDenied');
  expect((await client.send({ method: 'HEAD', key: 'k' })).status).toBe(403);
  expect((await client.uploadPart('k', uploadId, 1, bytes(1))).status).toBe(200);
  emulator.setRights([]);
  expect((await client.listParts('k', uploadId)).status).toBe(200);
});

test('stored parts and uploads can be tampered with', async () => {
  const { client, emulator } = bench;
  const uploadId = await client.initiate('k');
  for (const [number, size] of [
    [1, 3],
    [2, 200_000],
    [3, 0],
  ] as const)
    await client.uploadPart('k', uploadId, number, bytes(size));
  expect(emulator.corruptPart(uploadId, 2)).toBe(true);
  expect(emulator.uploads()[0]?.parts[1]?.etag).not.toBe(md5Hex(bytes(200_000)));
  expect(emulator.corruptPart(uploadId, 3)).toBe(false);
  expect(emulator.corruptPart(uploadId, 4)).toBe(false);
  expect(emulator.dropPart(uploadId, 1)).toBe(true);
  expect(emulator.dropPart(uploadId, 1)).toBe(false);
  expect(emulator.uploads()[0]?.parts.map(({ partNumber }) => partNumber)).toEqual([2, 3]);
  expect(emulator.forgetUpload(uploadId)).toBe(true);
  expect(emulator.forgetUpload(uploadId)).toBe(false);
});

test('reset goes back to the start, but credentials stay', async () => {
  const { client, emulator } = bench;
  const keys = emulator.issueCredentials();
  await client.send({ method: 'PUT', key: 'k', body: 'x' });
  await client.initiate('k');
  emulator.faults.add({ times: 0, fault: { type: 'close' } });
  emulator.setRights(['PutObject']);
  emulator.setCorsRules([]);
  await emulator.reset();
  expect([emulator.objects(), emulator.uploads(), emulator.faults.list(), emulator.log]).toEqual([
    [],
    [],
    [],
    [],
  ]);
  const headers = { origin: 'http://localhost:1' };
  const reply = await client.send({ method: 'PUT', key: 'k', body: 'x', keys, headers });
  expect(reply.status).toBe(200);
  expect(reply.headers['access-control-allow-origin']).toBe('http://localhost:1');
});

test('close ends everything, whatever is going on', async () => {
  const { client, emulator } = await startEmulator();
  emulator.faults.add({ times: 0, fault: { type: 'stall' } });
  emulator.faults.bandwidth(1);
  const pending = client.send({ method: 'PUT', key: 'k', body: 'x' });
  await until(() => emulator.log.length === 1);
  await Promise.all([expect(pending).rejects.toThrow(DEAD), emulator.close()]);
  await expect(client.send({ key: 'k' })).rejects.toThrow('ECONNREFUSED');
});
