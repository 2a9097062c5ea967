import { Agent } from 'node:http';
import { expect, test } from 'vitest';
import { bytes, DEAD, until } from './testing/client.ts';
import { useEmulator } from './testing/harness.ts';

const bench = useEmulator();

async function call(method: string, path: string, body?: unknown) {
  const url = `${bench.emulator.origin}/__emulator${path}`;
  const response = await fetch(url, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return (await response.json()) as unknown;
}

function put(key: string, size: number, agent: Agent) {
  return bench.client.send({ method: 'PUT', key, body: bytes(size), agent });
}

test('latency: every request waits, preflights and errors too', async () => {
  bench.emulator.faults.network({ latencyMilliseconds: 60 });
  for (const request of [{ key: 'missing' }, { method: 'OPTIONS', key: 'k' }]) {
    const start = performance.now();
    await bench.client.send(request);
    expect(performance.now() - start).toBeGreaterThan(55);
  }
});

test('bandwidth of a connection: two of them take as long as one, one for two twice as long', async () => {
  bench.emulator.faults.network({ bytesPerSecondPerConnection: 1_000_000 });
  const lanes = [new Agent({ keepAlive: true, maxSockets: 1 }), new Agent({ maxSockets: 1 })];
  const [first = new Agent(), second = new Agent()] = lanes;
  const time = async (...sends: Promise<unknown>[]) => {
    const start = performance.now();
    await Promise.all(sends);
    return performance.now() - start;
  };
  const apart = await time(put('a', 200_000, first), put('b', 200_000, second));
  expect(apart).toBeGreaterThan(150);
  const together = await time(put('a', 200_000, first), put('b', 200_000, first));
  expect(together).toBeGreaterThan(350);
  expect(apart).toBeLessThan(together);
  for (const lane of lanes) lane.destroy();
});

test('a connection that has carried so many bytes is reset, and a new one carries as many', async () => {
  bench.emulator.faults.network({ cutAfterBytes: 150_000 });
  const lane = new Agent({ keepAlive: true, maxSockets: 1 });
  expect((await put('a', 150_000, lane)).status).toBe(200);
  await expect(put('b', 1, lane)).rejects.toThrow(DEAD);
  await expect(put('c', 150_001, lane)).rejects.toThrow(DEAD);
  expect((await put('d', 100_000, lane)).status).toBe(200);
  expect(bench.emulator.objects().map(({ key }) => key)).toEqual(['a', 'd']);
  expect(bench.emulator.log.map(({ outcome }) => outcome)).toEqual([
    'answered',
    'cut',
    'cut',
    'answered',
  ]);
  await call('PUT', '/network', { cutAfterBytes: null });
  expect((await put('e', 500_000, lane)).status).toBe(200);
  lane.destroy();
});

test('a limit that is lifted lets those go that wait', async () => {
  bench.emulator.faults.network({ bytesPerSecondPerConnection: 10 });
  const reply = put('k', 10_000, bench.client.agent);
  await until(() => bench.emulator.log[0]?.bodyBytes === 10_000);
  bench.emulator.faults.network({ bytesPerSecondPerConnection: null });
  expect((await reply).status).toBe(200);
});

test('settings are changed one by one, told, and gone after a reset', async () => {
  expect(await call('GET', '/network')).toEqual({});
  expect(await call('GET', '/bandwidth')).toEqual({ bytesPerSecond: null });
  const change = { latencyMilliseconds: 1, bytesPerSecondPerConnection: 5e8 };
  expect(await call('PUT', '/network', change)).toEqual(change);
  await call('PUT', '/bandwidth', { bytesPerSecond: 4e8 });
  expect(await call('GET', '/bandwidth')).toEqual({ bytesPerSecond: 4e8 });
  expect(await call('GET', '/network')).toEqual({ ...change, bytesPerSecond: 4e8 });
  await call('PUT', '/network', { latencyMilliseconds: null });
  expect(bench.emulator.faults.network()).toMatchObject({ bytesPerSecond: 4e8 });
  expect(bench.emulator.faults.network().latencyMilliseconds).toBeUndefined();
  await bench.emulator.reset();
  expect(await call('GET', '/network')).toEqual({});
});

test.each([
  [{ latencyMilliseconds: -1 }, 'latencyMilliseconds'],
  [{ bytesPerSecondPerConnection: '1' }, 'bytesPerSecondPerConnection'],
  [{ cutAfterBytes: 0 }, 'cutAfterBytes'],
  [{ speed: 1 }, 'network.speed'],
])('%j is refused', async (change, field) => {
  expect(await call('PUT', '/network', change)).toMatchObject({ field });
  expect(() => bench.emulator.faults.network(change as never)).toThrow(field);
});
