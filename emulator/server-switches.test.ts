import { Agent } from 'node:http';
import { expect, test } from 'vitest';
import { answerTo, bytes, DEAD, until } from './testing/client.ts';
import { errorOf, startEmulator, useEmulator } from './testing/harness.ts';

const bench = useEmulator();
const MEGABYTE = 1024 ** 2;
const part = bytes(102_400);

test('bandwidth: all bodies share one rate, and go on at once when it is lifted', async () => {
  const { client, emulator } = bench;
  const uploadId = await client.initiate('k');
  emulator.faults.bandwidth(1_000_000);
  const start = performance.now();
  await Promise.all([1, 2].map((number) => client.uploadPart('k', uploadId, number, part)));
  expect(performance.now() - start).toBeGreaterThanOrEqual(200);

  emulator.faults.bandwidth(1);
  const crawling = client.uploadPart('k', uploadId, 3, part);
  await until(() => (emulator.log[3]?.bodyBytes ?? 0) > 0);
  emulator.faults.bandwidth(undefined);
  expect((await crawling).status).toBe(200);
  expect(() => emulator.faults.bandwidth(0)).toThrow('bytesPerSecond: expected a positive number');
});

test('refuse: open connections die, new ones are refused, the same port serves again', async () => {
  const { client, emulator } = await startEmulator();
  const { origin } = emulator;
  emulator.faults.add({ fault: { type: 'stall' } });
  const stalled = client.send({ method: 'PUT', key: 'k', body: part });
  await until(() => emulator.log[0]?.bodyBytes === part.length);
  await Promise.all([
    expect(stalled).rejects.toThrow(DEAD),
    emulator.faults.refuse('until-restored'),
  ]);
  await expect(client.send({ key: 'k' })).rejects.toThrow('ECONNREFUSED');
  await emulator.faults.restore();
  expect(emulator.origin).toBe(origin);
  expect((await client.send({ key: 'k' })).status).toBe(404);
});

test('refuse for some seconds, then it is over by itself', async () => {
  const { client, emulator } = await startEmulator();
  await emulator.faults.refuse(0.5);
  await expect(client.send({ key: 'k' })).rejects.toThrow('ECONNREFUSED');
  let status = 0;
  while (status === 0)
    status = (await client.send({ key: 'k' }).catch(() => ({ status: 0 }))).status;
  expect(status).toBe(404);
  await expect(emulator.faults.refuse(-1)).rejects.toThrow('duration: expected a positive number');
});

test('a refusal can be taken back before it has taken hold', async () => {
  const { client, emulator } = await startEmulator();
  await client.send({ key: 'k' });
  const refused = emulator.faults.refuse('until-restored');
  await emulator.faults.restore();
  await refused;
  expect((await client.send({ key: 'k', agent: new Agent() })).status).toBe(404);
});

test('a reset ends a refusal', async () => {
  const { client, emulator } = await startEmulator();
  await emulator.faults.refuse('until-restored');
  await emulator.reset();
  expect((await client.send({ key: 'k' })).status).toBe(404);
});

test('without keep-alive every answer ends its connection, and none is lost', async () => {
  const { client, emulator } = await startEmulator({ keepAlive: false });
  const control = await fetch(`${emulator.origin}/__emulator`);
  expect(control.headers.get('connection')).toBe('close');
  const agent = new Agent({ keepAlive: true });
  for (const keys of [undefined, null]) {
    const call = {
      method: 'PUT',
      key: 'k',
      body: bytes(4 * MEGABYTE),
      agent,
      ...(keys === null && { keys }),
    };
    const reply = await client.send(call);
    expect(reply.status).toBe(keys === null ? 403 : 200);
    expect(reply.headers.connection).toBe('close');
  }
  agent.destroy();
});

test('an answer before the body survives a closing connection', async () => {
  const { client, emulator } = await startEmulator({ keepAlive: false });
  emulator.faults.add({
    fault: { type: 'error', status: 400, code: 'RequestTimeout', before: 'body' },
  });
  const outgoing = client.open({
    method: 'PUT',
    key: 'k',
    headers: { 'content-length': String(4 * MEGABYTE) },
  });
  outgoing.end(bytes(4 * MEGABYTE));
  expect(errorOf(await answerTo(outgoing))).toBe('400 RequestTimeout');
});
