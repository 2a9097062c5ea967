import { beforeEach, expect, test } from 'vitest';
import type { FakeAnswer } from './testing/fake-oss.ts';
import { FragileFile } from './testing/fragile-file.ts';
import { crc64Of, fileOf, KEY, record, SECOND, UNIT, World } from './testing/world.ts';

const SIZE = 12 * UNIT;
const LATER = { lastModified: 1_600_000_999_000 };

let world: World;

beforeEach(() => {
  world = new World();
});

async function edited(): Promise<File> {
  const bytes = new Uint8Array(await fileOf(SIZE).arrayBuffer());
  bytes[70_000] = 99;
  bytes[SIZE - 170_000] = 99;
  return new File([bytes], KEY, LATER);
}

test('a Complete of an earlier page that comes late, while what differs is sent again, is not that of this file', async () => {
  const tab = world.tabs.open();
  let late: (() => Promise<FakeAnswer>) | undefined;
  world.oss.interfere = async ({ operation, process }) => {
    if (operation !== 'complete') return await process();
    late = process;
    return await new Promise<never>(() => undefined);
  };
  world.openPage({}, undefined, tab).upload(fileOf(SIZE), { key: KEY });
  await world.until(() => late !== undefined);
  tab.close();
  world.oss.interfere = async ({ operation, process }) => {
    if (operation === 'part' && late !== undefined) {
      const land = late;
      late = undefined;
      await land();
    }
    return await process();
  };
  const other = await edited();
  const upload = world.openPage().upload(other, { key: KEY });
  const events = record(upload);
  const { value, reason } = await world.end(upload);
  expect(reason).toBeUndefined();
  expect(events.map(({ type }) => type)).toContain('parts-differ');
  expect({ value, crc64: world.oss.objects.get(`/${KEY}`)?.crc64 }).toMatchObject({
    value: { verified: 'crc64' },
    crc64: await crc64Of(other),
  });
});

test('what another tab has made, unheard, of an edited file out of all the parts of this one, is not of this file', async () => {
  // All parts are there, and the Complete gets no answer; then the upload is paused.
  let isUnanswered = true;
  world.oss.interfere = async ({ operation, process }) =>
    operation === 'complete' && isUnanswered ? { status: 500 } : await process();
  const mine = fileOf(SIZE);
  const upload = world.openPage().upload(mine, { key: KEY });
  await world.until(() => world.oss.count('complete') > 0);
  await world.rest();
  upload.pause();
  await world.until(() => upload.snapshot.status === 'paused' && world.tabs.held.length === 0);
  isUnanswered = false;
  // Another tab goes on with an edited file, completes it, and is gone before it hears of that.
  const tab = world.tabs.open();
  world.oss.interfere = async ({ operation, process }) => {
    const answer = await process();
    return operation === 'complete' ? await new Promise<never>(() => undefined) : answer;
  };
  world.openPage({}, undefined, tab).upload(await edited(), { key: KEY });
  await world.until(() => world.oss.objects.size === 1);
  tab.close();
  world.oss.interfere = ({ process }) => process();
  upload.resume();
  await world.clock.advance(SECOND);
  const { value, reason } = await world.end(upload);
  expect(reason).toBeUndefined();
  expect({ value, crc64: world.oss.objects.get(`/${KEY}`)?.crc64 }).toMatchObject({
    value: { verified: 'crc64' },
    crc64: await crc64Of(mine),
  });
});

test('what another tab has told of is not taken for a blob that was picked since', async () => {
  const file = new FragileFile([new Uint8Array(SIZE).fill(7)], KEY, {
    lastModified: 1_600_000_000_000,
  });
  world.oss.interfere = ({ process }) => {
    if (world.oss.count('part') > 5) file.isGone = true;
    return process();
  };
  const upload = world.openPage().upload(file, { key: KEY });
  await world.until(() => upload.snapshot.status === 'needs-file');
  world.oss.interfere = ({ process }) => process();
  await world.end(world.openPage().upload(fileOf(SIZE), { key: KEY }));
  await world.clock.advance(SECOND);
  const bytes = new Uint8Array(SIZE).fill(7);
  bytes[70_000] = 99;
  upload.resume(new Blob([bytes]));
  const { value } = await world.end(upload);
  expect(value).toMatchObject({ verified: 'crc64' });
  expect(world.oss.objects.get(`/${KEY}`)?.crc64).toBe(await crc64Of(new Blob([bytes])));
});
