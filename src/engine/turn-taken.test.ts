import { beforeEach, describe, expect, test } from 'vitest';
import { controlled } from '../testing/promises.ts';
import { FILE, PARTS, TabsWorld } from '../testing/tabs-world.ts';
import { KEY, record, SECOND } from '../testing/world.ts';
import { race } from '../waiting.ts';

let world: TabsWorld;

beforeEach(() => {
  world = new TabsWorld();
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
    const hung = world.openTab(tab).upload(FILE, { key: KEY });
    const events = record(hung);
    await world.untilSent(3);
    await world.clock.advance(SECOND);
    tab.freeze();
    const second = world.openTab().upload(FILE, { key: KEY });
    await world.untilWaiting(second);
    await world.clock.advance(29_000);
    expect(second.snapshot.status).toBe('waiting-for-tab');
    expect(world.oss.count('part')).toBe(3);
    await world.clock.advance(SECOND);
    const { value } = await world.end(second);
    expect(value).toMatchObject({ uploadId: 'upload-1', verified: 'crc64' });

    const seen = world.oss.requests.length;
    const told = events.length;
    tab.wake();
    answer.resolve();
    expect(await world.end(hung)).toMatchObject({ value });
    expect(world.oss.requests.length).toBe(seen);
    expect(events.slice(told).map(({ type }) => type)).not.toContain('part-confirmed');
    await world.expectNothingLeft();
  });

  test('waits like any other when it wakes while the thief is at work, and goes on after it', async () => {
    const { tab, upload } = await world.beginInTab(2);
    tab.freeze();
    world.stopAfter(world.oss.count('part') + 2);
    const page = world.openTab();
    const second = page.upload(FILE, { key: KEY });
    await world.untilWaiting(second);
    await world.clock.advance(30 * SECOND);
    await world.untilSent(6);
    tab.wake();
    await world.untilWaiting(upload);
    await page.close();
    world.oss.interfere = ({ process }) => process();
    expect(await world.end(upload)).toMatchObject({ value: { uploadId: 'upload-1' } });
    expect(world.counts()).toMatchObject({ initiate: 1, complete: 1 });
    expect(world.oss.objects.get(`/${KEY}`)?.size).toBe(FILE.size);
  });

  test('while it was given an upload id tidies that up', async () => {
    const tab = world.tabs.open();
    world.oss.interfere = ({ operation, process }) => {
      if (operation === 'initiate' && world.oss.count('initiate') === 1) tab.freeze();
      return process();
    };
    const hung = world.openTab(tab).upload(FILE, { key: KEY });
    await world.until(() => world.oss.count('initiate') === 1);
    const second = world.openTab().upload(FILE, { key: KEY });
    await world.untilWaiting(second);
    await world.clock.advance(30 * SECOND);
    const { value } = await world.end(second);
    expect(value).not.toMatchObject({ uploadId: 'upload-1' });
    tab.wake();
    expect(await world.end(hung)).toMatchObject({ value });
    await world.until(() => world.oss.uploads.size === 0);
    expect(world.counts()).toMatchObject({ part: PARTS, complete: 1 });
    await world.expectNothingLeft();
  });

  test('while the object was put together is found to have done it', async () => {
    const tab = world.tabs.open();
    const answer = controlled();
    world.oss.interfere = async ({ operation, process }) => {
      const answered = await process();
      if (operation === 'complete') await answer.promise;
      return answered;
    };
    const hung = world.openTab(tab).upload(FILE, { key: KEY });
    await world.until(() => world.oss.count('complete') === 1);
    tab.freeze();
    const second = world.openTab().upload(FILE, { key: KEY });
    await world.untilWaiting(second);
    await world.clock.advance(30 * SECOND);
    const { value } = await world.end(second);
    expect(value).toMatchObject({ uploadId: 'upload-1', verified: 'crc64' });
    tab.wake();
    answer.resolve();
    expect(await world.end(hung)).toMatchObject({ value: { uploadId: 'upload-1' } });
    expect(world.counts()).toMatchObject({ initiate: 1, part: PARTS, complete: 1 });
    await world.expectNothingLeft();
  });

  test('is stolen from by one of those that wait; all have one result', async () => {
    const { tab } = await world.beginInTab(2);
    tab.freeze();
    const others = [world.openTab(), world.openTab(), world.openTab()].map((page) =>
      page.upload(FILE, { key: KEY }),
    );
    for (const upload of others) await world.untilWaiting(upload);
    await world.clock.advance(30 * SECOND);
    const ends = await Promise.all(others.map((upload) => world.end(upload)));
    expect(new Set(ends.map(({ value }) => JSON.stringify(value))).size).toBe(1);
    expect(world.counts()).toMatchObject({ initiate: 1, complete: 1 });
  });

  test('while it is paused or cancelled keeps its wish', async () => {
    const { tab, upload } = await world.beginInTab(2);
    tab.freeze();
    const second = world.openTab().upload(FILE, { key: KEY });
    await world.untilWaiting(second);
    await world.clock.advance(30 * SECOND);
    await world.end(second);
    upload.pause();
    tab.wake();
    await world.clock.advance(SECOND);
    expect(upload.snapshot.status).toBe('paused');
    void upload.cancel();
    await world.clock.advance(20 * SECOND);
    expect(upload.snapshot.status).toBe('cancelled');
    expect(world.counts()).toMatchObject({ initiate: 1, complete: 1 });
    await world.expectNothingLeft();
  });
});
