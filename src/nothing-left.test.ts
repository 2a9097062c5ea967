import { beforeEach, describe, expect, test } from 'vitest';
import { errorAnswer, noAnswer, silence } from './testing/fake-oss.ts';
import { controlled, watch } from './testing/promises.ts';
import { TabsWorld } from './testing/tabs-world.ts';
import { WorkersWorld } from './testing/workers-world.ts';
import { fileOf, KEY, record, SECOND, UNIT, World } from './testing/world.ts';

const FILE = fileOf(12 * UNIT);

async function expectNothingLeft({ oss, checkpoints }: World): Promise<void> {
  expect([...oss.uploads.keys()]).toEqual([]);
  expect(await checkpoints.sessions()).toEqual([]);
}

describe('a cancel', () => {
  let world: World;

  beforeEach(() => {
    world = new World();
  });

  test('during Initiate leaves nothing where the same file is begun again at once', async () => {
    const gate = controlled();
    world.oss.interfere = async ({ operation, process }) => {
      if (operation === 'initiate' && world.oss.count('initiate') === 1) await gate.promise;
      return await process();
    };
    const page = world.openPage();
    const first = page.upload(FILE, { key: KEY });
    await world.until(() => world.oss.count('initiate') === 1);
    await world.rest();
    const cancelled = watch(first.cancel());
    const second = page.upload(FILE, { key: KEY });
    await world.until(() => second.snapshot.status === 'waiting-for-tab');
    gate.resolve();
    expect(await world.end(second)).toMatchObject({ value: { verified: 'crc64' } });
    await world.settle(cancelled);
    await expectNothingLeft(world);
  });

  test('of an upload that has failed leaves alone what a later one has taken over', async () => {
    let isRefused = true;
    world.oss.interfere = (incoming) => {
      if (incoming.operation !== 'part' || world.oss.count('part') <= 4) return incoming.process();
      if (isRefused) return Promise.resolve(errorAnswer(403, 'UserDisable'));
      return world.oss.count('part') > 8 ? silence(incoming) : incoming.process();
    };
    const page = world.openPage({ concurrency: 1 });
    const first = page.upload(FILE, { key: KEY });
    await world.end(first);
    isRefused = false;
    const second = page.upload(FILE, { key: KEY });
    const events = record(second);
    await world.until(() => world.oss.count('part') > 8);
    second.pause();
    await world.clock.advance(3 * SECOND);
    await world.settle(watch(first.cancel()));
    world.oss.interfere = ({ process }) => process();
    second.resume();
    expect(await world.end(second)).toMatchObject({ value: { uploadId: 'upload-1' } });
    expect(events.map(({ type }) => type)).not.toContain('restarted');
  });

  test('of an upload that was not begun leaves nothing of what an earlier page has sent of it', async () => {
    await world.uploadSome(FILE, 3);
    world.oss.interfere = silence;
    const page = world.openPage({ concurrency: 1 });
    for (const key of ['a', 'b', 'c', 'd']) page.upload(FILE, { key });
    const queued = page.upload(FILE, { key: KEY });
    await world.rest();
    expect(queued.snapshot.status).toBe('queued');
    world.oss.interfere = ({ process }) => process();
    await world.settle(watch(queued.cancel()));
    expect(world.oss.uploads.has('upload-1')).toBe(false);
  });
});

test('a cancel leaves nothing where the worker dies that has told of no session', async () => {
  const world = new WorkersWorld();
  const gate = controlled();
  world.oss.interfere = async ({ operation, process }) => {
    if (operation === 'initiate') await gate.promise;
    return operation === 'abort' ? await new Promise<never>(() => undefined) : await process();
  };
  const upload = world.openPage({ concurrency: 1 }).upload(FILE, { key: KEY });
  await world.until(() => world.oss.count('initiate') === 1);
  const cancelled = upload.cancel();
  gate.resolve();
  await world.until(() => world.oss.count('abort') > 0);
  expect(await world.checkpoints.sessions()).toHaveLength(1);
  world.oss.interfere = ({ process }) => process();
  world.worker.fail();
  await world.pass(cancelled);
  await expectNothingLeft(world);
});

test('a tab that has waited from the start goes on with what the one before it leaves, however small', async () => {
  const world = new TabsWorld();
  const file = fileOf(6 * UNIT);
  world.stopAfter(3);
  const first = world.openTab().upload(file, { key: KEY });
  const second = world.openTab().upload(file, { key: KEY });
  await world.untilSent(4);
  await world.untilWaiting(second);
  await world.clock.advance(500);
  world.oss.interfere = ({ process }) => process();
  const cancelled = watch(first.cancel());
  expect(await world.end(second)).toMatchObject({ value: { verified: 'crc64' } });
  await world.settle(cancelled);
  await expectNothingLeft(world);
  expect(world.partsSentAgain().length).toBeLessThanOrEqual(1);
});

describe('where what hashes cannot be loaded, as there is no network', () => {
  test.each(['close', 'pause'] as const)('a %s gives the lock back', async (how) => {
    const world = new World();
    world.isReachable = false;
    world.loadHashing = () => Promise.reject(new TypeError('Failed to fetch'));
    const page = world.openPage({ integrity: 'md5' });
    const upload = page.upload(FILE, { key: KEY });
    await world.until(() => world.oss.uploads.size === 1);
    await world.rest();
    expect(world.tabs.held).toHaveLength(1);
    if (how === 'close') await world.settle(watch(page.close()));
    else upload.pause();
    await world.until(() => world.tabs.held.length === 0);
  });
});

test('close() resolves where nobody can be had to be told', async () => {
  const world = new WorkersWorld();
  world.loadHost = () => Promise.reject(new TypeError('Failed to fetch'));
  const page = world.openPage({ retry: { limit: 2 } });
  const upload = page.upload(FILE, { key: KEY });
  await world.until(() => world.oss.count('part') > 0);
  world.begins = (worker) => queueMicrotask(() => worker.fail());
  world.worker.isSilent = true;
  const closed = watch(page.close());
  await world.settle(closed);
  expect(closed.reason).toBeUndefined();
  await expect(upload.done).rejects.toThrow(/closed/);
});

test('an upload that is too old is not forgotten before it was aborted', async () => {
  const world = new World();
  await world.uploadSome(fileOf(12 * UNIT), 3);
  await world.clock.advance(100);
  const { clock } = world;
  await clock.sleep(60 * 24 * 60 * 60 * SECOND);
  world.oss.interfere = () => noAnswer();
  world.isReachable = false;
  const page = world.openPage();
  await world.until(() => world.oss.count('abort') > 0);
  await world.clock.advance(10 * SECOND);
  await page.close();
  await world.rest();
  expect(world.oss.uploads.size).toBe(1);
  expect(await world.checkpoints.sessions()).toHaveLength(1);
});

test('nor an upload that is too old where the server is in trouble', async () => {
  const world = new World();
  await world.uploadSome(fileOf(12 * UNIT), 3);
  await world.clock.sleep(60 * 24 * 60 * 60 * SECOND);
  world.oss.interfere = () => Promise.resolve(errorAnswer(500, 'InternalError'));
  world.openPage();
  for (let second = 0; second < 30; second += 1) {
    await world.clock.advance(SECOND);
    await world.rest();
  }
  expect(world.oss.count('abort')).toBe(3);
  expect(world.oss.uploads.size).toBe(1);
  expect(await world.checkpoints.sessions()).toHaveLength(1);
});
