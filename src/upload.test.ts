import { beforeEach, describe, expect, test, vi } from 'vitest';
import { noAnswer, silence } from './testing/fake-oss.ts';
import { controlled, watch } from './testing/promises.ts';
import { fileOf, KEY, record, SECOND, UNIT, World } from './testing/world.ts';

let world: World;

beforeEach(() => {
  world = new World();
});

describe('a pause', () => {
  test('lets a part that is more than half sent end, and a resume takes it over', async () => {
    const answers: (() => void)[] = [];
    world.oss.interfere = async (incoming) => {
      const { operation, partNumber, request, process } = incoming;
      if (operation !== 'part') return await process();
      request.onSent?.(partNumber === 1 ? UNIT * 0.6 : UNIT * 0.4);
      await new Promise<void>((resolve, reject) => {
        answers.push(resolve);
        request.signal?.addEventListener('abort', () => reject(request.signal?.reason));
      });
      return await process();
    };
    const upload = world.openPage({ concurrency: 2 }).upload(fileOf(2 * UNIT + 1), { key: KEY });
    await world.until(() => answers.length === 2);
    upload.pause();
    await world.clock.advance(SECOND);
    expect(upload.parts.map(({ state }) => state)).toEqual(['in-flight', 'waiting', 'waiting']);
    upload.resume();
    await world.until(() => answers.length === 3);
    await world.clock.advance(5 * SECOND);
    world.oss.interfere = ({ process }) => process();
    for (const answer of answers) answer();
    expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
    const sent = world.oss.requests.filter(({ operation }) => operation === 'part');
    // Two that are signed at the same time go out in any order.
    expect(sent.map(({ partNumber }) => partNumber).toSorted((a = 0, b = 0) => a - b)).toEqual([
      1, 2, 2, 3,
    ]);
  });

  test('ends a part that does not get there in two seconds', async () => {
    world.oss.interfere = (incoming) => {
      incoming.request.onSent?.(UNIT);
      return incoming.operation === 'part' ? silence(incoming) : incoming.process();
    };
    const upload = world.openPage({ concurrency: 1 }).upload(fileOf(2 * UNIT), { key: KEY });
    await world.until(() => world.oss.count('part') === 1);
    upload.pause();
    await world.clock.advance(1999);
    expect(upload.parts[0]?.state).toBe('in-flight');
    await world.clock.advance(1);
    expect(upload.parts[0]?.state).toBe('waiting');
    expect(world.clock.pending).toBe(0);
  });

  test('while the upload is opened keeps the upload id that then comes', async () => {
    const answer = controlled();
    world.oss.interfere = async ({ operation, process }) => {
      if (operation === 'initiate') await answer.promise;
      return await process();
    };
    const upload = world.openPage().upload(fileOf(2 * UNIT), { key: KEY });
    await world.until(() => world.oss.count('initiate') === 1);
    upload.pause();
    answer.resolve();
    await world.until(() => world.oss.uploads.size === 1);
    await world.clock.advance(SECOND);
    expect(upload.snapshot.status).toBe('paused');
    expect(await world.checkpoints.sessions()).toMatchObject([{ uploadId: 'upload-1' }]);
    expect(world.oss.count('part')).toBe(0);
    upload.resume();
    expect(await world.end(upload)).toMatchObject({ value: { uploadId: 'upload-1' } });
    expect(world.oss.count('initiate')).toBe(1);
  });
});

describe('a cancel', () => {
  test("settles with the signal's reason, whatever that is", async () => {
    const controller = new AbortController();
    const upload = world
      .openPage()
      .upload(fileOf(2 * UNIT), { key: KEY, signal: controller.signal });
    world.oss.interfere = (incoming) =>
      incoming.operation === 'part' ? silence(incoming) : incoming.process();
    await world.until(() => world.oss.count('initiate') === 1);
    controller.abort('user left');
    expect(await world.end(upload)).toMatchObject({ reason: 'user left' });
    expect(upload.snapshot.status).toBe('cancelled');
  });

  test('by a signal that is aborted already sends nothing', async () => {
    const upload = world
      .openPage()
      .upload(fileOf(2 * UNIT), { key: KEY, signal: AbortSignal.abort() });
    expect(await world.end(upload)).toMatchObject({ reason: { name: 'AbortError' } });
    await world.clock.advance(SECOND);
    expect(world.oss.requests).toEqual([]);
  });

  test('aborts on the server until the upload is gone, at most three times', async () => {
    world.oss.interfere = (incoming) =>
      incoming.operation === 'abort' ? Promise.resolve({ status: 204 }) : incoming.process();
    const upload = world.openPage().upload(fileOf(9 * UNIT), { key: KEY });
    await world.until(() => world.oss.count('part') > 0);
    const start = world.clock.now();
    const cancelled = watch(upload.cancel());
    while (!cancelled.isSettled && world.clock.now() < start + 60 * SECOND) {
      await world.end(upload);
      await world.clock.advance(100);
    }
    expect(world.oss.count('abort')).toBe(3);
    expect(world.clock.now() - start).toBeLessThan(20 * SECOND);
    expect(await world.checkpoints.sessions()).toEqual([]);
  });

  test('while the network is away leaves nothing on the server once it is back', async () => {
    const upload = world.openPage().upload(fileOf(9 * UNIT), { key: KEY });
    await world.until(() => world.oss.count('part') > 0);
    world.isReachable = false;
    world.oss.interfere = noAnswer;
    const cancelled = watch(upload.cancel());
    await world.clock.advance(300 * SECOND);
    expect(cancelled.isSettled).toBe(false);
    expect(await world.checkpoints.sessions()).toHaveLength(1);
    world.isReachable = true;
    world.oss.interfere = ({ process }) => process();
    await world.settle(cancelled);
    expect([...world.oss.uploads]).toEqual([]);
    expect(await world.checkpoints.sessions()).toEqual([]);
  });

  test('says so when the server fails each time, and keeps what is known of the upload', async () => {
    const upload = world.openPage().upload(fileOf(9 * UNIT), { key: KEY });
    const events = record(upload);
    await world.until(() => world.oss.count('part') > 0);
    world.oss.interfere = ({ operation, process }) =>
      operation === 'abort' ? Promise.resolve({ status: 500, body: '' }) : process();
    await world.settle(watch(upload.cancel()));
    expect(world.oss.count('abort')).toBe(3);
    expect(events.at(-1)).toMatchObject({ type: 'abort-refused', error: { status: 500 } });
    // By which the next page, or the same file once more, tidies up or goes on.
    expect(await world.checkpoints.sessions()).toHaveLength(1);
  });

  test('goes by the time of the server, where the clock of the page is wrong', async () => {
    const upload = world.openPage().upload(fileOf(9 * UNIT), { key: KEY });
    const events = record(upload);
    await world.until(() => world.oss.count('part') > 0);
    let isRefused = false;
    world.oss.interfere = ({ operation, process }) => {
      if (operation !== 'abort' || isRefused) return process();
      isRefused = true;
      const time = new Date(world.clock.now() + 3600 * SECOND).toISOString();
      const body = `<Error><Code>RequestTimeTooSkewed</Code><ServerTime>${time}</ServerTime></Error>`;
      return Promise.resolve({ status: 403, body });
    };
    const cancelled = watch(upload.cancel());
    await world.settle(cancelled);
    expect([...world.oss.uploads]).toEqual([]);
    expect(events.map(({ type }) => type)).not.toContain('abort-refused');
  });

  test('after the end changes nothing', async () => {
    const upload = world.openPage().upload(fileOf(2 * UNIT), { key: KEY });
    await world.end(upload);
    await upload.cancel();
    upload.pause();
    upload.resume();
    expect(upload.snapshot.status).toBe('done');
    expect(world.oss.count('abort')).toBe(0);
  });
});

test('an upload that an earlier page has completed, without hearing of it, shows all of its bytes', async () => {
  const file = fileOf(3 * UNIT);
  world.oss.interfere = async (incoming) => {
    const answer = await incoming.process();
    return incoming.operation === 'complete' ? await silence(incoming) : answer;
  };
  const tab = world.tabs.open();
  world.openPage({}, undefined, tab).upload(file, { key: KEY });
  await world.until(() => world.oss.objects.size === 1);
  tab.close();
  const upload = world.openPage().upload(file, { key: KEY });
  await world.end(upload);
  expect(upload.snapshot).toMatchObject({ confirmedBytes: file.size, sentBytes: file.size });
});

test('a store that refuses is told, and the upload goes on in the page', async () => {
  const refuse = (): Promise<never> =>
    Promise.reject(new DOMException('Blocked.', 'SecurityError'));
  world.checkpoints = {
    ...world.checkpoints,
    sessions: refuse,
    putSession: refuse,
    putParts: refuse,
    delete: refuse,
  };
  const upload = world.openPage().upload(fileOf(3 * UNIT), { key: KEY });
  const events = record(upload);
  expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
  expect(events.map(({ type }) => type)).toContain('checkpoint-unavailable');
  expect(await world.openPage().unfinished()).toEqual([]);
});

test('a file that needs larger units than 100 KiB says so', async () => {
  // 2 GiB of which nothing is ever read but samples: the upload is stopped before its parts are.
  const large = Object.defineProperty(fileOf(300 * 1024), 'size', { value: 2 * 1024 ** 3 });
  world.oss.interfere = (incoming) =>
    incoming.operation === 'part' ? silence(incoming) : incoming.process();
  const upload = world.openPage({ partSize: 1_024_000 }).upload(large, { key: KEY });
  const events = record(upload);
  await world.until(() => world.oss.count('part') > 0);
  expect(events).toContainEqual({ type: 'unit-enlarged', unit: 210 * 1024 });
  expect(upload.parts.length).toBeLessThanOrEqual(10_000);
  expect(upload.parts[1]?.partNumber).toBe(6);
});

test('where WebCrypto is missing the error says why', async () => {
  vi.stubGlobal('crypto', {});
  try {
    const { reason } = await world.end(world.openPage().upload(fileOf(3 * UNIT), { key: KEY }));
    expect(reason).toMatchObject({ kind: 'credentials', code: 'WebCryptoMissing' });
    expect(String(reason)).toContain('https');
    const small = await world.end(world.openPage().upload(fileOf(3), { key: KEY }));
    expect(small.reason).toMatchObject({ code: 'WebCryptoMissing' });
  } finally {
    vi.unstubAllGlobals();
  }
});

test('progress is told at most once in 50 ms', async () => {
  const times: number[] = [];
  const upload = world.openPage().upload(fileOf(40 * UNIT), { key: KEY });
  upload.subscribe((_snapshot, { type }) => {
    if (type === 'progress') times.push(world.clock.now());
  });
  world.oss.interfere = async ({ operation, request, process }) => {
    if (operation === 'part')
      for (let step = 1; step <= 20; step += 1) {
        request.onSent?.(step * 5000);
        await new Promise<void>((resolve) => world.clock.after(10, resolve));
      }
    return await process();
  };
  await world.end(upload);
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  expect(times.length).toBeGreaterThan(1);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(50);
  await world.clock.advance(SECOND);
  expect(world.clock.pending).toBe(0);
});

test('a listener that throws neither stops the upload nor the others', async () => {
  const reported: unknown[] = [];
  vi.stubGlobal('reportError', (error: unknown) => reported.push(error));
  try {
    const upload = world.openPage().upload(fileOf(2 * UNIT), { key: KEY });
    const fault = new Error('of the page');
    upload.subscribe(() => {
      throw fault;
    });
    const events = record(upload);
    expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
    expect(events.length).toBeGreaterThan(2);
    expect(reported[0]).toBe(fault);
  } finally {
    vi.unstubAllGlobals();
  }
});

test('an uploader that is closed starts nothing', async () => {
  const page = world.openPage();
  await page.close();
  await page.close();
  expect(() => page.upload(fileOf(1), { key: KEY })).toThrow(/closed/);
});
