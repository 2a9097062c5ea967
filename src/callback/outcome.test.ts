import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createEmulator, type Emulator, type Fault } from '../../emulator/index.ts';
import type { TransportResponse } from '../ports.ts';
import { fetchTransport } from '../testing/fetch-transport.ts';
import { encodeCallback } from './callback.ts';
import { adviceFor } from './callback-failures.ts';
import { type CallbackOutcome, lostCallbackOutcome, readCallbackOutcome } from './outcome.ts';

let emulator: Emulator;

beforeAll(async () => {
  emulator = await createEmulator({ buckets: ['videos'] });
});
beforeEach(() => {
  emulator.setAcl('public-read-write');
});
afterAll(() => emulator.close());

/** Puts an object, with a callback to the emulator's own receiver. */
async function put(): Promise<CallbackOutcome> {
  const { headers } = encodeCallback({
    url: `${emulator.origin}/__emulator/callback-receiver?id=1`,
    body: 'key=${object}&size=${size}&user=${x:user}',
    variables: { user: 'a b' },
  });
  const url = `${emulator.origin}/videos/a.mp4`;
  return readCallbackOutcome(
    await fetchTransport.send({ method: 'PUT', url, headers, body: 'content' }),
  );
}

function adviceOf(outcome: CallbackOutcome): string {
  if (outcome.ok !== false) throw new Error(`The callback did not fail: ${String(outcome.ok)}.`);
  expect(outcome.code).toBe('CallbackFailed');
  return outcome.advice;
}

test('the app’s answer comes back, parsed, and the app got what was asked for', async () => {
  expect(await put()).toEqual({ ok: true, status: 200, body: { Status: 'OK' } });
  expect(emulator.callbacks()).toMatchObject([
    { body: 'key=a.mp4&size=7&user=a%20b', isVerified: true },
  ]);
});

type Cause = Extract<Fault, { type: 'callback-failed' }>['cause'];

describe('a callback that fails', () => {
  test.each<[Cause, string]>([
    ['not-json', 'without a byte order mark'],
    ['refused', 'public internet'],
    ['no-length', 'not chunked'],
    ['bad-length', 'number of bytes'],
    ['long-length', 'at most 1 MB'],
    ['slow', 'within 5 seconds'],
    ['image-info', 'no image'],
    ['overload', 'Too many callbacks'],
    [204, 'status 200'],
    [301, 'no redirection'],
    [401, 'without a login'],
    [403, 'without a login'],
    [404, 'its log says why'],
    [500, 'failed at the callback'],
    [502, 'the gateway before your server'],
  ])('%s has its advice, and the object is stored', async (cause = 'slow', expected) => {
    emulator.faults.add({ fault: { type: 'callback-failed', cause } });
    const outcome = await put();
    expect(adviceOf(outcome).toLowerCase()).toContain(expected.toLowerCase());
    expect(adviceOf(outcome)).toMatch(/^The object is stored, do not upload it again;/);
    expect(await emulator.sha256('videos', 'a.mp4')).toBeDefined();
  });

  test.each([
    [
      'Error status : -1. 10.0.0.1:80 reply timeout, cost:5000ms, timeout:5000ms (err:-4, errno:115)',
    ],
    ['Cost too long time.'],
  ])('by time, however it is told: %s', (message) => {
    expect(adviceFor(message)).toContain('within 5 seconds:');
  });

  test('in a way that nobody knows has the advice that holds for all', () => {
    expect(adviceFor('Something quite new.')).toContain('status 200, a Content-Length and JSON');
  });

  test('with an answer that cannot be read is a failure all the same', () => {
    expect(readCallbackOutcome(answer(203, '<Error><Code>Callb'))).toMatchObject({
      ok: false,
      code: 'CallbackFailed',
      message: '',
    });
  });
});

describe('an answer of the app', () => {
  test('that is no JSON is given as it is', () => {
    expect(readCallbackOutcome(answer(200, 'OK'))).toEqual({ ok: true, status: 200, body: 'OK' });
  });

  test.each([
    [200, ''],
    [204, ''],
    [201, '<PostResponse/>'],
  ])('that is not there leaves open whether it was told: %i %j', (status, body) => {
    const outcome = readCallbackOutcome(answer(status, body));
    expect(outcome.ok).toBeUndefined();
    expect(outcome).toMatchObject({ advice: expect.stringContaining('proxy or CDN') });
  });
});

test('an outcome that was lost says so', () => {
  const outcome = lostCallbackOutcome();
  expect(outcome).toEqual({
    ok: undefined,
    advice: expect.stringContaining('do not upload again'),
  });
});

function answer(status: number, body: string): TransportResponse {
  return { status, body, url: 'https://videos.example.com/a', header: () => undefined };
}
