import { beforeEach, describe, expect, test, vi } from 'vitest';
import { UploadError, type UploadErrorDetails, type UploadErrorKind } from '../errors.ts';
import type { UploadEvent } from '../events.ts';
import { watch } from '../testing/promises.ts';
import { SimulatedClock } from '../testing/simulated-clock.ts';
import { Network } from './network.ts';
import { BodyTooLarge, type Request, type RequestDependencies, request } from './requests.ts';
import { Scheduler } from './scheduler.ts';
import { Traffic } from './traffic.ts';
import * as trouble from './trouble.ts';

const SECOND = 1000;

let clock: SimulatedClock;
let isReachable: () => boolean;
let attempts: number[];
let events: UploadEvent[];
let confirmations: number;
let deps: RequestDependencies;

beforeEach(() => {
  clock = new SimulatedClock();
  isReachable = () => true;
  attempts = [];
  events = [];
  confirmations = 0;
  vi.spyOn(Math, 'random').mockReturnValue(1);
  const traffic = new Traffic(clock);
  const network = new Network({
    clock,
    url: 'https://videos.oss-cn-hangzhou.aliyuncs.com/',
    probeTimeout: 10 * SECOND,
    connectivity: { probe: () => Promise.resolve(isReachable()), onOnline: () => () => undefined },
  });
  const client = {
    asksApp: false,
    refuseSignatureOf: () => undefined,
    learnTimeFrom: () => true,
    followTo: () => undefined,
  };
  deps = {
    client,
    clock,
    network,
    traffic,
    scheduler: new Scheduler(6),
    watchdog: { clock, traffic, concurrency: 6, stall: 30_000, queue: 300_000, complete: 300_000 },
    retry: { limit: 6, baseDelay: 500, maxDelay: 20_000 },
    trouble: () => Promise.resolve(trouble),
  };
});

function failWith(kind: UploadErrorKind, details: UploadErrorDetails = {}): UploadError {
  return new UploadError(kind, 'It failed.', { operation: 'UploadPart', ...details });
}

/** Sends; each attempt fails with what the function gives for its number, from 1, until that is nothing. */
function send(
  failure: (attempt: number) => unknown,
  task: Partial<Request<string>> = {},
): { value?: string; reason?: unknown; isSettled: boolean } {
  const start = clock.now();
  const sending = request<string>(deps, {
    operation: 'UploadPart',
    partNumber: 7,
    fileSize: 1000,
    signal: new AbortController().signal,
    confirmations: () => confirmations,
    emit: (event) => events.push(event),
    send: () => {
      attempts.push((clock.now() - start) / SECOND);
      const error = failure(attempts.length);
      return error === undefined ? Promise.resolve('done') : Promise.reject(error);
    },
    ...task,
  });
  return watch(sending);
}

const internalError = failWith('service', { code: 'InternalError', status: 500 });

describe('a failure that may pass', () => {
  test('is followed by another attempt, for as long as parts are confirmed between', async () => {
    const state = send(() => internalError, { confirmations: () => (confirmations += 1) });
    await clock.advance(100 * SECOND);
    expect(attempts.slice(0, 4)).toEqual([0, 0.5, 1, 1.5]);
    expect(attempts.length).toBeGreaterThan(100);
    expect(state.isSettled).toBe(false);
  });

  test('ends the request when six have come in a row', async () => {
    const state = send(() => internalError);
    await clock.advance(100 * SECOND);
    expect(attempts).toEqual([0, 0.5, 1.5, 3.5, 7.5, 15.5]);
    expect(state.reason).toBe(internalError);
    expect(events.map((event) => event.type)).toEqual(Array.from({ length: 5 }, () => 'retry'));
  });

  test('is forgiven when a part of the same upload was confirmed since', async () => {
    const state = send((attempt) => {
      if (attempt === 5) confirmations += 1;
      return internalError;
    });
    await clock.advance(200 * SECOND);
    expect(attempts).toHaveLength(10);
    expect(state.reason).toBe(internalError);
  });

  test('waits no longer than the cap', async () => {
    deps = { ...deps, retry: { limit: 10, baseDelay: 500, maxDelay: 2000 } };
    send(() => internalError);
    await clock.advance(100 * SECOND);
    const waits = attempts.slice(1).map((at, index) => at - (attempts[index] ?? 0));
    expect(waits).toEqual([0.5, 1, 2, 2, 2, 2, 2, 2, 2]);
  });

  test('waits a random time, so that pages do not come back together', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.25);
    send(() => internalError);
    await clock.advance(100 * SECOND);
    expect(attempts.slice(0, 3)).toEqual([0, 0.125, 0.375]);
  });

  test('waits for as long as the server asks', async () => {
    const busy = failWith('service', { code: 'ServiceUnavailable', status: 503, retryAfter: 7000 });
    send((attempt) => (attempt === 1 ? busy : undefined));
    await clock.advance(10 * SECOND);
    expect(attempts).toEqual([0, 7]);
  });

  test('is not waited for by a task that is told to stop', async () => {
    const controller = new AbortController();
    const state = send(() => internalError, { signal: controller.signal });
    await clock.advance(1 * SECOND);
    controller.abort('stop');
    await clock.advance(0);
    expect(state.reason).toBe('stop');
    expect(clock.pending).toBe(0);
  });
});

describe('a failure that will not pass', () => {
  test.each([
    ['a missing right', failWith('service', { code: 'AccessDenied', status: 403 })],
    ['a session that is gone', failWith('service', { code: 'NoSuchUpload', status: 404 })],
    ['a part that differs', failWith('service', { code: 'InvalidPart', status: 400 })],
    ['credentials that cannot be had', failWith('credentials')],
    ['a fault of ours', new TypeError('x is not a function')],
  ])('%s is told at once', async (_name, error) => {
    const state = send(() => error);
    await clock.advance(0);
    expect(state.reason).toBe(error);
    expect(attempts).toEqual([0]);
  });
});

describe('a request without an answer', () => {
  test('does not count while there is no network', async () => {
    deps.network.noteAnswer();
    // Each time the first probe finds nobody, and the next one, a second later, finds the server.
    let probes = 0;
    isReachable = () => (probes += 1) % 2 === 0;
    const state = send((attempt) => (attempt <= 20 ? failWith('network') : undefined));
    await clock.advance(20 * SECOND);
    expect(state.value).toBe('done');
    expect(attempts).toHaveLength(21);
    expect(events).toEqual([]);
  });

  test('counts while the server can be reached', async () => {
    deps.network.noteAnswer();
    const state = send(() => failWith('network'));
    await clock.advance(100 * SECOND);
    expect(attempts).toHaveLength(6);
    expect(state.reason).toMatchObject({ kind: 'network' });
  });

  test('is the fault of CORS when no answer was ever readable', async () => {
    const state = send(() => failWith('network'));
    await clock.advance(100 * SECOND);
    expect(attempts).toHaveLength(3);
    expect(state.reason).toMatchObject({ kind: 'network', code: 'AnswersUnreadable' });
  });

  test('that waited for a socket costs nothing', async () => {
    const queued = failWith('timeout', { code: 'SocketQueueTimeout' });
    const state = send((attempt) => (attempt <= 10 ? queued : undefined));
    await clock.advance(0);
    expect(state.value).toBe('done');
    expect(attempts).toHaveLength(11);
    expect(events).toEqual([]);
  });
});

describe('a link that breaks under a body', () => {
  const part = { size: 1000, mustSplit: (breaks: number) => breaks >= 2 };

  test.each([
    ['a broken connection', failWith('network')],
    ['a request that ran out of time', failWith('timeout')],
    ['a stalled connection', failWith('timeout', { code: 'ConnectionStalled' })],
    ['a body that came in half', failWith('service', { code: 'IncompleteBody', status: 400 })],
  ])('asks whether it is to be split: %s', async (_name, error) => {
    deps.network.noteAnswer();
    const state = send(() => error, part);
    await clock.advance(10 * SECOND);
    expect(attempts).toHaveLength(2);
    expect(state.reason).toBeInstanceOf(BodyTooLarge);
    expect(state.reason).toMatchObject({ cause: error });
  });

  test.each([
    ['an answer of the server', internalError],
    ['waiting for a socket', failWith('timeout', { code: 'SocketQueueTimeout' })],
  ])('is another thing than %s', async (_name, error) => {
    const state = send(() => error, part);
    await clock.advance(100 * SECOND);
    expect(state.reason).toBe(error);
  });

  test('counts when it goes away in the middle, not when it was not there at all', async () => {
    deps.network.noteAnswer();
    let probes = 0;
    isReachable = () => (probes += 1) % 2 === 0;
    const state = send((attempt) => (attempt <= 5 ? failWith('network') : undefined), part);
    await clock.advance(20 * SECOND);
    expect(state.value).toBe('done');
    const moving = send(() => failWith('network'), {
      ...part,
      send: ({ onSent }) => {
        onSent(1);
        return Promise.reject(failWith('network'));
      },
    });
    await clock.advance(20 * SECOND);
    expect(moving.reason).toBeInstanceOf(BodyTooLarge);
  });
});

test('a stalled connection is no reason to wait, or to send fewer', async () => {
  const stalled = failWith('timeout', { code: 'ConnectionStalled' });
  const state = send((attempt) => (attempt === 1 ? stalled : undefined), { size: 1000 });
  await clock.advance(0);
  expect(state.value).toBe('done');
  expect(events).toMatchObject([{ type: 'retry', delay: 0 }]);
  expect(deps.scheduler.lanes).toBe(6);
});

test('a request that runs out of time halves the lanes, and its neighbours of the same burst do not', async () => {
  for (let part = 0; part < 6; part += 1) {
    send((attempt) => (attempt <= 6 ? failWith('timeout') : undefined), { size: 1000 });
  }
  await clock.advance(10 * SECOND);
  expect(attempts.slice(0, 6)).toEqual([0, 0, 0, 0, 0, 0]);
  expect(attempts).toHaveLength(12);
  expect(deps.scheduler.lanes).toBe(4);
});

describe('refused credentials', () => {
  const expired = failWith('service', { code: 'SecurityTokenExpired', status: 403 });

  test('are renewed once per request, without a wait', async () => {
    const state = send((attempt) => (attempt === 1 ? expired : undefined));
    await clock.advance(0);
    expect(state.value).toBe('done');
    expect(events.map(({ type }) => type)).toEqual(['credentials-refused']);
  });

  test('of an app that signs itself are asked for anew, twice, whatever is wrong with them', async () => {
    deps = { ...deps, client: { ...deps.client, asksApp: true } };
    const skewed = failWith('service', { code: 'RequestTimeTooSkewed', status: 403 });
    const state = send((attempt) => (attempt % 2 === 0 ? skewed : expired));
    await clock.advance(0);
    expect(attempts).toHaveLength(3);
    expect(state.reason).toBe(expired);
    expect(events.map(({ type }) => type)).toEqual(['credentials-refused', 'credentials-refused']);
  });

  test('that are refused again end the request', async () => {
    const state = send(() => expired);
    await clock.advance(0);
    expect(attempts).toHaveLength(2);
    expect(state.reason).toBe(expired);
  });
});
