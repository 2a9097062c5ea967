import { beforeEach, expect, test } from 'vitest';
import { createFallbackCheckpoints } from './platform/fallback-checkpoints.ts';
import { errorAnswer } from './testing/fake-oss.ts';
import { fileOf, KEY, record, UNIT, World } from './testing/world.ts';

const FILE = fileOf(12 * UNIT);

let world: World;

beforeEach(() => {
  world = new World();
});

test.each(['sessions', 'link', 'putSession', 'putParts', 'delete'] as const)(
  'a store that never answers (%s) does not hold an upload up',
  async (name) => {
    const begin = world.clock.now();
    world.checkpoints = { ...world.checkpoints, [name]: () => new Promise<never>(() => undefined) };
    const upload = world.openPage({ partSize: undefined }).upload(FILE, { key: KEY });
    expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
    expect(world.clock.now() - begin).toBeLessThan(60_000);
  },
);

test('a store that answers again is asked again', async () => {
  await world.uploadSome(FILE, 4);
  const stored = world.checkpoints;
  let isHung = true;
  const hanging = (): Promise<unknown[]> =>
    isHung ? new Promise<never>(() => undefined) : stored.sessions();
  world.checkpoints = { ...stored, sessions: hanging };
  const page = world.openPage();
  const first = page.upload(FILE, { key: 'first' });
  const events = record(first);
  await world.end(first);
  expect(events.map(({ type }) => type)).toContain('checkpoint-unavailable');
  isHung = false;
  const resumed = page.upload(FILE, { key: KEY });
  const later = record(resumed);
  await world.end(resumed);
  expect(later.map(({ type }) => type)).toContain('resumed');
});

test('an upload is listed once where its checkpoint is stored, and a later write of it was not', async () => {
  const stored = world.checkpoints;
  let isFull = false;
  const full = (): Promise<never> =>
    Promise.reject(new DOMException('Full.', 'QuotaExceededError'));
  world.checkpoints = createFallbackCheckpoints({
    ...stored,
    putSession: (session) => (isFull ? full() : stored.putSession(session)),
    putParts: (id, parts) => (isFull ? full() : stored.putParts(id, parts)),
  });
  world.oss.interfere = async ({ operation, process }) => {
    if (operation !== 'part') return await process();
    isFull = world.oss.count('part') > 3;
    return world.oss.count('part') > 6 ? errorAnswer(403, 'UserDisable') : await process();
  };
  const page = world.openPage();
  await world.end(page.upload(FILE, { key: KEY }));
  expect(await page.unfinished()).toHaveLength(1);
});
