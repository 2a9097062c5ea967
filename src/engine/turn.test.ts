import { beforeEach, describe, expect, test, vi } from 'vitest';
import { noAnswer, silence } from '../testing/fake-oss.ts';
import type { FakeTab } from '../testing/fake-tabs.ts';
import { controlled, watch } from '../testing/promises.ts';
import { fileOf, KEY, record, SECOND, UNIT, World } from '../testing/world.ts';
import type { Upload } from '../upload.ts';
import type { Uploader } from '../uploader.ts';
import { race } from '../waiting.ts';

const PARTS = 6;
const FILE = fileOf(PARTS * UNIT);

let world: World;

beforeEach(() => {
  world = new World();
});

describe('a second tab with the same file', () => {
  test('waits, sends nothing, and is done with the result of the first', async () => {
    const gate = stopAfter(2);
    const first = openTab().upload(FILE, { key: KEY });
    await untilSent(3);
    const second = openTab().upload(FILE, { key: KEY });
    await untilWaiting(second);
    const seen = world.oss.requests.length;
    // The first answers whenever it is asked: for as long as it lives, nobody takes anything from it.
    await world.clock.advance(20 * SECOND);
    expect(world.oss.requests.length).toBe(seen);
    gate.resolve();
    const { value } = await world.end(first);
    expect(await world.end(second)).toEqual({ value, isSettled: true });
    expect(second.snapshot).toMatchObject({ status: 'done', confirmedBytes: FILE.size });
    expect(counts()).toMatchObject({ initiate: 1, part: PARTS, complete: 1, list: 0 });
    await expectNothingLeft();
  });

  test('is done even where it begins to wait after the result was told', async () => {
    const { value } = await world.end(openTab().upload(FILE, { key: KEY }));
    const second = openTab().upload(FILE, { key: KEY });
    await world.until(() => second.snapshot.status === 'done');
    expect(second.snapshot.result).toEqual(value);
    expect(counts()).toMatchObject({ initiate: 1, part: PARTS });
  });

  test('goes on where the first stopped when that is closed', async () => {
    const { page, upload } = await beginInTab(3);
    const second = openTab().upload(FILE, { key: KEY });
    const events = record(second);
    await untilWaiting(second);
    await page.close();
    expect(upload.snapshot.status).toBe('paused');
    expect(await world.end(second)).toMatchObject({ value: { uploadId: 'upload-1' } });
    expect(counts()).toMatchObject({ initiate: 1, list: 1, complete: 1 });
    expect(partsSentAgain()).toEqual([4]);
    expect(events).toContainEqual(expect.objectContaining({ type: 'resumed' }));
    await expectNothingLeft();
  });

  test('goes on when the first fails', async () => {
    world.oss.interfere = ({ operation, process }) =>
      operation === 'complete' && world.oss.count('complete') <= 6 ? noAnswer() : process();
    const first = openTab().upload(FILE, { key: KEY });
    await untilSent(PARTS);
    const second = openTab().upload(FILE, { key: KEY });
    await untilWaiting(second);
    expect(await world.end(first)).toMatchObject({ reason: { kind: 'network' } });
    expect(await world.end(second)).toMatchObject({ value: { uploadId: 'upload-1' } });
    expect(counts()).toMatchObject({ initiate: 1, part: PARTS });
  });

  test('goes on with the session of a first that is cancelled', async () => {
    const { upload } = await beginInTab(3);
    const second = openTab().upload(FILE, { key: KEY });
    await untilWaiting(second);
    await upload.cancel();
    expect(await world.end(second)).toMatchObject({ value: { uploadId: 'upload-1' } });
    expect(counts()).toMatchObject({ initiate: 1, abort: 0 });
    expect(partsSentAgain()).toEqual([4]);
    await expectNothingLeft();
  });

  test('is cancelled at once while it waits, and leaves the first alone', async () => {
    const { upload } = await beginInTab(2);
    const second = openTab().upload(FILE, { key: KEY });
    await untilWaiting(second);
    const rejected = watch(second.done);
    await second.cancel();
    expect(rejected.reason).toMatchObject({ name: 'AbortError' });
    expect(second.snapshot.status).toBe('cancelled');
    expect(await world.end(upload)).toMatchObject({ value: { verified: 'etag' } });
    expect(counts()).toMatchObject({ initiate: 1, abort: 0, complete: 1 });
  });

  test('gives up its place in a pause, and takes it again', async () => {
    const { page } = await beginInTab(2);
    const second = openTab().upload(FILE, { key: KEY });
    await untilWaiting(second);
    second.pause();
    second.resume();
    await untilWaiting(second);
    second.pause();
    expect(second.snapshot.status).toBe('paused');
    await page.close();
    await world.clock.advance(60 * SECOND);
    expect(world.tabs.held).toEqual([]);
    second.resume();
    expect(await world.end(second)).toMatchObject({ value: { uploadId: 'upload-1' } });
    expect(partsSentAgain()).toEqual([3]);
  });

  test('waits for the same key and bytes only', async () => {
    await beginInTab(2);
    const other = openTab().upload(fileOf(FILE.size, 8), { key: KEY });
    const elsewhere = openTab().upload(FILE, { key: 'copy.mp4' });
    expect(await world.end(other)).toMatchObject({ value: { verified: 'etag' } });
    expect(await world.end(elsewhere)).toMatchObject({ value: { key: 'copy.mp4' } });
    expect(counts()).toMatchObject({ initiate: 3 });
  });

  test('does not take the result for a file of another date', async () => {
    const gate = stopAfter(2);
    const first = openTab().upload(FILE, { key: KEY });
    await untilSent(3);
    const later = new File([FILE], FILE.name, { lastModified: FILE.lastModified + 1 });
    const second = openTab().upload(later, { key: KEY });
    await untilWaiting(second);
    gate.resolve();
    await world.end(first);
    expect(await world.end(second)).toMatchObject({ value: { uploadId: 'upload-2' } });
  });

  test('does not take the result where it wants the server of the app to be told', async () => {
    const gate = stopAfter(2);
    const first = openTab().upload(FILE, { key: KEY });
    await untilSent(3);
    const callback = { url: 'https://app.example.com/stored', body: 'key=${object}' };
    const second = openTab().upload(FILE, { key: KEY, callback });
    await untilWaiting(second);
    gate.resolve();
    await world.end(first);
    expect(await world.end(second)).toMatchObject({
      value: { uploadId: 'upload-2', callback: { ok: true } },
    });
  });

  test('small enough for one request waits for nobody', async () => {
    world.oss.interfere = (incoming) =>
      world.oss.count('put') === 1 ? silence(incoming) : incoming.process();
    const small = fileOf(UNIT);
    openTab().upload(small, { key: KEY });
    await world.until(() => world.oss.count('put') === 1);
    expect(world.tabs.held).toEqual([]);
    const second = openTab().upload(small, { key: KEY });
    expect(await world.end(second)).toMatchObject({ value: { size: UNIT } });
  });
});

describe('a pause', () => {
  test('lets another tab go on; the resumed upload is done with what came of it', async () => {
    const { upload } = await beginInTab(3);
    const second = openTab().upload(FILE, { key: KEY });
    await untilWaiting(second);
    upload.pause();
    const { value } = await world.end(second);
    expect(value).toMatchObject({ uploadId: 'upload-1' });
    expect(upload.snapshot.status).toBe('paused');
    const seen = world.oss.requests.length;
    upload.resume();
    expect(await world.end(upload)).toMatchObject({ value });
    expect(world.oss.requests.length).toBe(seen);
    await expectNothingLeft();
  });

  test('sends nothing again of what another tab has sent meanwhile', async () => {
    const { upload } = await beginInTab(2);
    upload.pause();
    stopAfter(world.oss.count('part') + 2);
    const page = openTab();
    page.upload(FILE, { key: KEY });
    await untilSent(6);
    await page.close();
    world.oss.interfere = ({ process }) => process();
    const seen = world.oss.count('part');
    upload.resume();
    expect(await world.end(upload)).toMatchObject({ value: { uploadId: 'upload-1' } });
    expect(world.oss.count('part') - seen).toBe(2);
  });

  test('and a cancel leave the session to a tab that works on it', async () => {
    const { upload } = await beginInTab(2);
    upload.pause();
    const gate = stopAfter(world.oss.count('part') + 1);
    const second = openTab().upload(FILE, { key: KEY });
    await untilSent(5);
    await upload.cancel();
    gate.resolve();
    expect(await world.end(second)).toMatchObject({ value: { uploadId: 'upload-1' } });
    expect(counts()).toMatchObject({ initiate: 1, abort: 0 });
  });
});

describe('a tab that does not answer for 30 seconds', () => {
  test('is stolen from: it stops, sends nothing, and its late answers change nothing', async () => {
    const tab = world.tabs.open();
    const answer = controlled();
    world.oss.interfere = async ({ operation, partNumber, request, process }) => {
      const isLate = operation === 'part' && partNumber === 3 && world.oss.count('part') === 3;
      const answered = await process();
      if (isLate) await race(answer.promise, request.signal ?? new AbortController().signal);
      return answered;
    };
    const hung = openTab(tab).upload(FILE, { key: KEY });
    const events = record(hung);
    await untilSent(3);
    await world.clock.advance(SECOND);
    tab.freeze();
    const second = openTab().upload(FILE, { key: KEY });
    await untilWaiting(second);
    await world.clock.advance(29_000);
    expect(second.snapshot.status).toBe('waiting-for-tab');
    expect(world.oss.count('part')).toBe(3);
    await world.clock.advance(SECOND);
    const { value } = await world.end(second);
    expect(value).toMatchObject({ uploadId: 'upload-1', verified: 'etag' });

    const seen = world.oss.requests.length;
    const told = events.length;
    tab.wake();
    answer.resolve();
    expect(await world.end(hung)).toMatchObject({ value });
    expect(world.oss.requests.length).toBe(seen);
    expect(events.slice(told).map(({ type }) => type)).not.toContain('part-confirmed');
    await expectNothingLeft();
  });

  test('waits like any other when it wakes while the thief is at work, and goes on after it', async () => {
    const { tab, upload } = await beginInTab(2);
    tab.freeze();
    stopAfter(world.oss.count('part') + 2);
    const page = openTab();
    const second = page.upload(FILE, { key: KEY });
    await untilWaiting(second);
    await world.clock.advance(30 * SECOND);
    await untilSent(6);
    tab.wake();
    await untilWaiting(upload);
    await page.close();
    world.oss.interfere = ({ process }) => process();
    expect(await world.end(upload)).toMatchObject({ value: { uploadId: 'upload-1' } });
    expect(counts()).toMatchObject({ initiate: 1, complete: 1 });
    expect(world.oss.objects.get(`/${KEY}`)?.size).toBe(FILE.size);
  });

  test('while it was given an upload id tidies that up', async () => {
    const tab = world.tabs.open();
    world.oss.interfere = ({ operation, process }) => {
      if (operation === 'initiate' && world.oss.count('initiate') === 1) tab.freeze();
      return process();
    };
    const hung = openTab(tab).upload(FILE, { key: KEY });
    await world.until(() => world.oss.count('initiate') === 1);
    const second = openTab().upload(FILE, { key: KEY });
    await untilWaiting(second);
    await world.clock.advance(30 * SECOND);
    const { value } = await world.end(second);
    expect(value).toMatchObject({ uploadId: 'upload-2' });
    tab.wake();
    expect(await world.end(hung)).toMatchObject({ value });
    await world.until(() => world.oss.uploads.size === 0);
    expect(counts()).toMatchObject({ part: PARTS, complete: 1 });
    await expectNothingLeft();
  });

  test('while the object was put together is found to have done it', async () => {
    const tab = world.tabs.open();
    const answer = controlled();
    world.oss.interfere = async ({ operation, process }) => {
      const answered = await process();
      if (operation === 'complete') await answer.promise;
      return answered;
    };
    const hung = openTab(tab).upload(FILE, { key: KEY });
    await world.until(() => world.oss.count('complete') === 1);
    tab.freeze();
    const second = openTab().upload(FILE, { key: KEY });
    await untilWaiting(second);
    await world.clock.advance(30 * SECOND);
    const { value } = await world.end(second);
    expect(value).toMatchObject({ uploadId: 'upload-1', verified: 'etag' });
    tab.wake();
    answer.resolve();
    expect(await world.end(hung)).toMatchObject({ value: { uploadId: 'upload-1' } });
    expect(counts()).toMatchObject({ initiate: 1, part: PARTS, complete: 1 });
    await expectNothingLeft();
  });

  test('is stolen from by one of those that wait; all have one result', async () => {
    const { tab } = await beginInTab(2);
    tab.freeze();
    const others = [openTab(), openTab(), openTab()].map((page) => page.upload(FILE, { key: KEY }));
    for (const upload of others) await untilWaiting(upload);
    await world.clock.advance(30 * SECOND);
    const ends = await Promise.all(others.map((upload) => world.end(upload)));
    expect(new Set(ends.map(({ value }) => JSON.stringify(value))).size).toBe(1);
    expect(counts()).toMatchObject({ initiate: 1, complete: 1 });
  });

  test('while it is paused or cancelled keeps its wish', async () => {
    const { tab, upload } = await beginInTab(2);
    tab.freeze();
    const second = openTab().upload(FILE, { key: KEY });
    await untilWaiting(second);
    await world.clock.advance(30 * SECOND);
    await world.end(second);
    upload.pause();
    tab.wake();
    await world.clock.advance(SECOND);
    expect(upload.snapshot.status).toBe('paused');
    void upload.cancel();
    await world.clock.advance(20 * SECOND);
    expect(upload.snapshot.status).toBe('cancelled');
    expect(counts()).toMatchObject({ initiate: 1, complete: 1 });
    await expectNothingLeft();
  });
});

describe('in one page', () => {
  test('two uploaders do not wait for each other for ever', async () => {
    const tab = world.tabs.open();
    const uploads = [openTab(tab), openTab(tab)].map((page) => page.upload(FILE, { key: KEY }));
    const [first, second] = await Promise.all(uploads.map((upload) => world.end(upload)));
    expect(first).toEqual(second);
    expect(counts()).toMatchObject({ initiate: 1, part: PARTS });
  });

  test('nor do two blobs of the same bytes, nor one upload that is paused and resumed', async () => {
    const page = openTab();
    const blobs = [new Blob([FILE]), new Blob([FILE])];
    const [first, second] = blobs.map((blob) => page.upload(blob, { key: KEY }));
    if (first === undefined || second === undefined) throw new Error('Two uploads were expected.');
    await untilSent(1);
    first.pause();
    first.resume();
    expect(await world.end(first)).toEqual(await world.end(second));
    expect(counts()).toMatchObject({ initiate: 1, complete: 1 });
  });
});

describe('unfinished()', () => {
  test('leaves out what another tab is uploading, and has it again after a pause', async () => {
    const { upload } = await beginInTab(2);
    const other = openTab();
    expect(await other.unfinished()).toEqual([]);
    upload.pause();
    await world.clock.advance(SECOND);
    expect(await other.unfinished()).toMatchObject([{ key: KEY, confirmedBytes: 2 * UNIT }]);
  });

  test('resumes what another tab has taken up since as that is done', async () => {
    await world.uploadSome(FILE, 2);
    const [unfinished] = await openTab().unfinished();
    const gate = stopAfter(world.oss.count('part'));
    const first = openTab().upload(FILE, { key: KEY });
    await untilSent(4);
    const second = unfinished?.resume(FILE);
    if (second === undefined) throw new Error('Nothing is unfinished.');
    await untilWaiting(second);
    gate.resolve();
    const { value } = await world.end(first);
    expect(await world.end(second)).toMatchObject({ value });
  });

  test('does not discard what another tab has taken up since, nor is it given up for its age', async () => {
    await world.uploadSome(FILE, 2);
    const [unfinished] = await openTab().unfinished();
    const gate = stopAfter(world.oss.count('part'));
    const first = openTab().upload(FILE, { key: KEY });
    await untilSent(4);
    await unfinished?.discard();
    await world.clock.advance(SECOND);
    world.openPage({ checkpoint: { maxAge: 1 } });
    await world.clock.advance(SECOND);
    gate.resolve();
    expect(await world.end(first)).toMatchObject({ value: { uploadId: 'upload-1' } });
    expect(world.oss.count('abort')).toBe(0);
  });
});

describe('where the browser has no', () => {
  const { locks, channels, deliver } = new World().tabs.open();
  const refuse = (): never => {
    throw new DOMException('Not in a sandbox.', 'SecurityError');
  };
  const lacking = [
    ['Web Locks', { deliver, locks: undefined, channels }],
    ['BroadcastChannel', { deliver, locks, channels: undefined }],
    [
      'locks that it grants',
      { deliver, locks: { ...locks, request: async () => refuse() }, channels },
    ],
    ['channel that it opens', { deliver, locks, channels: { open: refuse } }],
  ] as const;

  test.each(lacking)('%s, uploads go on, and say so once', async (_name, tab) => {
    const page = world.openPage({ concurrency: 1 }, undefined, tab);
    const upload = page.upload(FILE, { key: KEY });
    const events = record(upload);
    await untilSent(2);
    upload.pause();
    await world.clock.advance(3 * SECOND);
    upload.resume();
    expect(await world.end(upload)).toMatchObject({ value: { verified: 'etag' } });
    const told = events.filter(({ type }) => type === 'lock-unavailable');
    expect(told).toEqual([{ type: 'lock-unavailable', advice: expect.stringContaining('https') }]);
    expect(await page.unfinished()).toEqual([]);
  });

  test('list of the locks, everything unfinished is told', async () => {
    await world.uploadSome(FILE, 2);
    const tab = { deliver, locks: { ...locks, held: async () => refuse() }, channels };
    expect(await world.openPage({}, undefined, tab).unfinished()).toMatchObject([{ key: KEY }]);
  });
});

test('a lock costs one request for it, no time, and one reading of samples', async () => {
  const tab = world.tabs.open();
  const request = vi.spyOn(tab.locks, 'request');
  const read = vi.spyOn(Blob.prototype, 'arrayBuffer');
  const began = world.clock.now();
  world.oss.interfere = silence;
  openTab(tab).upload(FILE, { key: KEY });
  await world.until(() => world.oss.count('initiate') === 1);
  expect(request).toHaveBeenCalledTimes(1);
  expect(read).toHaveBeenCalledTimes(1);
  expect(world.clock.now()).toBe(began);
  read.mockRestore();
});

function openTab(tab: FakeTab = world.tabs.open()): Uploader {
  return world.openPage({ concurrency: 1 }, undefined, tab);
}

/** A tab that has sent some parts and is sending the next. From then on the server answers everybody else. */
async function beginInTab(
  parts: number,
): Promise<{ readonly tab: FakeTab; readonly page: Uploader; readonly upload: Upload }> {
  stopAfter(parts);
  const tab = world.tabs.open();
  const page = openTab(tab);
  const upload = page.upload(FILE, { key: KEY });
  await untilSent(parts + 1);
  world.oss.interfere = ({ process }) => process();
  return { tab, page, upload };
}

/** The server keeps what comes after so many parts from being answered, until that is let through. */
function stopAfter(parts: number): { readonly resolve: () => void } {
  const gate = controlled();
  world.oss.interfere = async ({ operation, request, process }) => {
    const { signal } = request;
    if (operation === 'part' && world.oss.count('part') > parts && signal !== undefined)
      await race(gate.promise, signal);
    return await process();
  };
  return gate;
}

function untilSent(parts: number): Promise<void> {
  return world.until(() => world.oss.count('part') >= parts);
}

function untilWaiting(upload: Upload): Promise<void> {
  return world.until(() => upload.snapshot.status === 'waiting-for-tab');
}

function counts(): Record<string, number> {
  const operations = ['initiate', 'part', 'list', 'complete', 'abort'] as const;
  return Object.fromEntries(operations.map((name) => [name, world.oss.count(name)]));
}

function partsSentAgain(): number[] {
  const sent = world.oss.requests.flatMap(({ partNumber }) => (partNumber === 0 ? [] : partNumber));
  return sent.filter((number, index) => sent.indexOf(number) < index);
}

async function expectNothingLeft(): Promise<void> {
  await world.clock.advance(SECOND);
  expect(world.tabs.held).toEqual([]);
  expect(world.oss.uploads.size).toBe(0);
  expect(await world.checkpoints.sessions()).toEqual([]);
  expect(world.clock.pending).toBe(0);
}
