import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Network } from '../engine/network.ts';
import { Scheduler } from '../engine/scheduler.ts';
import { Traffic } from '../engine/traffic.ts';
import * as trouble from '../engine/try-again.ts';
import { UploadError } from '../errors.ts';
import type { UploadEvent } from '../events.ts';
import type { TransportRequest, TransportResponse } from '../ports.ts';
import { watch } from '../testing/promises.ts';
import { SimulatedClock } from '../testing/simulated-clock.ts';
import { staticFields } from './fields-source.ts';
import type { StoredForm } from './form-answer.ts';
import { type FormDependencies, type FormTask, sendForm } from './send-form.ts';

const SECOND = 1000;
const URL_OF_BUCKET = 'https://videos.oss-cn-hangzhou.aliyuncs.com/';
const SMALL = new File([new Uint8Array(256 * 1024 - 1)], 'small');
const MIB = 1024 * 1024;
const HUGE = new File([new Uint8Array(16 * MIB)], 'huge');
const LARGE = new File([new Uint8Array(256 * 1024)], 'large');

let clock: SimulatedClock;
let isReachable: boolean;
let requests: TransportRequest[];
let events: UploadEvent[];
let answer: (request: TransportRequest) => Promise<TransportResponse>;
let deps: FormDependencies;

beforeEach(() => {
  clock = new SimulatedClock();
  isReachable = true;
  requests = [];
  events = [];
  answer = () => Promise.resolve(answerOf(204));
  vi.spyOn(Math, 'random').mockReturnValue(1);
  const traffic = new Traffic(clock);
  deps = {
    clock,
    traffic,
    scheduler: new Scheduler(6),
    network: new Network({
      clock,
      url: URL_OF_BUCKET,
      probeTimeout: 10 * SECOND,
      connectivity: { probe: () => Promise.resolve(isReachable), onOnline: () => () => undefined },
    }),
    transport: {
      send(request) {
        requests.push(request);
        return answer(request);
      },
    },
    watchdog: { clock, traffic, concurrency: 6, stall: 30_000, queue: 300_000, complete: 300_000 },
    retry: { limit: 3, baseDelay: 500, maxDelay: 20_000 },
    trouble: () => Promise.resolve(trouble),
  };
});

function answerOf(status: number, body = '', url = URL_OF_BUCKET): TransportResponse {
  return { status, body, url, header: () => undefined };
}

function send(
  file: File,
  task: Partial<FormTask> = {},
): { value?: StoredForm; reason?: unknown; isSettled: boolean } {
  const sending = sendForm(deps, {
    file,
    url: URL_OF_BUCKET,
    fileName: undefined,
    contentType: undefined,
    callbackFields: {},
    fields: staticFields({ key: 'k' }, clock),
    signal: new AbortController().signal,
    onSent: () => undefined,
    emit: (event) => events.push(event),
    ...task,
  });
  return watch(sending);
}

/** Never answers, and ends when it is aborted. */
function silence({ signal }: TransportRequest): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason));
  });
}

describe('a request', () => {
  test('of a small file has nothing that costs a preflight', async () => {
    const onSent = vi.fn<(bytes: number) => void>();
    const state = send(SMALL, { onSent });
    await clock.advance(0);
    expect(state.value).toMatchObject({ key: 'k', status: 204 });
    expect(requests).toMatchObject([{ method: 'POST', url: URL_OF_BUCKET, headers: {} }]);
    expect(requests[0]?.onSent).toBeUndefined();
    expect(requests[0]?.body).toBeInstanceOf(FormData);
    expect(onSent).not.toHaveBeenCalled();
  });

  test('of a larger one tells of its bytes', async () => {
    const onSent = vi.fn<(bytes: number) => void>();
    answer = ({ onSent: tell }) => {
      tell?.(1000);
      return Promise.resolve(answerOf(204));
    };
    send(LARGE, { onSent });
    await clock.advance(0);
    expect(onSent.mock.calls).toEqual([[1000]]);
  });

  test('of an aborted form is never sent', async () => {
    const state = send(SMALL, { signal: AbortSignal.abort('before') });
    await clock.advance(0);
    expect(state.reason).toBe('before');
    expect(requests).toEqual([]);
  });
});

describe('a form that is not answered', () => {
  test('has, when small, a limit on its time as a whole, from the start', async () => {
    answer = silence;
    const state = send(SMALL);
    // 30 s, and 21 s for its bytes over the slowest link that is expected.
    await clock.advance(50 * SECOND);
    expect([requests.length, events]).toEqual([1, []]);
    await clock.advance(2 * SECOND);
    expect(events).toMatchObject([{ type: 'retry', error: { kind: 'timeout' } }]);
    await clock.advance(600 * SECOND);
    expect(requests).toHaveLength(3);
    expect(state.reason).toMatchObject({
      kind: 'timeout',
      operation: 'PostObject',
      code: undefined,
    });
    expect(String(state.reason)).toContain('a longer timeout.stall helps');
    expect(String(state.reason)).not.toContain('partSize');
  });

  test('has none, when large, for as long as it moves', async () => {
    answer = silence;
    send(LARGE);
    await clock.advance(0);
    for (let turn = 0; turn < 20; turn += 1) {
      requests[0]?.onSent?.(turn);
      await clock.advance(29 * SECOND);
    }
    expect(requests).toHaveLength(1);
    await clock.advance(60 * SECOND);
    expect(requests).toHaveLength(2);
  });

  test('is given up soon where the link is known to be fast', async () => {
    answer = silence;
    send(HUGE);
    await clock.advance(0);
    await clock.advance(SECOND);
    requests[0]?.onSent?.(12 * MIB);
    // 8 MiB have left in a second, so that the 4 MiB that may be in buffers need half of one.
    await clock.advance(30.4 * SECOND);
    expect(requests).toHaveLength(1);
    await clock.advance(SECOND);
    expect(requests).toHaveLength(2);
  });

  test('has the time that the link needs, however much was sent before', async () => {
    // 1 MiB each 25 s: what was confirmed at once did not come at once.
    answer = async (request) => {
      await new Promise<void>((resolve) => clock.after(100 * SECOND, resolve));
      request.onSent?.(4 * MIB);
      return answerOf(204);
    };
    const state = send(new File([new Uint8Array(4 * MIB)], 'slow'));
    await clock.advance(101 * SECOND);
    expect(state.value).toMatchObject({ key: 'k' });
    // 4 MiB at the rate of the first form take 100 s, and 30 s more are given.
    expect(deps.traffic.drainTime).toBe(0);
    answer = silence;
    send(HUGE);
    await clock.advance(0);
    requests[1]?.onSent?.(MIB);
    await clock.advance(125 * SECOND);
    expect(requests).toHaveLength(2);
    await clock.advance(10 * SECOND);
    expect(requests).toHaveLength(3);
  });

  test('for want of a connection does not count', async () => {
    answer = silence;
    const state = send(LARGE);
    await clock.advance(301 * SECOND * 5);
    expect(requests.length).toBeGreaterThan(3);
    expect(state.isSettled).toBe(false);
  });

  test('for want of a network waits for it, and spends nothing', async () => {
    answer = () => Promise.reject(new UploadError('network', 'No answer.'));
    isReachable = false;
    const state = send(SMALL);
    await clock.advance(3600 * SECOND);
    expect([requests.length, events, state.isSettled]).toEqual([1, [], false]);
    isReachable = true;
    answer = () => Promise.resolve(answerOf(204));
    await clock.advance(60 * SECOND);
    expect(state.value).toMatchObject({ key: 'k' });
  });

  test('which the page may not read is told', async () => {
    answer = () => Promise.reject(new UploadError('network', 'No answer.'));
    const state = send(SMALL);
    await clock.advance(60 * SECOND);
    expect(state.reason).toMatchObject({ code: 'AnswersUnreadable' });
  });

  test('because its file has changed says so', async () => {
    answer = () => Promise.reject(new UploadError('network', 'No answer.'));
    const gone = new File(['content'], 'gone');
    const unreadable = new Blob(['c']);
    vi.spyOn(unreadable, 'arrayBuffer').mockRejectedValue(new Error('NotReadableError'));
    vi.spyOn(gone, 'slice').mockImplementation((start, end, type) =>
      end === 1 ? unreadable : new Blob(['content']).slice(start, end, type),
    );
    const state = send(gone);
    await clock.advance(0);
    expect(state.reason).toMatchObject({ kind: 'source', code: 'FileUnreadable' });
    expect(requests).toHaveLength(1);
  });
});

describe('an answer', () => {
  test.each([
    ['a page', answerOf(200, '<html></html>')],
    ['another origin', answerOf(204, '', 'https://elsewhere.example.com/')],
    ['a PostResponse that breaks off', answerOf(201, '<PostResponse><Bucket>b</Bucket>')],
    [
      'a PostResponse that lacks something',
      answerOf(201, '<PostResponse><Key>k</Key></PostResponse>'),
    ],
    [
      'a callback that nobody asked for',
      answerOf(203, '<Error><Code>CallbackFailed</Code></Error>'),
    ],
    ['a status that OSS does not know', answerOf(206)],
  ])('that is none of OSS’s is no success: %s', async (_what, response) => {
    answer = () => Promise.resolve(response);
    const state = send(SMALL);
    await clock.advance(60 * SECOND);
    expect(state.reason).toMatchObject({ kind: 'protocol', operation: 'PostObject' });
    expect(requests).toHaveLength(3);
  });

  test('may be without ETag, where the bucket hides it', async () => {
    const state = send(SMALL);
    await clock.advance(0);
    expect(state.value).toMatchObject({ etag: '', requestId: undefined, bucket: 'videos' });
  });

  test('that was held back slows the others down', async () => {
    const slowDown = vi.spyOn(deps.scheduler, 'slowDown');
    const response = { ...answerOf(204), header: (name: string) => HELD_BACK.get(name) };
    answer = () => Promise.resolve(response);
    send(SMALL);
    await clock.advance(0);
    expect(slowDown).toHaveBeenCalledOnce();
  });
});

test('forms take turns in the lanes that they share', async () => {
  deps = { ...deps, scheduler: new Scheduler(2) };
  answer = silence;
  for (let count = 0; count < 5; count += 1) send(LARGE);
  await clock.advance(0);
  expect(requests).toHaveLength(2);
});

const HELD_BACK = new Map([['x-oss-qos-delay-time', '200']]);
