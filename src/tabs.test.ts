import { beforeEach, describe, expect, test } from 'vitest';
import { FILE, PARTS, TabsWorld } from './testing/tabs-world.ts';
import { KEY, record, SECOND, UNIT } from './testing/world.ts';

let world: TabsWorld;

beforeEach(() => {
  world = new TabsWorld();
});

describe('in one page', () => {
  test('two uploaders do not wait for each other for ever', async () => {
    const tab = world.tabs.open();
    const uploads = [world.openTab(tab), world.openTab(tab)].map((page) =>
      page.upload(FILE, { key: KEY }),
    );
    const [first, second] = await Promise.all(uploads.map((upload) => world.end(upload)));
    expect(first).toEqual(second);
    expect(world.counts()).toMatchObject({ part: PARTS, complete: 1 });
    await world.until(() => world.oss.uploads.size === 0);
    await world.expectNothingLeft();
  });

  test('nor do two blobs of the same bytes, nor one upload that is paused and resumed', async () => {
    const page = world.openTab();
    const blobs = [new Blob([FILE]), new Blob([FILE])];
    const [first, second] = blobs.map((blob) => page.upload(blob, { key: KEY }));
    if (first === undefined || second === undefined) throw new Error('Two uploads were expected.');
    await world.untilSent(1);
    first.pause();
    first.resume();
    expect(await world.end(first)).toEqual(await world.end(second));
    expect(world.counts()).toMatchObject({ part: PARTS, complete: 1 });
    await world.until(() => world.oss.uploads.size === 0);
    await world.expectNothingLeft();
  });
});

describe('unfinished()', () => {
  test('leaves out what another tab is uploading, and has it again after a pause', async () => {
    const { upload } = await world.beginInTab(2);
    const other = world.openTab();
    expect(await other.unfinished()).toEqual([]);
    upload.pause();
    await world.clock.advance(SECOND);
    expect(await other.unfinished()).toMatchObject([{ key: KEY, confirmedBytes: 2 * UNIT }]);
  });

  test('resumes what another tab has taken up since as that is done', async () => {
    await world.uploadSome(FILE, 2);
    const [unfinished] = await world.openTab().unfinished();
    const gate = world.stopAfter(world.oss.count('part'));
    const first = world.openTab().upload(FILE, { key: KEY });
    await world.untilSent(4);
    const second = unfinished?.resume(FILE);
    if (second === undefined) throw new Error('Nothing is unfinished.');
    await world.untilWaiting(second);
    gate.resolve();
    const { value } = await world.end(first);
    expect(await world.end(second)).toMatchObject({ value });
  });

  test('does not discard what another tab has taken up since, nor is it given up for its age', async () => {
    await world.uploadSome(FILE, 2);
    const [unfinished] = await world.openTab().unfinished();
    const gate = world.stopAfter(world.oss.count('part'));
    const first = world.openTab().upload(FILE, { key: KEY });
    await world.untilSent(4);
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
  const { locks, channels, deliver } = new TabsWorld().tabs.open();
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
    await world.untilSent(2);
    upload.pause();
    await world.clock.advance(3 * SECOND);
    upload.resume();
    expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
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
