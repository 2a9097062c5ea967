import { beforeEach, describe, expect, test, vi } from 'vitest';
import { noAnswer, silence } from '../testing/fake-oss.ts';
import { watch } from '../testing/promises.ts';
import { FILE, PARTS, TabsWorld } from '../testing/tabs-world.ts';
import { fileOf, KEY, record, SECOND, UNIT } from '../testing/world.ts';

let world: TabsWorld;

beforeEach(() => {
  world = new TabsWorld();
});

describe('a second tab with the same file', () => {
  test('waits, sends nothing, and is done with the result of the first', async () => {
    const gate = world.stopAfter(2);
    const first = world.openTab().upload(FILE, { key: KEY });
    await world.untilSent(3);
    const second = world.openTab().upload(FILE, { key: KEY });
    await world.untilWaiting(second);
    const seen = world.oss.requests.length;
    // The first answers whenever it is asked: for as long as it lives, nobody takes anything from it.
    await world.clock.advance(20 * SECOND);
    expect(world.oss.requests.length).toBe(seen);
    gate.resolve();
    const { value } = await world.end(first);
    expect(await world.end(second)).toEqual({ value, isSettled: true });
    expect(second.snapshot).toMatchObject({ status: 'done', confirmedBytes: FILE.size });
    expect(world.counts()).toMatchObject({ initiate: 1, part: PARTS, complete: 1, list: 0 });
    await world.expectNothingLeft();
  });

  test('is done even where it begins to wait after the result was told', async () => {
    const first = world.openTab().upload(FILE, { key: KEY });
    await world.until(() => first.snapshot.status === 'done');
    const second = world.openTab().upload(FILE, { key: KEY });
    await world.until(() => second.snapshot.status === 'done');
    expect(second.snapshot.result).toEqual(first.snapshot.result);
    expect(world.counts()).toMatchObject({ part: PARTS, complete: 1 });
    await world.until(() => world.oss.uploads.size === 0);
    await world.expectNothingLeft();
  });

  test('goes on where the first stopped when that is closed', async () => {
    const { page, upload } = await world.beginInTab(3);
    const second = world.openTab().upload(FILE, { key: KEY });
    const events = record(second);
    await world.untilWaiting(second);
    await page.close();
    expect(upload.snapshot.status).toBe('paused');
    expect(await world.end(second)).toMatchObject({ value: { uploadId: 'upload-1' } });
    expect(world.counts()).toMatchObject({ initiate: 1, list: 1, complete: 1 });
    expect(world.partsSentAgain()).toEqual([4]);
    expect(events).toContainEqual(expect.objectContaining({ type: 'resumed' }));
    await world.expectNothingLeft();
  });

  test('goes on when the first fails', async () => {
    world.oss.interfere = ({ operation, process }) =>
      operation === 'complete' && world.oss.count('complete') <= 6 ? noAnswer() : process();
    const first = world.openTab().upload(FILE, { key: KEY });
    await world.untilSent(PARTS);
    const second = world.openTab().upload(FILE, { key: KEY });
    await world.untilWaiting(second);
    expect(await world.end(first)).toMatchObject({ reason: { kind: 'network' } });
    expect(await world.end(second)).toMatchObject({ value: { uploadId: 'upload-1' } });
    expect(world.counts()).toMatchObject({ initiate: 1, part: PARTS });
  });

  test('goes on with the session of a first that is cancelled', async () => {
    const { upload } = await world.beginInTab(3);
    const second = world.openTab().upload(FILE, { key: KEY });
    await world.untilWaiting(second);
    await upload.cancel();
    expect(await world.end(second)).toMatchObject({ value: { uploadId: 'upload-1' } });
    expect(world.counts()).toMatchObject({ initiate: 1, abort: 0 });
    expect(world.partsSentAgain()).toEqual([4]);
    await world.expectNothingLeft();
  });

  test('is cancelled at once while it waits, and leaves the first alone', async () => {
    const { upload } = await world.beginInTab(2);
    const second = world.openTab().upload(FILE, { key: KEY });
    await world.untilWaiting(second);
    const rejected = watch(second.done);
    await second.cancel();
    expect(rejected.reason).toMatchObject({ name: 'AbortError' });
    expect(second.snapshot.status).toBe('cancelled');
    expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
    expect(world.counts()).toMatchObject({ initiate: 1, abort: 0, complete: 1 });
  });

  test('gives up its place in a pause, and takes it again', async () => {
    const { page } = await world.beginInTab(2);
    const second = world.openTab().upload(FILE, { key: KEY });
    await world.untilWaiting(second);
    second.pause();
    second.resume();
    await world.untilWaiting(second);
    second.pause();
    expect(second.snapshot.status).toBe('paused');
    await page.close();
    await world.clock.advance(60 * SECOND);
    expect(world.tabs.held).toEqual([]);
    second.resume();
    expect(await world.end(second)).toMatchObject({ value: { uploadId: 'upload-1' } });
    expect(world.partsSentAgain()).toEqual([3]);
  });

  test('waits for the same key and bytes only', async () => {
    await world.beginInTab(2);
    const other = world.openTab().upload(fileOf(FILE.size, 8), { key: KEY });
    const elsewhere = world.openTab().upload(FILE, { key: 'copy.mp4' });
    expect(await world.end(other)).toMatchObject({ value: { verified: 'crc64' } });
    expect(await world.end(elsewhere)).toMatchObject({ value: { key: 'copy.mp4' } });
    expect(world.counts()).toMatchObject({ initiate: 3 });
  });

  test('does not take the result for a file of another date', async () => {
    const gate = world.stopAfter(2);
    const first = world.openTab().upload(FILE, { key: KEY });
    await world.untilSent(3);
    const later = new File([FILE], FILE.name, { lastModified: FILE.lastModified + 1 });
    const second = world.openTab().upload(later, { key: KEY });
    await world.untilWaiting(second);
    gate.resolve();
    await world.end(first);
    expect(await world.end(second)).toMatchObject({ value: { uploadId: 'upload-2' } });
  });

  test('does not take the result where it wants the server of the app to be told', async () => {
    const gate = world.stopAfter(2);
    const first = world.openTab().upload(FILE, { key: KEY });
    await world.untilSent(3);
    const callback = { url: 'https://app.example.com/stored', body: 'key=${object}' };
    const second = world.openTab().upload(FILE, { key: KEY, callback });
    await world.untilWaiting(second);
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
    world.openTab().upload(small, { key: KEY });
    await world.until(() => world.oss.count('put') === 1);
    expect(world.tabs.held).toEqual([]);
    const second = world.openTab().upload(small, { key: KEY });
    expect(await world.end(second)).toMatchObject({ value: { size: UNIT } });
  });
});

describe('a pause', () => {
  test('lets another tab go on; the resumed upload is done with what came of it', async () => {
    const { upload } = await world.beginInTab(3);
    const second = world.openTab().upload(FILE, { key: KEY });
    await world.untilWaiting(second);
    upload.pause();
    const { value } = await world.end(second);
    expect(value).toMatchObject({ uploadId: 'upload-1' });
    expect(upload.snapshot.status).toBe('paused');
    const seen = world.oss.requests.length;
    upload.resume();
    expect(await world.end(upload)).toMatchObject({ value });
    expect(world.oss.requests.length).toBe(seen);
    await world.expectNothingLeft();
  });

  test('sends nothing again of what another tab has sent meanwhile', async () => {
    const { upload } = await world.beginInTab(2);
    upload.pause();
    world.stopAfter(world.oss.count('part') + 2);
    const page = world.openTab();
    page.upload(FILE, { key: KEY });
    await world.untilSent(6);
    await page.close();
    world.oss.interfere = ({ process }) => process();
    const seen = world.oss.count('part');
    upload.resume();
    expect(await world.end(upload)).toMatchObject({ value: { uploadId: 'upload-1' } });
    expect(world.oss.count('part') - seen).toBe(2);
  });

  test('and a cancel leave the session to a tab that works on it', async () => {
    const { upload } = await world.beginInTab(2);
    upload.pause();
    const gate = world.stopAfter(world.oss.count('part') + 1);
    const second = world.openTab().upload(FILE, { key: KEY });
    await world.untilSent(5);
    await upload.cancel();
    gate.resolve();
    expect(await world.end(second)).toMatchObject({ value: { uploadId: 'upload-1' } });
    expect(world.counts()).toMatchObject({ initiate: 1, abort: 0 });
  });
});

test('a lock costs one request for it, no time, and one reading of samples', async () => {
  const tab = world.tabs.open();
  const request = vi.spyOn(tab.locks, 'request');
  const read = vi.spyOn(Blob.prototype, 'arrayBuffer');
  const began = world.clock.now();
  world.oss.interfere = silence;
  world.openTab(tab).upload(FILE, { key: KEY });
  await world.until(() => world.oss.count('initiate') === 1);
  expect(request).toHaveBeenCalledTimes(1);
  expect(read).toHaveBeenCalledTimes(1);
  expect(world.clock.now()).toBe(began);
  read.mockRestore();
});
