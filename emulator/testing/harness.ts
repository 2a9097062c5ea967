import { afterAll, beforeAll, beforeEach, expect, onTestFinished } from 'vitest';
import { createEmulator, type Emulator, type EmulatorOptions } from '../index.ts';
import { element, type Reply, TestClient } from './client.ts';

/** An emulator and a client for it. */
export interface Bench {
  emulator: Emulator;
  client: TestClient;
}

/** One emulator for all tests of a file, reset before each. */
export function useEmulator(options: EmulatorOptions = {}): Bench {
  const bench: Partial<Bench> = {};
  beforeAll(async () => {
    bench.emulator = await createEmulator(options);
    bench.client = new TestClient(bench.emulator);
  });
  beforeEach(() => bench.emulator?.reset());
  afterAll(async () => {
    bench.client?.close();
    await bench.emulator?.close();
  });
  return bench as Bench;
}

/** An emulator for one test alone. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Bench> {
  const emulator = await createEmulator(options);
  const client = new TestClient(emulator);
  onTestFinished(async () => {
    client.close();
    await emulator.close();
  });
  return { emulator, client };
}

/** Status and code of an error, such as `404 NoSuchKey`; fails unless it has the form that all errors have. */
export function errorOf(reply: Reply): string {
  expect(reply.headers['content-type']).toBe('application/xml');
  expect(element(reply.text, 'RequestId')).toBe(reply.headers['x-oss-request-id']);
  expect(element(reply.text, 'HostId')).toMatch(/^[\w.-]+(:\d+)?$/);
  expect(element(reply.text, 'Message')).not.toBe('');
  const ec = reply.headers['x-oss-ec'];
  if (ec !== undefined) expect(element(reply.text, 'EC')).toBe(ec);
  return `${reply.status} ${element(reply.text, 'Code')}`;
}
