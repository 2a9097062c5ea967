import { Agent } from 'node:http';
import { expect, test } from 'vitest';
import { bytes, DEAD, until } from './testing/client.ts';
import { useEmulator } from './testing/harness.ts';

const bench = useEmulator();
const part = bytes(100_000);

test('bytes, and parts that were sent twice', async () => {
  const { client, emulator } = bench;
  const uploadId = await client.initiate('k');
  emulator.faults.add({
    match: { operation: 'UploadPart', partNumber: 2 },
    fault: { type: 'reset', at: 'end' },
  });
  await client.uploadPart('k', uploadId, 1, part);
  await expect(client.uploadPart('k', uploadId, 2, part)).rejects.toThrow(DEAD);
  await client.uploadPart('k', uploadId, 2, part);
  await client.uploadPart('k', uploadId, 1, part.subarray(0, 10));
  const repeated = { bucket: 'partway-demo', key: 'k', uploadId, requests: 2 };
  expect(emulator.traffic()).toMatchObject({
    requests: 5,
    bodyBytes: 300_010,
    duplicateBytes: 100_010,
    repeatedParts: [
      { ...repeated, partNumber: 1, bytes: 100_010, duplicateBytes: 10 },
      { ...repeated, partNumber: 2, bytes: 200_000, duplicateBytes: 100_000 },
    ],
  });
});

test('the most requests and bodies in flight', async () => {
  const { client, emulator } = bench;
  emulator.resetTraffic();
  const agent = new Agent({ keepAlive: true });
  const open = Array.from({ length: 3 }, (_, index) => {
    const headers = { 'content-length': '2' };
    const outgoing = client.open({ method: 'PUT', key: `k${index}`, headers, agent });
    outgoing.on('error', () => undefined);
    outgoing.write('a');
    return outgoing;
  });
  await until(() => emulator.traffic().inFlight.bodies === 3);
  emulator.faults.add({
    match: { operation: 'GetObject' },
    fault: { type: 'stall', at: 'answer' },
  });
  const aborter = new AbortController();
  const stalled = client.send({ key: 'k', signal: aborter.signal }).catch(() => undefined);
  await until(() => emulator.traffic().inFlight.requests === 4);
  const answers = open.map(
    (outgoing) =>
      new Promise((resolve) => outgoing.on('response', (reply) => resolve(reply.resume()))),
  );
  for (const outgoing of open) outgoing.end('b');
  await Promise.all(answers);
  await until(() => emulator.traffic().inFlight.requests === 1);
  expect(emulator.traffic()).toMatchObject({
    inFlight: { requests: 1, bodies: 0 },
    mostInFlight: { requests: 4, bodies: 3 },
  });
  emulator.resetTraffic();
  expect(emulator.traffic()).toMatchObject({
    requests: 0,
    bodyBytes: 0,
    mostInFlight: { requests: 1, bodies: 0 },
  });
  aborter.abort();
  await stalled;
  await until(() => emulator.traffic().inFlight.requests === 0);
  agent.destroy();
});

test('over HTTP', async () => {
  const url = `${bench.emulator.origin}/__emulator/traffic`;
  await bench.client.send({ method: 'PUT', key: 'k', body: 'abc' });
  const read = async () => (await (await fetch(url)).json()) as unknown;
  expect(await read()).toMatchObject({ requests: 1, bodyBytes: 3, repeatedParts: [] });
  expect((await fetch(url, { method: 'DELETE' })).status).toBe(200);
  expect(await read()).toMatchObject({ requests: 0, bodyBytes: 0 });
});
