import { beforeEach, describe, expect, test } from 'vitest';
import type { UploadError } from '../errors.ts';
import { watch } from '../testing/promises.ts';
import { SimulatedClock } from '../testing/simulated-clock.ts';
import { Traffic } from './traffic.ts';
import { underWatch, type WatchedRequest } from './watchdog.ts';

const SECOND = 1000;
const STALL = 30 * SECOND;
const QUEUE = 300 * SECOND;
const COMPLETE = 300 * SECOND;
const MB = 1_024_000;
/** What a link is expected to carry before its rate is known: 12 KiB/s. Milliseconds for 1,000 KiB. */
const UNKNOWN = (MB / (12 * 1024)) * SECOND;

let clock: SimulatedClock;
let traffic: Traffic;

beforeEach(() => {
  clock = new SimulatedClock();
  traffic = new Traffic(clock);
});

interface Flight {
  readonly state: { reason?: unknown; isSettled: boolean };
  readonly abort: (reason: unknown) => void;
  send(bytes: number): void;
  answer(): void;
}

function fly(request: Partial<WatchedRequest>): Flight {
  const controller = new AbortController();
  let tell = (_bytes: number): void => undefined;
  let answer = (): void => undefined;
  const settings = {
    clock,
    traffic,
    concurrency: 2,
    stall: STALL,
    queue: QUEUE,
    complete: COMPLETE,
  };
  const watched = {
    operation: 'UploadPart',
    partNumber: 1,
    size: MB,
    timeouts: 0,
    signal: controller.signal,
    ...request,
  } as const;
  const sending = underWatch(settings, watched, ({ signal, onStart, onSent }) => {
    onStart();
    tell = onSent;
    return new Promise<void>((resolve, reject) => {
      answer = resolve;
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  });
  return {
    state: watch(sending),
    abort: (reason) => controller.abort(reason),
    send: (bytes) => tell(bytes),
    answer: () => answer(),
  };
}

function errorOf({ state }: Flight): Partial<UploadError> {
  return state.reason as Partial<UploadError>;
}

describe('a part that moves', () => {
  test('has no limit on its total time', async () => {
    const flight = fly({});
    for (let minute = 0; minute < 60; minute += 1) {
      flight.send(minute + 1);
      await clock.advance(60 * SECOND);
    }
    expect(flight.state.isSettled).toBe(false);
    flight.answer();
    await clock.advance(0);
    expect(flight.state).toEqual({ isSettled: true, value: undefined });
    expect(clock.pending).toBe(0);
  });

  test('that stands still runs out after the limit and the time for what is in flight', async () => {
    const flight = fly({});
    flight.send(1);
    await clock.advance(STALL + UNKNOWN - 1);
    expect(flight.state.isSettled).toBe(false);
    await clock.advance(1);
    expect(errorOf(flight)).toMatchObject({
      kind: 'timeout',
      operation: 'UploadPart',
      partNumber: 1,
    });
    expect(errorOf(flight).code).toBeUndefined();
  });

  test('gets twice the limit after it ran out once', async () => {
    const flight = fly({ timeouts: 1 });
    flight.send(1);
    await clock.advance(2 * (STALL + UNKNOWN) - 1);
    expect(flight.state.isSettled).toBe(false);
    await clock.advance(1);
    expect(flight.state.isSettled).toBe(true);
  });

  test('waits for the bodies of the others, too', async () => {
    const flight = fly({});
    fly({ partNumber: 2 });
    flight.send(1);
    await clock.advance(STALL + 2 * UNKNOWN - 1);
    expect(flight.state.isSettled).toBe(false);
    await clock.advance(1);
    expect(flight.state.isSettled).toBe(true);
  });

  test('is given new time by the confirmation of any part', async () => {
    const flight = fly({});
    flight.send(MB);
    const other = fly({ partNumber: 2 });
    await clock.advance(STALL);
    other.answer();
    await clock.advance(0);
    // 1,024,000 bytes were on their way for 30 s: the part in flight needs as long.
    await clock.advance(STALL + 30 * SECOND - 1);
    expect(flight.state.isSettled).toBe(false);
    await clock.advance(1);
    expect(flight.state.isSettled).toBe(true);
  });

  test('is not judged by a tiny one, which tells nothing of the link', async () => {
    const flight = fly({});
    const tiny = fly({ operation: 'PutObject', partNumber: undefined, size: 1 });
    await clock.advance(14);
    flight.send(1);
    tiny.answer();
    await clock.advance(STALL + UNKNOWN - 1);
    expect(flight.state.isSettled).toBe(false);
    await clock.advance(1);
    expect(flight.state.isSettled).toBe(true);
  });

  test('is given no time by a part that takes off later', async () => {
    const flight = fly({});
    flight.send(1);
    await clock.advance(STALL);
    fly({ partNumber: 2 });
    await clock.advance(UNKNOWN);
    expect(flight.state.isSettled).toBe(true);
  });
});

describe('a part that has not begun to move', () => {
  test('may wait for a socket for long', async () => {
    const flight = fly({});
    await clock.advance(QUEUE - 1);
    expect(flight.state.isSettled).toBe(false);
    await clock.advance(1);
    expect(errorOf(flight)).toMatchObject({ kind: 'timeout', code: 'SocketQueueTimeout' });
  });
});

describe('a part that alone stands still', () => {
  const settings = { isRepeatable: true };

  /** Others that go out and get through, one after the other. */
  async function overtake(time: number): Promise<void> {
    for (let part = 2; part < 5; part += 1) {
      await clock.advance(1);
      const other = fly({ ...settings, partNumber: part });
      await clock.advance(time);
      other.answer();
      await clock.advance(0);
    }
  }

  test('is given up after two seconds', async () => {
    const flight = fly(settings);
    flight.send(1);
    await overtake(100);
    await clock.advance(2000 - 303 - 1);
    expect(flight.state.isSettled).toBe(false);
    await clock.advance(1);
    expect(errorOf(flight)).toMatchObject({ kind: 'timeout', code: 'ConnectionStalled' });
  });

  test('is given up although it has not begun: sockets are given out in turn', async () => {
    const flight = fly(settings);
    await overtake(100);
    await clock.advance(2000);
    expect(errorOf(flight)).toMatchObject({ code: 'ConnectionStalled' });
  });

  test('is not, once it moves', async () => {
    const flight = fly(settings);
    flight.send(1);
    await overtake(100);
    flight.send(2);
    await clock.advance(STALL);
    expect(flight.state.isSettled).toBe(false);
  });

  test('is not, where sending it again may do harm', async () => {
    const flight = fly({});
    flight.send(1);
    await overtake(100);
    await clock.advance(STALL);
    expect(flight.state.isSettled).toBe(false);
  });

  test('is not for what a machine slept', async () => {
    const flight = fly(settings);
    flight.send(1);
    await overtake(100);
    await clock.sleep(3600 * SECOND);
    expect(flight.state.isSettled).toBe(false);
    flight.answer();
    await clock.advance(0);
    expect(clock.pending).toBe(0);
  });
});

describe('a request without a body', () => {
  test('is timed from its start', async () => {
    const flight = fly({ operation: 'ListParts', size: 0 });
    await clock.advance(STALL - 1);
    expect(flight.state.isSettled).toBe(false);
    await clock.advance(1);
    expect(errorOf(flight)).toMatchObject({ kind: 'timeout', operation: 'ListParts' });
  });

  test('is not timed while others may hold all sockets', async () => {
    const parts = [fly({}), fly({ partNumber: 2 })];
    const flight = fly({ operation: 'ListParts', size: 0 });
    for (let minute = 0; minute < 10; minute += 1) {
      for (const part of parts) part.send(minute + 1);
      await clock.advance(60 * SECOND);
    }
    expect(flight.state.isSettled).toBe(false);
    parts[0]?.abort('gone');
    await clock.advance(0);
    parts[1]?.send(MB);
    await clock.advance(STALL + UNKNOWN - 1);
    expect(flight.state.isSettled).toBe(false);
    await clock.advance(1);
    expect(flight.state.isSettled).toBe(true);
  });
});

describe('Complete', () => {
  test('has a limit of its own, from its start to its answer', async () => {
    const flight = fly({ operation: 'CompleteMultipartUpload', size: 0 });
    const part = fly({ partNumber: 2 });
    await clock.advance(COMPLETE - 1);
    part.answer();
    await clock.advance(0);
    expect(flight.state.isSettled).toBe(false);
    await clock.advance(1);
    expect(errorOf(flight)).toMatchObject({
      kind: 'timeout',
      operation: 'CompleteMultipartUpload',
    });
  });
});

describe('whatever the request', () => {
  test('one that goes out after a look at the server is one in flight, and none when it ends', async () => {
    const settings = { clock, traffic, concurrency: 2, stall: STALL, queue: QUEUE, complete: 1 };
    const request = { operation: 'PutObject', size: MB, timeouts: 0 } as const;
    await underWatch(settings, request, async ({ onStart }) => {
      onStart();
      onStart();
      expect([traffic.requests, traffic.bytes]).toEqual([1, MB]);
    });
    expect([traffic.requests, traffic.bytes]).toEqual([0, 0]);
  });

  test('a machine that slept does not count its sleep', async () => {
    const flight = fly({ operation: 'ListParts', size: 0 });
    await clock.advance(STALL - SECOND);
    await clock.sleep(3600 * SECOND);
    expect(flight.state.isSettled).toBe(false);
    await clock.advance(STALL);
    expect(flight.state.isSettled).toBe(true);
  });

  test.each(['its timer', 'its own failure', 'what others tell'])(
    'a sleep is told, be it by %s that it shows',
    async (first) => {
      let slept = 0;
      const flight = fly({ onSlept: () => (slept += 1) });
      flight.send(1);
      await clock.advance(SECOND);
      expect(slept).toBe(0);
      const sleeping = clock.sleep(3600 * SECOND);
      if (first === 'its own failure') flight.abort('broken');
      if (first === 'what others tell') flight.send(2);
      await sleeping;
      expect(slept).toBeGreaterThan(0);
    },
  );

  test('a timer that is a little late has not slept', async () => {
    const flight = fly({ operation: 'ListParts', size: 0 });
    await clock.sleep(STALL + 4 * SECOND);
    expect(flight.state.isSettled).toBe(true);
  });

  test("the caller's abort reaches it with its reason, and leaves no timer", async () => {
    const reason = new Error('stop');
    const flight = fly({});
    flight.abort(reason);
    await clock.advance(0);
    expect(flight.state.reason).toBe(reason);
    expect(clock.pending).toBe(0);
    expect(traffic.requests).toBe(0);
  });
});
