import { beforeEach, describe, expect, test } from 'vitest';
import { UploadError } from '../errors.ts';
import { watch } from '../testing/promises.ts';
import { SimulatedClock } from '../testing/simulated-clock.ts';
import { Network } from './network.ts';

const SECOND = 1000;
const cause = new UploadError('network', 'A request got no answer.', {
  operation: 'UploadPart',
  partNumber: 3,
});

let clock: SimulatedClock;
let network: Network;
/** When the probes were, in seconds since the start. */
let probes: number[];
let isReachable: boolean;
let tellOnline: () => void;
const { signal } = new AbortController();

beforeEach(() => {
  clock = new SimulatedClock();
  const start = clock.now();
  probes = [];
  isReachable = false;
  tellOnline = () => undefined;
  network = new Network({
    clock,
    url: 'https://videos.oss-cn-hangzhou.aliyuncs.com/',
    probeTimeout: 10 * SECOND,
    connectivity: {
      probe() {
        probes.push((clock.now() - start) / SECOND);
        return Promise.resolve(isReachable);
      },
      onOnline(callback) {
        tellOnline = callback;
        return () => {
          tellOnline = () => undefined;
        };
      },
    },
  });
});

describe('after a request without an answer', () => {
  test('one probe serves all who wait', async () => {
    isReachable = true;
    const waiters = [1, 2, 3].map(() => watch(network.settle(cause, signal)));
    await clock.advance(0);
    expect(waiters.map(({ value }) => value)).toEqual(['reachable', 'reachable', 'reachable']);
    expect(probes).toEqual([0]);
    expect(network.isAway).toBe(false);
  });

  test('it is probed ever more seldom, for as long as it takes', async () => {
    const waiter = watch(network.settle(cause, signal));
    await clock.advance(130 * SECOND);
    expect(probes).toEqual([0, 1, 3, 7, 15, 31, 61, 91, 121]);
    expect(network.isAway).toBe(true);
    expect(waiter.isSettled).toBe(false);
    isReachable = true;
    await clock.advance(21 * SECOND);
    expect(waiter.value).toBe('was-away');
    expect(network.isAway).toBe(false);
    expect(clock.pending).toBe(0);
  });

  test("the system's word that a network is there brings the next probe forward", async () => {
    const waiter = watch(network.settle(cause, signal));
    await clock.advance(40 * SECOND);
    isReachable = true;
    tellOnline();
    await clock.advance(0);
    expect(waiter.value).toBe('was-away');
    expect(probes.at(-1)).toBe(40);
  });

  test('any answer to a request ends the waiting', async () => {
    const waiter = watch(network.settle(cause, signal));
    await clock.advance(40 * SECOND);
    network.noteAnswer();
    await clock.advance(0);
    expect(waiter.value).toBe('was-away');
    expect(network.hasAnswered).toBe(true);
    expect(clock.pending).toBe(0);
  });

  test('those who are told to stop wait no longer', async () => {
    const controller = new AbortController();
    const waiter = watch(network.settle(cause, controller.signal));
    await clock.advance(5 * SECOND);
    controller.abort('stop');
    await clock.advance(0);
    expect(waiter.reason).toBe('stop');
  });

  test('whoever comes while the network is away waits at the door', async () => {
    void network.settle(cause, signal);
    await clock.advance(5 * SECOND);
    const waiter = watch(network.whenThere(signal));
    await clock.advance(SECOND);
    expect(waiter.isSettled).toBe(false);
    network.noteAnswer();
    await clock.advance(0);
    expect(waiter.isSettled).toBe(true);
  });

  test('a closed one probes no more', async () => {
    const waiter = watch(network.settle(cause, signal));
    await clock.advance(5 * SECOND);
    network.close();
    await clock.advance(300 * SECOND);
    expect(probes).toEqual([0, 1, 3]);
    expect(waiter.isSettled).toBe(true);
  });
});

test('listeners hear of the change at once, and of a long wait once, with what to do', async () => {
  const changes: boolean[] = [];
  const notices: UploadError[] = [];
  network.subscribe({
    onChange: () => changes.push(network.isAway),
    onLongWait: (error) => notices.push(error),
  });
  const waiter = watch(network.settle(cause, signal));
  await clock.advance(29 * SECOND);
  expect(changes).toEqual([true]);
  expect(notices).toEqual([]);
  await clock.advance(200 * SECOND);
  expect(notices).toHaveLength(1);
  expect(notices[0]).toMatchObject({
    kind: 'network',
    operation: 'UploadPart',
    partNumber: 3,
    cause,
  });
  network.noteAnswer();
  await clock.advance(0);
  expect(changes).toEqual([true, false]);
  expect(waiter.isSettled).toBe(true);
});

test('a probe that is not answered in time has failed', async () => {
  const unanswered = new Network({
    clock,
    url: 'https://videos.oss-cn-hangzhou.aliyuncs.com/',
    probeTimeout: 10 * SECOND,
    connectivity: {
      probe: (_url, probing) =>
        new Promise((resolve) => {
          probing.addEventListener('abort', () => resolve(false));
        }),
      onOnline: () => () => undefined,
    },
  });
  void unanswered.settle(cause, signal);
  await clock.advance(10 * SECOND - 1);
  expect(unanswered.isAway).toBe(false);
  await clock.advance(1);
  expect(unanswered.isAway).toBe(true);
});
