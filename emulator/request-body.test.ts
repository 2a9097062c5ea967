import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { answerTo, element, until } from './testing/client.ts';
import { errorOf, startEmulator, useEmulator } from './testing/harness.ts';

const bench = useEmulator();

test('a body of which nothing comes any more: RequestTimeout', async () => {
  const { client, emulator } = await startEmulator({ idleTimeout: 50 });
  const headers = { 'content-length': '10' };
  const outgoing = client.open({ method: 'PUT', key: 'k', headers });
  outgoing.write('abc');
  const reply = await answerTo(outgoing);
  expect(errorOf(reply)).toBe('400 RequestTimeout');
  expect(reply.headers.connection).toBe('close');
  expect(emulator.objects()).toEqual([]);
  outgoing.destroy();
  expect((await client.send({ method: 'PUT', key: 'k', body: 'abc' })).status).toBe(200);
});

test('a body that the emulator itself holds up does not time out', async () => {
  const { client, emulator } = await startEmulator({ idleTimeout: 40 });
  emulator.faults.add({ fault: { type: 'slow', bytesPerSecond: 1000 } });
  expect((await client.send({ method: 'PUT', key: 'k', body: 'x'.repeat(150) })).status).toBe(200);
});

test('a client that ends its side too early: IncompleteBody', async () => {
  const { method, path, headers } = bench.client.prepare({
    method: 'PUT',
    key: 'k',
    headers: { 'content-length': '10' },
  });
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = connect(Number(new URL(bench.emulator.origin).port), '127.0.0.1');
  await once(socket, 'connect');
  let text = '';
  socket.on('data', (piece: Buffer) => {
    text += piece.toString();
  });
  socket.end(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\nabc`);
  await once(socket, 'close');
  expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(element(text, 'Code')).toBe('IncompleteBody');
  expect(bench.emulator.objects()).toEqual([]);
  await until(() => bench.emulator.log[0]?.outcome === 'client-left');
});

test('what is no HTTP', async () => {
  const socket = connect(Number(new URL(bench.emulator.origin).port), '127.0.0.1');
  socket.write('hello\r\n\r\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 400/);
  socket.destroy();
});
