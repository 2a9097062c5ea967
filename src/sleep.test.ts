import { beforeEach, expect, test } from 'vitest';
import { UploadError } from './errors.ts';
import { type FakeAnswer, type Incoming, silence } from './testing/fake-oss.ts';
import { fileOf, KEY, record, SECOND, UNIT, World } from './testing/world.ts';

const HOUR = 3600 * SECOND;
const PARTS = 6;

let world: World;
let isCutOff: boolean;
/** Breaks the connections that were open when the machine fell asleep. */
let breakings: (() => void)[];

beforeEach(() => {
  world = new World();
  isCutOff = true;
  breakings = [];
  world.oss.interfere = (incoming) =>
    incoming.operation === 'part' && isCutOff ? hang(incoming) : incoming.process();
});

/** No answer comes; after the sleep the browser may say that the connection broke, or nothing. */
async function hang(incoming: Incoming): Promise<FakeAnswer> {
  const broken = new Promise<never>((_resolve, reject) => {
    breakings.push(() => reject(new UploadError('network', 'Suspended.')));
  });
  return await Promise.race([silence(incoming), broken]);
}

/** An upload that one failure would end, with three parts in flight. */
async function begin() {
  const page = world.openPage({ concurrency: 3, retry: { limit: 1 } });
  const upload = page.upload(fileOf(PARTS * UNIT), { key: KEY });
  const events = record(upload);
  await world.until(() => breakings.length === 3);
  isCutOff = false;
  return { upload, events };
}

test('connections that break in a sleep cost no failure, whoever hears of it first', async () => {
  const { upload, events } = await begin();
  const sleeping = world.clock.sleep(3 * HOUR);
  for (const breaks of breakings) breaks();
  await sleeping;
  expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
  expect(events.filter(({ type }) => type === 'retry' || type === 'part-split')).toEqual([]);
  expect(world.oss.count('part')).toBe(PARTS + 3);
  expect(world.oss.count('initiate')).toBe(1);
});

test('connections that are dead after a sleep, and do not say so, are given up quietly', async () => {
  const { upload, events } = await begin();
  const asleepAt = world.clock.now();
  await world.clock.sleep(3 * HOUR);
  expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
  expect(events.filter(({ type }) => type === 'retry' || type === 'part-split')).toEqual([]);
  expect(world.oss.count('part')).toBe(PARTS + 3);
  // They might have lived: they had the time that they would have had without the sleep.
  expect(world.clock.now() - asleepAt).toBeLessThan(3 * HOUR + 400 * SECOND);
});

test('without network after the sleep it is waited for', async () => {
  const { upload, events } = await begin();
  world.isReachable = false;
  const sleeping = world.clock.sleep(3 * HOUR);
  for (const breaks of breakings) breaks();
  await sleeping;
  await world.until(() => upload.snapshot.status === 'waiting-for-network');
  world.isReachable = true;
  expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
  expect(events.filter(({ type }) => type === 'retry')).toEqual([]);
});

test('a connection that breaks without a sleep counts', async () => {
  const { upload } = await begin();
  for (const breaks of breakings) breaks();
  expect(await world.end(upload)).toMatchObject({ reason: { kind: 'network' } });
});

test('a sleep excuses the attempt that it was in, and no later one', async () => {
  const { upload } = await begin();
  isCutOff = true;
  const sleeping = world.clock.sleep(3 * HOUR);
  for (const breaks of breakings.splice(0)) breaks();
  await sleeping;
  await world.until(() => breakings.length === 3);
  for (const breaks of breakings) breaks();
  expect(await world.end(upload)).toMatchObject({ reason: { kind: 'network' } });
});
