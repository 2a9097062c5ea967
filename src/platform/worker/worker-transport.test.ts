import { beforeEach, describe, expect, test } from 'vitest';
import type { ByteRange, TransportRequest, TransportResponse, WorkerLoss } from '../../ports.ts';
import { FakeWorker } from '../../testing/fake-worker.ts';
import { watch } from '../../testing/promises.ts';
import { SimulatedClock } from '../../testing/simulated-clock.ts';
import type { Answer } from '../xhr.ts';
import { PROTOCOL } from './messages.ts';
import { createWorkerTransport } from './worker-transport.ts';

const FILE = new File([new Uint8Array(100)], 'film.bin');
const RANGE: ByteRange = { source: FILE, offset: 10, size: 20, hash: ['crc64'] };
const PUT = { method: 'PUT', url: 'https://oss.example/film', headers: { a: 'b' } } as const;
const ANSWER: Answer = {
  status: 200,
  url: PUT.url,
  body: '<ok/>',
  headers: 'etag: "ABC"\r\nx-oss-request-id: 5F\r\n',
  digests: { crc64: '7' },
};
const BY_PAGE: TransportResponse = { status: 204, url: '', body: '', header: () => undefined };

let clock: SimulatedClock;
let workers: FakeWorker[];
let sentByPage: TransportRequest[];
let losses: WorkerLoss[];
/** What a worker does first; it may throw in place of its constructor. */
let begins: (worker: FakeWorker) => void;

beforeEach(() => {
  clock = new SimulatedClock();
  workers = [];
  sentByPage = [];
  losses = [];
  begins = () => undefined;
});

function openRoom() {
  return createWorkerTransport({
    start() {
      const worker = new FakeWorker();
      workers.push(worker);
      begins(worker);
      return worker;
    },
    clock,
    onFallback: (loss) => losses.push(loss),
    page: {
      transport: {
        send(request) {
          sentByPage.push(request);
          return Promise.resolve(BY_PAGE);
        },
      },
      hasher: { digest: () => Promise.resolve({ md5: 'BY PAGE' }) },
    },
  });
}

/** A room whose worker is there, with one request given to it. */
async function openBusyRoom(request: Partial<TransportRequest> = {}) {
  const room = openRoom();
  const sending = room.transport.send({ ...PUT, body: RANGE, ...request });
  const state = watch(sending);
  const worker = last(workers);
  worker.say({ type: 'ready', protocol: PROTOCOL });
  await clock.advance(0);
  return { room, worker, sending, state, id: last(worker.heard('send')).id };
}

function last<Item>(items: readonly Item[]): Item {
  const item = items.at(-1);
  if (item === undefined) throw new Error('There is none.');
  return item;
}

describe('a worker that is there', () => {
  test('sends the bytes, and answers as a transport does', async () => {
    const { worker, sending, id } = await openBusyRoom();
    expect(worker.told).toEqual([
      { type: 'source', source: 2, blob: FILE },
      {
        type: 'send',
        id,
        ...PUT,
        range: { source: 2, offset: 10, size: 20, hash: ['crc64'] },
        isWatched: false,
      },
    ]);
    worker.say({ type: 'done', id, result: ANSWER });
    const response = await sending;
    expect(response).toMatchObject({ status: 200, url: PUT.url, digests: { crc64: '7' } });
    expect(response.header('ETag')).toBe('"ABC"');
    expect(response.header('X-Oss-Request-Id')).toBe('5F');
    expect(response.header('tag')).toBeUndefined();
    expect(sentByPage).toEqual([]);
  });

  test('is given a file once, and told when it is no longer needed', async () => {
    const { room, worker } = await openBusyRoom();
    void room.transport.send({ ...PUT, body: { ...RANGE, offset: 30 } });
    void room.hasher.digest(RANGE, ['md5']);
    await clock.advance(0);
    expect(worker.heard('send')).toHaveLength(2);
    expect(worker.heard('digest')).toHaveLength(1);
    expect(worker.heard('source')).toHaveLength(1);
    room.transport.release?.(FILE);
    room.transport.release?.(FILE);
    room.transport.release?.(new File([], 'another.bin'));
    expect(worker.heard('release')).toEqual([{ type: 'release', source: 2 }]);
    void room.transport.send({ ...PUT, body: RANGE });
    await clock.advance(0);
    expect(worker.heard('source')).toHaveLength(2);
    expect(last(worker.heard('send')).range.source).toBe(last(worker.heard('source')).source);
  });

  test('tells of bytes sent', async () => {
    const sent: number[] = [];
    const { worker, id } = await openBusyRoom({ onSent: (bytes) => sent.push(bytes) });
    expect(last(worker.heard('send')).isWatched).toBe(true);
    const bytes = new Map([
      [id, 5],
      [id + 1000, 6],
    ]);
    worker.say({ type: 'sent', bytes });
    worker.say({ type: 'sent', bytes: new Map([[id, 20]]) });
    expect(sent).toEqual([5, 20]);
  });

  test('is told of an abort, and its answer is not waited for', async () => {
    const controller = new AbortController();
    const { worker, sending, id } = await openBusyRoom({ signal: controller.signal });
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(sending).rejects.toBe(reason);
    expect(worker.heard('abort')).toEqual([{ type: 'abort', id }]);
    // It may have been on its way.
    worker.say({ type: 'done', id, result: ANSWER });
  });

  test('fails as a transport does', async () => {
    const cause = new DOMException('gone', 'NotReadableError');
    const unreadable = await openBusyRoom();
    unreadable.worker.say({ type: 'failed', id: unreadable.id, kind: 'source', cause });
    await expect(unreadable.sending).rejects.toMatchObject({
      name: 'UploadError',
      kind: 'source',
      code: 'FileUnreadable',
      cause,
    });
    const broken = await openBusyRoom();
    broken.worker.say({ type: 'failed', id: broken.id, kind: 'network', cause: undefined });
    await expect(broken.sending).rejects.toMatchObject({ name: 'UploadError', kind: 'network' });
    const fault = await openBusyRoom();
    const error = new SyntaxError('not an address');
    fault.worker.say({ type: 'failed', id: fault.id, kind: undefined, cause: error });
    await expect(fault.sending).rejects.toBe(error);
  });

  test('hashes', async () => {
    const { room, worker } = await openBusyRoom();
    const digesting = room.hasher.digest(RANGE, ['md5']);
    await clock.advance(0);
    const { id, algorithms } = last(worker.heard('digest'));
    expect(algorithms).toEqual(['md5']);
    worker.say({ type: 'done', id, result: { md5: 'D41D' } });
    expect(await digesting).toEqual({ md5: 'D41D' });
  });

  test('that dies while it hashes leaves that to the next one', async () => {
    const { room, worker, state } = await openBusyRoom();
    const digesting = room.hasher.digest(RANGE, ['md5']);
    await clock.advance(0);
    worker.fail();
    await clock.advance(0);
    expect(state.reason).toMatchObject({ kind: 'network' });
    const next = last(workers);
    expect(next).not.toBe(worker);
    next.say({ type: 'ready', protocol: PROTOCOL });
    await clock.advance(0);
    next.say({ type: 'done', id: last(next.heard('digest')).id, result: { md5: 'D41D' } });
    expect(await digesting).toEqual({ md5: 'D41D' });
  });

  test('leaves to the page what carries no bytes of a file, which starts it', async () => {
    const room = openRoom();
    await room.transport.send({ ...PUT, method: 'POST', body: '<xml/>' });
    await room.transport.send({ ...PUT, method: 'GET' });
    expect(sentByPage).toHaveLength(2);
    expect(workers).toHaveLength(1);
  });

  test('is ended when the uploader is closed, and the page sends what comes later', async () => {
    const { room, worker, sending } = await openBusyRoom();
    room.transport.close?.();
    expect(worker.isTerminated).toBe(true);
    await expect(sending).rejects.toMatchObject({ name: 'AbortError' });
    expect(await room.transport.send({ ...PUT, body: RANGE })).toBe(BY_PAGE);
    expect(losses).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});

describe('a worker that cannot be had', () => {
  test.each<[string, (worker: FakeWorker) => void]>([
    ['because its script is not there', (worker) => queueMicrotask(() => worker.fail())],
    [
      'because it is of another release',
      (worker) => queueMicrotask(() => worker.say({ type: 'ready', protocol: PROTOCOL + 1 })),
    ],
    [
      'because there are none',
      () => {
        throw new ReferenceError('Worker is not defined');
      },
    ],
  ])('%s: the page does its work, and says so once', async (_why, begin) => {
    begins = begin;
    const { transport, hasher } = openRoom();
    const both = [1, 2].map(() => transport.send({ ...PUT, body: RANGE }));
    expect(await Promise.all(both)).toEqual([BY_PAGE, BY_PAGE]);
    expect(await hasher.digest(RANGE, ['md5'])).toEqual({ md5: 'BY PAGE' });
    expect(losses).toEqual(['not-started']);
    expect(workers).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  test('yet: the page sends what has waited long enough', async () => {
    const { transport } = openRoom();
    const sending = watch(transport.send({ ...PUT, body: RANGE }));
    await clock.advance(2900);
    expect(sending.isSettled).toBe(false);
    await clock.advance(200);
    expect(sending.value).toBe(BY_PAGE);
    expect(losses).toEqual([]);
    const worker = last(workers);
    worker.say({ type: 'ready', protocol: PROTOCOL });
    void transport.send({ ...PUT, body: RANGE });
    await clock.advance(0);
    expect(worker.heard('send')).toHaveLength(1);
  });

  test('yet: an abort is obeyed at once', async () => {
    const { transport } = openRoom();
    const controller = new AbortController();
    const sending = transport.send({ ...PUT, body: RANGE, signal: controller.signal });
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(sending).rejects.toBe(reason);
    expect(sentByPage).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  test('because it may not send: the page does', async () => {
    const { room, worker, sending } = await openBusyRoom();
    worker.say({ type: 'blocked' });
    await expect(sending).rejects.toMatchObject({ kind: 'network' });
    expect(losses).toEqual(['blocked']);
    expect(await room.transport.send({ ...PUT, body: RANGE })).toBe(BY_PAGE);
    expect(workers).toHaveLength(1);
  });
});

describe('a worker that dies', () => {
  test('fails its requests as the network does, and is replaced', async () => {
    const { room, worker, sending } = await openBusyRoom();
    worker.fail();
    await expect(sending).rejects.toMatchObject({ name: 'UploadError', kind: 'network' });
    expect(worker.isTerminated).toBe(true);
    void room.transport.send({ ...PUT, body: RANGE });
    last(workers).say({ type: 'ready', protocol: PROTOCOL });
    await clock.advance(0);
    expect(workers).toHaveLength(2);
    expect(last(workers).heard('source')).toHaveLength(1);
    expect(last(workers).heard('send')).toHaveLength(1);
    expect(losses).toEqual([]);
  });

  test('without a word is missed', async () => {
    const { worker, state } = await openBusyRoom();
    await clock.advance(15_000);
    expect(worker.heard('ping')).toHaveLength(3);
    expect(state.isSettled).toBe(false);
    await clock.advance(5000);
    expect(state.reason).toMatchObject({ kind: 'network' });
    expect(worker.isTerminated).toBe(true);
    expect(clock.pending).toBe(0);
  });

  test('is not one that answers slowly', async () => {
    const { worker, state, id } = await openBusyRoom();
    for (let round = 0; round < 20; round += 1) {
      await clock.advance(10_000);
      worker.say({ type: 'pong' });
    }
    expect(state.isSettled).toBe(false);
    worker.say({ type: 'done', id, result: ANSWER });
    await clock.advance(60_000);
    expect(state.value).toMatchObject({ status: 200 });
    // Who has nothing to do is not asked.
    const pings = worker.heard('ping').length;
    await clock.advance(60_000);
    expect(worker.heard('ping')).toHaveLength(pings);
    expect(worker.isTerminated).toBe(false);
  });

  test('again and again is given up, unless it gets something done', async () => {
    const { transport } = openRoom();
    const dieAfter = async (isDone: boolean): Promise<void> => {
      const sending = watch(transport.send({ ...PUT, body: RANGE }));
      const worker = last(workers);
      worker.say({ type: 'ready', protocol: PROTOCOL });
      await clock.advance(0);
      const { id } = last(worker.heard('send'));
      if (isDone) worker.say({ type: 'done', id, result: ANSWER });
      worker.fail();
      await clock.advance(0);
      expect(sending.isSettled).toBe(true);
    };
    for (const isDone of [false, false, true, false]) await dieAfter(isDone);
    expect(losses).toEqual([]);
    await dieAfter(false);
    expect(losses).toEqual(['died']);
    expect(await transport.send({ ...PUT, body: RANGE })).toBe(BY_PAGE);
    expect(workers).toHaveLength(5);
  });
});
