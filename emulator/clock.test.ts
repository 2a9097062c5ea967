import { expect, test } from 'vitest';
import { element, PERMANENT_KEYS } from './testing/client.ts';
import { errorOf, useEmulator } from './testing/harness.ts';

const bench = useEmulator();
const minutes = 60_000;

test('everything that asks for the time sees the shift, and reset takes it back', async () => {
  const { emulator, client } = bench;
  const keys = emulator.issueCredentials({ durationSeconds: 3600 });
  emulator.setClockOffset(30 * minutes);
  const reply = await client.send({ key: 'k', keys });
  expect(errorOf(reply)).toBe('403 RequestTimeTooSkewed');
  const serverTime = Date.parse(element(reply.text, 'ServerTime'));
  expect(Math.abs(serverTime - Date.now() - 30 * minutes)).toBeLessThan(5000);
  expect(Date.parse(reply.headers.date ?? '') - Date.now()).toBeGreaterThan(29 * minutes);
  expect(emulator.log[0]?.at).toBeGreaterThan(Date.now() + 29 * minutes);

  const time = serverTime;
  await client.send({ method: 'PUT', key: 'k', body: 'x', time });
  expect(Date.parse(emulator.objects()[0]?.lastModified ?? '')).toBeGreaterThan(
    Date.now() + 29 * minutes,
  );
  emulator.setClockOffset(61 * minutes);
  const late = { key: 'k', keys, time: Date.now() + 61 * minutes };
  expect(errorOf(await client.send(late))).toBe('403 SecurityTokenExpired');

  await emulator.reset();
  expect(errorOf(await client.send({ key: 'k', keys }))).toBe('404 NoSuchKey');
});

test.each(['header-v4', 'header-v1'] as const)('a client may be wrong: %s', async (signedBy) => {
  bench.emulator.setClockOffset(-16 * minutes);
  const call = { key: 'k', signedBy, keys: PERMANENT_KEYS };
  expect(errorOf(await bench.client.send(call))).toBe('403 RequestTimeTooSkewed');
  bench.emulator.setClockOffset(-14 * minutes);
  expect(errorOf(await bench.client.send(call))).toBe('404 NoSuchKey');
});

test('a shift that is not a number', () => {
  expect(() => bench.emulator.setClockOffset(Number.NaN)).toThrow('milliseconds');
});
