import { array, assert, asyncProperty, constantFrom, integer } from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { UploadError } from './errors.ts';
import {
  errorAnswer,
  type FakeAnswer,
  type Incoming,
  noAnswer,
  silence,
} from './testing/fake-oss.ts';
import { fileOf, KEY, record, UNIT, World } from './testing/world.ts';

// How an upload follows a link that breaks, and what comes late over it.

const PATH = '/holiday.mp4';

let world: World;

beforeEach(() => {
  world = new World();
});

function sizeOf({ request }: Incoming): number {
  const { body } = request;
  return typeof body === 'object' && 'size' in body ? body.size : 0;
}

/** A link that breaks under every body of more than so many bytes. */
function bear(most: number): void {
  world.oss.interfere = (incoming) => (sizeOf(incoming) > most ? noAnswer() : incoming.process());
}

function sentSizes(): number[] {
  return world.oss.requests
    .filter(({ operation }) => operation === 'part')
    .map((incoming) => Math.ceil(sizeOf(incoming) / UNIT));
}

function expectWhole(size: number): void {
  expect(world.oss.objects.get(PATH)).toMatchObject({ size, isJoined: true });
}

describe('a link that bears 150 KB and no more', () => {
  test('carries a large file: parts are split, and those that follow start small', async () => {
    bear(150_000);
    const size = 60 * UNIT + 7;
    const page = world.openPage({ partSize: 10 * UNIT });
    const upload = page.upload(fileOf(size), { key: KEY });
    const events = record(upload);
    expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
    expectWhole(size);
    expect(sentSizes().filter((units) => units > 1).length).toBeLessThan(40);
    const large = sentSizes()
      .slice(-20)
      .filter((units) => units > 2);
    // One that waited for long may still come as it was.
    expect(large.length).toBeLessThanOrEqual(3);
    const splits = events.filter(({ type }) => type === 'part-split');
    expect(splits[0]).toMatchObject({ size: 10 * UNIT, error: { kind: 'network' } });
    expect(world.oss.count('initiate')).toBe(1);
  });

  test('carries a file that would go in one request', async () => {
    bear(150_000);
    const page = world.openPage({ partSize: 10 * UNIT });
    const upload = page.upload(fileOf(8 * UNIT), { key: KEY });
    expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
    expectWhole(8 * UNIT);
    expect(world.oss.count('put')).toBe(2);
    expect(world.oss.count('head')).toBe(1);
  });

  test('is known to the next file of the page', async () => {
    bear(150_000);
    const page = world.openPage({ partSize: 10 * UNIT });
    await world.end(page.upload(fileOf(20 * UNIT), { key: KEY }));
    const before = sentSizes().length;
    await world.end(page.upload(fileOf(20 * UNIT, 8), { key: 'other.mp4' }));
    // What is larger is tried now and then.
    expect(
      sentSizes()
        .slice(before)
        .filter((units) => units > 1).length,
    ).toBeLessThanOrEqual(4);
  });

  test('and goes away each time that it breaks, does so as well', async () => {
    let isAway = false;
    world.oss.interfere = (incoming) => {
      if (sizeOf(incoming) <= 150_000) return incoming.process();
      incoming.request.onSent?.(100_000);
      isAway = true;
      return noAnswer();
    };
    // Each time the first probe finds nobody, and the next one the server.
    Object.defineProperty(world, 'isReachable', {
      get: () => {
        const isThere = !isAway;
        isAway = false;
        return isThere;
      },
    });
    const upload = world.openPage({ partSize: 10 * UNIT }).upload(fileOf(30 * UNIT), { key: KEY });
    expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
    expectWhole(30 * UNIT);
  });
});

test('an object that was stored although its answer was lost is not sent again in parts', async () => {
  world.oss.interfere = async ({ operation, process }) => {
    const answer = await process();
    return operation === 'put' ? await noAnswer() : answer;
  };
  const upload = world.openPage({ partSize: 10 * UNIT }).upload(fileOf(8 * UNIT), { key: KEY });
  expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
  expect(world.oss.count('put')).toBe(2);
  expect(world.oss.count('initiate')).toBe(0);
});

test('a link that bears nothing at all is given up within bounds', async () => {
  bear(0);
  const page = world.openPage({ partSize: 16 * UNIT, concurrency: 3 });
  const { reason } = await world.end(page.upload(fileOf(200 * UNIT), { key: KEY }));
  expect(reason).toMatchObject({ kind: 'network' });
  // Two tries in each lane of 16, 8, 4 and 2 units, six of one.
  expect(world.oss.count('part')).toBeLessThanOrEqual(3 * (2 * 4 + 6));
});

test('one break is chance: the part is sent again as it is', async () => {
  let hasBroken = false;
  world.oss.interfere = (incoming) => {
    if (incoming.operation !== 'part' || hasBroken) return incoming.process();
    hasBroken = true;
    return noAnswer();
  };
  const upload = world.openPage({ partSize: 10 * UNIT }).upload(fileOf(40 * UNIT), { key: KEY });
  expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
  expect(sentSizes()).toEqual([10, 10, 10, 10, 10]);
});

describe('a larger attempt that comes to the server after the smaller one was confirmed', () => {
  /** The first part dies twice; its second attempt is stored when the last part is confirmed. */
  function landLate(): void {
    let attempts = 0;
    let land: (() => Promise<FakeAnswer>) | undefined;
    world.oss.interfere = async (incoming) => {
      const { operation, partNumber, process } = incoming;
      if (operation === 'part' && partNumber === 1 && sizeOf(incoming) > UNIT) {
        attempts += 1;
        if (attempts === 2) land = process;
        return await noAnswer();
      }
      const answer = await process();
      if (operation === 'part' && partNumber === 4) await land?.();
      return answer;
    };
  }

  const FILE = fileOf(4 * UNIT);
  const settings = { partSize: 2 * UNIT, concurrency: 1 };

  test('is found by a fresh list before Complete, and only its part is sent again', async () => {
    landLate();
    const upload = world.openPage(settings).upload(FILE, { key: KEY });
    expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
    expectWhole(FILE.size);
    expect(world.oss.count('complete')).toBe(1);
    expect(sentSizes()).toEqual([2, 2, 1, 1, 1, 1, 1]);
  });

  test.each([true, false])(
    'is found by Complete where nothing may be listed (the part is named: %s)',
    async (isNamed) => {
      landLate();
      const { interfere } = world.oss;
      world.oss.interfere = async (incoming) => {
        if (incoming.operation === 'list') return errorAnswer(403, 'AccessDenied');
        const answer = await interfere(incoming);
        const isRefused = incoming.operation === 'complete' && answer.status === 400;
        return isRefused && !isNamed ? errorAnswer(400, 'InvalidPart') : answer;
      };
      const upload = world.openPage(settings).upload(FILE, { key: KEY });
      expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
      expectWhole(FILE.size);
      expect(world.oss.count('complete')).toBe(2);
      expect(sentSizes()).toEqual([2, 2, 1, 1, 1, 1, 1]);
    },
  );

  test('in another page, and nothing may be listed and nothing is named: all are sent again', async () => {
    landLate();
    const page = world.openPage(settings);
    const { interfere } = world.oss;
    world.oss.interfere = (incoming) =>
      incoming.operation === 'complete' ? silence(incoming) : interfere(incoming);
    page.upload(FILE, { key: KEY });
    for (let turn = 0; turn < 100 && world.oss.count('complete') === 0; turn += 1) {
      await world.clock.advance(100);
      await realTurn();
    }
    expect(world.oss.count('complete')).toBe(1);
    // The page goes away without an answer, and the late attempt comes now.
    const parts = world.oss.uploads.get('upload-1');
    parts?.set(1, { offset: 0, size: 2 * UNIT, etag: 'LATE', crc64: '0' });
    let refused = 0;
    world.oss.interfere = async (incoming) => {
      if (incoming.operation === 'list') return errorAnswer(403, 'AccessDenied');
      const answer = await incoming.process();
      if (incoming.operation !== 'complete' || answer.status !== 400) return answer;
      refused += 1;
      return errorAnswer(400, 'InvalidPart');
    };
    const upload = world.openPage(settings).upload(FILE, { key: KEY });
    expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
    expectWhole(FILE.size);
    expect(refused).toBe(1);
  });
});

test('whatever breaks, and whatever comes late: a whole object or a clear error', async () => {
  const fate = constantFrom('through', 'through', 'through', 'lost', 'answer-lost', 'late');
  const rights = constantFrom('all', 'no-list', 'hidden-etags', 'neither');
  await assert(
    asyncProperty(
      array(fate, { minLength: 1, maxLength: 40 }),
      integer({ min: UNIT, max: 8 * UNIT }),
      rights,
      async (fates, most, allowed) => {
        world = new World();
        const late: (() => Promise<FakeAnswer>)[] = [];
        let count = 0;
        world.oss.interfere = async (incoming) => {
          const { operation, process } = incoming;
          const mayList = allowed === 'all' || allowed === 'hidden-etags';
          if (operation === 'list' && !mayList) return errorAnswer(403, 'AccessDenied');
          if (operation === 'complete') await late.shift()?.();
          if (operation !== 'part') return await process();
          const chosen = fates[count % fates.length];
          count += 1;
          if (count % 3 === 0) await late.shift()?.();
          const isBorne = sizeOf(incoming) <= most;
          if (chosen === 'late' || (!isBorne && chosen === 'answer-lost')) late.push(process);
          if (!isBorne || chosen === 'lost' || chosen === 'late') return await noAnswer();
          const answer = await process();
          if (chosen === 'answer-lost') return await noAnswer();
          return allowed === 'all' || allowed === 'no-list' ? answer : { status: 200 };
        };
        const file = fileOf(20 * UNIT + 1);
        const page = world.openPage({ partSize: 8 * UNIT, concurrency: 2 });
        const { value, reason } = await world.end(page.upload(file, { key: KEY }));
        expect(value !== undefined || reason instanceof UploadError).toBe(true);
        const object = world.oss.objects.get(PATH);
        expect(value === undefined || object?.size === file.size).toBe(true);
        expect(object?.isJoined ?? true).toBe(true);
      },
    ),
    { numRuns: 15 },
  );
}, 120_000);

describe('many files', () => {
  test('a thousand, of all sizes, each complete as soon as their parts are there', async () => {
    const sizes = Array.from({ length: 1000 }, (_, index) => 1 + ((index * 7919) % (3 * UNIT)));
    let open = 0;
    let mostOpen = 0;
    world.oss.interfere = async ({ operation, process }) => {
      if (operation === 'initiate') open += 1;
      mostOpen = Math.max(mostOpen, open);
      const answer = await process();
      if (operation === 'complete') open -= 1;
      return answer;
    };
    // The model hashes in this process, which a page does not.
    const page = world.openPage({ integrity: 'none' });
    const files = sizes.map((size) => fileOf(size));
    const before = process.cpuUsage();
    const uploads = files.map((file, index) => page.upload(file, { key: `${index}` }));
    const starting = process.cpuUsage(before).user / 1000;
    const order: number[] = [];
    for (const [index, { done }] of uploads.entries()) void done.then(() => order.push(index));
    await world.until(() => order.length > 0);
    expect(uploads.filter(({ snapshot }) => snapshot.status === 'queued').length).toBeGreaterThan(
      900,
    );
    for (const count of [200, 400, 600, 800, 1000]) {
      await world.until(() => order.length >= count);
    }
    expect(mostOpen).toBeLessThanOrEqual(24);
    // In the order in which they came, but for what is larger than its neighbours.
    expect(Math.max(...order.map((index, place) => Math.abs(index - place)))).toBeLessThan(60);
    // Milliseconds of the processor; one for each would be too many.
    expect(starting).toBeLessThan(500);
  }, 120_000);

  test('a file that waits for its turn can be paused, resumed and cancelled', async () => {
    world.oss.interfere = (incoming) =>
      incoming.operation === 'part' ? silence(incoming) : incoming.process();
    const page = world.openPage({ concurrency: 1 });
    const uploads = [1, 2, 3, 4, 5, 6].map((index) =>
      page.upload(fileOf(3 * UNIT, index), { key: `${index}` }),
    );
    await world.until(() => world.oss.count('initiate') === 4);
    const [, , , , fifth, sixth] = uploads;
    expect(fifth?.snapshot.status).toBe('queued');
    fifth?.pause();
    expect(fifth?.snapshot.status).toBe('paused');
    await sixth?.cancel();
    expect(sixth?.snapshot.status).toBe('cancelled');
    fifth?.resume();
    world.oss.interfere = ({ process }) => process();
    void uploads[0]?.cancel();
    expect(await world.end(uploads[4] ?? fail())).toMatchObject({ value: { verified: 'crc64' } });
    expect(world.oss.count('initiate')).toBe(5);
    await page.close();
  });
});

function realTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

function fail(): never {
  throw new Error('An upload was expected.');
}
