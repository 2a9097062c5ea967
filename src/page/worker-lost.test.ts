import { beforeEach, describe, expect, test } from 'vitest';
import { unreadableFile } from '../errors.ts';
import type { UploadEvent } from '../events.ts';
import { PROTOCOL } from '../host/messages.ts';
import type { FakeWorker } from '../testing/fake-worker.ts';
import { FILE, PARTS } from '../testing/tabs-world.ts';
import { WorkersWorld } from '../testing/workers-world.ts';
import { fileOf, KEY, record, SECOND } from '../testing/world.ts';

let world: WorkersWorld;

beforeEach(() => {
  world = new WorkersWorld();
});

function ofType(events: readonly UploadEvent[], type: UploadEvent['type']): UploadEvent[] {
  return events.filter((event) => event.type === type);
}

describe('a worker that dies', () => {
  test('is replaced, and the next one goes on with what is there', async () => {
    const page = world.openPage({ concurrency: 1 });
    const upload = await world.uploadUntil(page, 3);
    const confirmed = upload.snapshot.confirmedBytes;
    const shown: number[] = [];
    upload.subscribe(({ confirmedBytes }) => shown.push(confirmedBytes));
    world.worker.fail();
    expect(world.workers).toHaveLength(2);
    await world.endWhole(upload);
    expect(Math.min(...shown)).toBeGreaterThanOrEqual(confirmed);
    expect(world.oss.count('initiate')).toBe(1);
    // The one that was in flight went twice.
    expect(world.oss.count('part')).toBe(PARTS + 1);
    await world.closeAndLookThatNothingIsLeft(page);
  });

  test('after another file was picked leaves no other to go on with than the one before', async () => {
    let isGone = false;
    world.oss.interfere = ({ operation, process }) => {
      isGone ||= world.oss.count('part') > 5;
      return operation === 'part' && isGone ? Promise.reject(unreadableFile(undefined)) : process();
    };
    const upload = world.openPage({ concurrency: 1 }).upload(FILE, { key: KEY });
    await world.until(() => upload.snapshot.status === 'needs-file');
    world.oss.interfere = ({ process }) => process();
    const events = record(upload);
    upload.resume(fileOf(FILE.size, 8));
    await world.until(() => ofType(events, 'needs-file').length > 0);
    world.worker.fail();
    await world.endWhole(upload);
    expect(world.oss.count('initiate')).toBe(1);
  });

  test('news of before a file was picked do not make it the one that another worker is to go on with', async () => {
    const gate = world.stopAfter(0);
    const page = world.openPage({ concurrency: 3 });
    const upload = page.upload(FILE, { key: KEY });
    await world.untilSent(3);
    // Three parts are confirmed at once: of the second and third it is heard after the file was picked.
    let isPicked = false;
    let isRefused = false;
    upload.subscribe((_snapshot, event) => {
      isRefused ||= event.type === 'needs-file';
      if (event.type !== 'part-confirmed' || isPicked) return;
      isPicked = true;
      upload.resume(fileOf(FILE.size, 8));
    });
    gate.resolve();
    await world.until(() => isRefused);
    world.worker.fail();
    await world.endWhole(upload);
    expect(world.oss.count('initiate')).toBe(1);
  });

  test('without a word is missed', async () => {
    const page = world.openPage({ concurrency: 1 });
    const upload = await world.uploadUntil(page, 3);
    world.worker.die();
    await world.clock.advance(14 * SECOND);
    expect(world.workers).toHaveLength(1);
    await world.clock.advance(11 * SECOND);
    expect(world.workers).toHaveLength(2);
    await world.endWhole(upload);
    await world.closeAndLookThatNothingIsLeft(page);
  });

  test('is not one that has nothing to say', async () => {
    const page = world.openPage();
    world.stopAfter(0);
    const upload = page.upload(FILE, { key: KEY });
    await world.until(() => world.oss.count('part') > 0);
    upload.pause();
    for (let turn = 0; turn < 20; turn += 1) await world.clock.advance(10 * SECOND);
    expect(world.workers).toHaveLength(1);
    expect(world.worker.heard('ping').length).toBeGreaterThan(10);
    await page.close();
  });

  test('leaves a pause as it is', async () => {
    const page = world.openPage({ concurrency: 1 });
    const upload = await world.uploadUntil(page, 3);
    upload.pause();
    await world.clock.advance(SECOND);
    world.worker.fail();
    await world.clock.advance(10 * SECOND);
    expect(upload.snapshot.status).toBe('paused');
    expect(world.oss.count('part')).toBe(4);
    upload.resume();
    await world.endWhole(upload);
    await world.closeAndLookThatNothingIsLeft(page);
  });

  test('in the middle of a cancel leaves that to the next one', async () => {
    const page = world.openPage({ concurrency: 1 });
    const upload = await world.uploadUntil(page, 3);
    world.oss.interfere = ({ operation, process }) =>
      operation === 'abort' ? new Promise(() => undefined) : process();
    const cancelling = upload.cancel();
    await world.until(() => world.oss.count('abort') > 0);
    world.oss.interfere = ({ process }) => process();
    world.worker.fail();
    await world.pass(cancelling);
    expect(world.oss.count('abort')).toBeGreaterThan(1);
    await world.closeAndLookThatNothingIsLeft(page);
  });

  test('again and again, with nothing done, is replaced by the page, which says so', async () => {
    const page = world.openPage({ concurrency: 1 });
    const upload = await world.uploadUntil(page, 3);
    const events = record(upload);
    const dies = (worker: FakeWorker): void => queueMicrotask(() => worker.fail());
    world.begins = (worker) => {
      worker.start();
      queueMicrotask(() => queueMicrotask(() => dies(worker)));
    };
    world.worker.fail();
    await world.endWhole(upload);
    expect(world.workers).toHaveLength(3);
    expect(ofType(events, 'worker-unavailable')).toEqual([
      { type: 'worker-unavailable', reason: 'died' },
    ]);
    await world.closeAndLookThatNothingIsLeft(page);
  });
});

describe('a worker that cannot be had', () => {
  test.each<[string, (worker: FakeWorker) => void]>([
    ['because its script is not there', (worker) => queueMicrotask(() => worker.fail())],
    ['because it is of another release', (worker) => worker.start(PROTOCOL + 1)],
    [
      'because there are none',
      () => {
        throw new ReferenceError('Worker is not defined');
      },
    ],
  ])('%s: the page does its work, and says so once', async (_why, begin) => {
    world.begins = begin;
    const page = world.openPage();
    const first = page.upload(FILE, { key: KEY });
    const events = record(first);
    await world.endWhole(first);
    const second = record(page.upload(fileOf(10), { key: 'another.txt' }));
    await world.until(() => ofType(second, 'status').length > 1);
    expect(ofType([...events, ...second], 'worker-unavailable')).toEqual([
      { type: 'worker-unavailable', reason: 'not-started' },
    ]);
    expect(world.workers).toHaveLength(1);
    await world.closeAndLookThatNothingIsLeft(page);
  });

  test('and nobody uploads: the next upload hears of it', async () => {
    world.begins = (worker) => queueMicrotask(() => worker.fail());
    const page = world.openPage();
    await world.clock.advance(SECOND);
    const events = record(page.upload(FILE, { key: KEY }));
    await world.until(() => ofType(events, 'worker-unavailable').length > 0);
    expect(events[0]?.type).toBe('worker-unavailable');
    await page.close();
  });

  test('within half a minute: the page does its work', async () => {
    world.begins = () => undefined;
    const page = world.openPage();
    const upload = page.upload(FILE, { key: KEY });
    await world.clock.advance(29 * SECOND);
    expect(world.worker.isTerminated).toBe(false);
    await world.clock.advance(2 * SECOND);
    expect(world.worker.isTerminated).toBe(true);
    await world.endWhole(upload);
    await world.closeAndLookThatNothingIsLeft(page);
  });

  test('because it may not send: the page does, and says so', async () => {
    const page = world.openPage();
    const upload = page.upload(FILE, { key: KEY });
    const events = record(upload);
    world.worker.say({ type: 'blocked' });
    await world.endWhole(upload);
    expect(ofType(events, 'worker-unavailable')).toMatchObject([{ reason: 'blocked' }]);
    await world.closeAndLookThatNothingIsLeft(page);
  });
});

describe('an engine that cannot be loaded into the page', () => {
  beforeEach(() => {
    world.begins = (worker) => queueMicrotask(() => worker.fail());
  });

  test('while the network is away is waited for, and so is a worker', async () => {
    world.isReachable = false;
    world.loadHost = () => Promise.reject(new TypeError('Failed to fetch'));
    const page = world.openPage();
    const upload = page.upload(FILE, { key: KEY });
    for (let turn = 0; turn < 60; turn += 1) await world.clock.advance(10 * SECOND);
    expect(upload.snapshot.status).toBe('queued');
    expect(world.workers.length).toBeGreaterThan(10);
    world.isReachable = true;
    world.begins = (worker) => worker.start();
    await world.endWhole(upload);
    expect(ofType(record(upload), 'worker-unavailable')).toEqual([]);
    await world.closeAndLookThatNothingIsLeft(page);
  });

  test('is asked for by one at a time, however many files wait for it', async () => {
    let asked = 0;
    world.isReachable = false;
    world.loadHost = () => {
      asked += 1;
      return Promise.reject(new TypeError('Failed to fetch'));
    };
    const page = world.openPage();
    await world.until(() => asked === 1);
    await world.until(() => world.probes.length === 1);
    for (const key of ['a', 'b', 'c']) page.upload(FILE, { key });
    await world.clock.advance(0);
    expect(asked).toBe(1);
    expect(world.workers).toHaveLength(1);
    await page.close();
    expect(world.clock.pending).toBe(0);
  });

  test('is a failure, and is asked for anew by the next upload', async () => {
    world.loadHost = () => Promise.reject(new TypeError('Failed to fetch'));
    const page = world.openPage({ retry: { limit: 3 } });
    const { reason } = await world.end(page.upload(FILE, { key: KEY }));
    expect(reason).toMatchObject({ kind: 'credentials', cause: { message: 'Failed to fetch' } });
    world.begins = (worker) => worker.start();
    await world.endWhole(page.upload(FILE, { key: KEY }));
    expect(world.worker.heard('upload')).toHaveLength(1);
    await world.closeAndLookThatNothingIsLeft(page);
  });
});
