import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { closedOrigin } from '../../emulator/testing/app-server.ts';
import { startEmulator } from '../../emulator/testing/harness.ts';
import { endpointOf, fetchWith, formOf, USER, useSts } from '../testing/sts-bench.ts';
import { assumeRole } from './assume-role.ts';

const { bench, options, failure } = useSts();

describe('what passes is tried again:', () => {
  test('throttling, and it is told when it stays', async () => {
    const { emulator } = await startEmulator({ sts: { callsPerMinute: 1 }, users: [USER] });
    const endpoint = endpointOf(emulator.origin);
    await assumeRole(options({ endpoint }));
    const send = fetchWith();
    const error = await failure({ endpoint, fetch: send });
    expect(error).toMatchObject({ code: 'Throttling.User', status: 400, isRetryable: true });
    expect(error.message).toContain('Ask less often');
    expect(send).toHaveBeenCalledTimes(4);
    let offset = 0;
    const throttledOnce: typeof fetch = async (...request) => {
      const answer = await fetch(...request);
      offset = 61_000;
      emulator.setClockOffset(offset);
      return answer;
    };
    const now = () => Date.now() + offset;
    const credentials = await assumeRole(options({ endpoint, now, fetch: throttledOnce }));
    expect(credentials).toHaveProperty('expiration');
    expect(offset).toBe(61_000);
  });

  test('a fault of STS itself, while it lasts', async () => {
    bench.emulator.setStsBroken(true);
    const send = fetchWith();
    const error = await failure({ fetch: send, retry: { baseDelay: 0, limit: 2 } });
    expect(error).toMatchObject({ code: 'InternalError', status: 500, isRetryable: true });
    expect(error.message).toContain('support of Alibaba Cloud');
    expect(send).toHaveBeenCalledTimes(2);
    const mended = fetchWith(async () => {
      const answer = await fetch(endpointOf(bench.emulator.origin), { method: 'POST' });
      bench.emulator.setStsBroken(false);
      return answer;
    });
    expect(await assumeRole(options({ fetch: mended }))).toHaveProperty('expiration');
    expect(mended).toHaveBeenCalledTimes(2);
  });

  test('a network that is away, and each attempt is signed for itself', async () => {
    const origin = await closedOrigin();
    const error = await failure({ endpoint: origin });
    expect(error).toMatchObject({ kind: 'network', code: undefined, isRetryable: true });
    expect(error.cause).toBeInstanceOf(Error);
    const send = fetchWith(
      () => fetch(origin),
      () => fetch(origin),
    );
    expect(await assumeRole(options({ fetch: send }))).toHaveProperty('expiration');
    const nonces = send.mock.calls.map(([, init]) =>
      new URLSearchParams(formOf(init)).get('SignatureNonce'),
    );
    expect(new Set(nonces).size).toBe(3);
  });

  test('a nonce that something on the way has used already', async () => {
    const send = fetchWith(() =>
      Response.json({ Code: 'SignatureNonceUsed', Message: 'Used.' }, { status: 400 }),
    );
    expect(await assumeRole(options({ fetch: send }))).toHaveProperty('expiration');
  });

  test('a server that is silent', async () => {
    const silent: typeof fetch = (_url, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
      });
    const error = await failure({ fetch: silent, timeout: 5, retry: { baseDelay: 0, limit: 2 } });
    expect(error).toMatchObject({ kind: 'timeout', isRetryable: true });
    expect(error.message).toContain('no answer in 5 ms');
  });

  test('waits grow from the first delay to the longest, at random', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const waits = vi.spyOn(globalThis, 'setTimeout');
    const busy = () => Response.json({ Code: 'ServiceUnavailable' }, { status: 503 });
    const answers = Array.from({ length: 5 }, () => busy);
    const failing = failure({
      fetch: fetchWith(...answers),
      retry: { limit: 5, baseDelay: 100, maxDelay: 500 },
    });
    await vi.waitFor(async () => {
      await vi.runAllTimersAsync();
      expect(waits).toHaveBeenCalledTimes(4);
    });
    expect(await failing).toMatchObject({ code: 'ServiceUnavailable' });
    const [first = 0, second = 0, third = 0, fourth = 0] = waits.mock.calls.map(([, ms]) => ms);
    expect([first >= 100 && first <= 200, second >= 200 && second <= 400]).toEqual([true, true]);
    expect([third >= 400 && third <= 500, fourth]).toEqual([true, 500]);
  });
});

test('a given fetch is called as a plain function, as the runtime’s own must be', async () => {
  const receivers: unknown[] = [];
  function ownFetch(this: unknown, ...request: Parameters<typeof fetch>) {
    receivers.push(this);
    return fetch(...request);
  }
  await assumeRole(options({ fetch: ownFetch }));
  expect(receivers).toEqual([undefined]);
});

describe('an abort', () => {
  test('before, between and within attempts ends the call with its reason', async () => {
    const send = fetchWith();
    const reason = new Error('The user has left.');
    const call = options({ fetch: send, signal: AbortSignal.abort(reason) });
    await expect(assumeRole(call)).rejects.toBe(reason);
    expect(send).not.toHaveBeenCalled();

    const waiting = new AbortController();
    const refused = fetchWith(() => {
      queueMicrotask(() => setImmediate(() => waiting.abort(reason)));
      return Response.json({ Code: 'Throttling' }, { status: 429 });
    });
    const { signal } = waiting;
    await expect(
      assumeRole(
        options({ fetch: refused, signal, retry: { baseDelay: 60_000, maxDelay: 60_000 } }),
      ),
    ).rejects.toBe(reason);

    const sending = new AbortController();
    const hanging = fetchWith(() => {
      sending.abort(reason);
      return Promise.reject(new Error('cut off'));
    });
    await expect(assumeRole(options({ fetch: hanging, signal: sending.signal }))).rejects.toBe(
      reason,
    );
  });
});
