import { beforeEach, describe, expect, test } from 'vitest';
import { UploadError } from './errors.ts';
import { errorAnswer, type Incoming, noAnswer, silence } from './testing/fake-oss.ts';
import { controlled } from './testing/promises.ts';
import { fileOf, KEY, SECOND, World } from './testing/world.ts';

const FILE = fileOf(100);
const CALLBACK = { url: 'https://app.example.com/stored', body: 'key=${object}' };

let world: World;

beforeEach(() => {
  world = new World();
});

test('a file that waits for a lane is sent once, however often it is paused and resumed', async () => {
  const gate = controlled();
  world.oss.interfere = async ({ operation, process }) => {
    if (operation === 'put' && world.oss.count('put') === 1) await gate.promise;
    return await process();
  };
  const page = world.openPage({ concurrency: 1 });
  const first = page.upload(FILE, { key: 'first' });
  await world.until(() => world.oss.count('put') === 1);
  const second = page.upload(fileOf(200), { key: 'second' });
  for (let times = 0; times < 3; times += 1) {
    await world.rest();
    second.pause();
    await world.rest();
    second.resume();
  }
  await world.rest();
  gate.resolve();
  await world.end(first);
  await world.end(second);
  await world.rest();
  expect(world.oss.count('put')).toBe(2);
});

describe('a callback', () => {
  let told = 0;

  /** The app is told each time that a file is stored; the first time the page does not hear of it. */
  function loseFirst(lose: (incoming: Incoming) => Promise<unknown>): void {
    told = 0;
    world.oss.interfere = async (incoming) => {
      const answer = await incoming.process();
      if (incoming.operation !== 'put') return answer;
      told += 1;
      if (told === 1) await lose(incoming);
      return { ...answer, body: '{"ok":true}' };
    };
  }

  test('is not asked for again after a pause while its answer is on its way', async () => {
    loseFirst(silence);
    const upload = world.openPage().upload(FILE, { key: KEY, callback: CALLBACK });
    await world.until(() => told === 1);
    upload.pause();
    await world.clock.advance(SECOND);
    upload.resume();
    expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
    expect(told).toBe(1);
  });

  test.each([
    ['a minute fast', 60 * SECOND],
    ['a quarter of an hour fast', 14 * 60 * SECOND],
    ['a minute slow', -60 * SECOND],
  ])('is not asked for again where the clock of the page is %s', async (_name, ahead) => {
    world.oss.now = () => world.clock.now() - ahead;
    loseFirst(noAnswer);
    const upload = world.openPage().upload(FILE, { key: KEY, callback: CALLBACK });
    expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
    expect(told).toBe(1);
  });
});

test('a file that must not overwrite and whose answer was lost is known as the one that is there', async () => {
  world.oss.interfere = async ({ operation, process }) => {
    if (operation !== 'put') return await process();
    if (world.oss.count('put') > 1) return errorAnswer(409, 'FileAlreadyExists');
    await process();
    throw new UploadError('network', 'No answer.');
  };
  const headers = { 'x-oss-forbid-overwrite': 'true' };
  const upload = world.openPage().upload(FILE, { key: KEY, headers });
  expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
});
