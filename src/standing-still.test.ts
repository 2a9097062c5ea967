import { beforeEach, expect, test } from 'vitest';
import type { UploadEvent } from './events.ts';
import type { UploaderSettings } from './options.ts';
import { silence } from './testing/fake-oss.ts';
import { fileOf, KEY, record, SECOND, UNIT, World } from './testing/world.ts';

let world: World;
/** How many parts are not answered just now. */
let silent: number;

beforeEach(() => {
  world = new World();
  silent = 0;
});

/** Parts take 300 ms, but for those that are never answered. */
function partsStall(isStalled: (partNumber: number) => boolean): typeof world.oss.interfere {
  return async (incoming) => {
    const { operation, partNumber, request, process } = incoming;
    if (operation !== 'part') return await process();
    request.onSent?.(1);
    if (isStalled(partNumber)) {
      silent += 1;
      return await silence(incoming).finally(() => {
        silent -= 1;
      });
    }
    await new Promise<void>((resolve) => world.clock.after(300, resolve));
    return await process();
  };
}

/** The first part is never answered, so many times; late ones may wait until then. */
function firstPartStalls(times: number, othersWait: boolean): typeof world.oss.interfere {
  let attempts = 0;
  return partsStall((partNumber) => {
    if (partNumber === 1) attempts += 1;
    return attempts <= times && (partNumber === 1 || (othersWait && partNumber > 20));
  });
}

/** Uploads 30 parts. Tells what was said of requests that were sent again, and how long it took, in milliseconds. */
async function uploadAll(
  options: Partial<UploaderSettings> = {},
): Promise<{ retries: UploadEvent[]; time: number }> {
  const begun = world.clock.now();
  const upload = world
    .openPage({ partSize: UNIT, ...options })
    .upload(fileOf(30 * UNIT), { key: KEY });
  const events = record(upload);
  expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
  const retries = events.filter(({ type }) => type === 'retry');
  return { retries, time: world.clock.now() - begun };
}

function retry(code: string | undefined): unknown {
  return expect.objectContaining({ error: expect.objectContaining({ code }) });
}

test('a part that stalls while others get through, and again when it is alone, is given up early both times', async () => {
  world.oss.interfere = firstPartStalls(2, false);
  const { retries, time } = await uploadAll();
  expect(retries).toEqual([retry('ConnectionStalled'), retry('ConnectionStalled')]);
  expect(world.probes).toHaveLength(1);
  expect(time).toBeLessThan(16 * SECOND);
});

test('where the server does not answer at once either, it has the long limit, once', async () => {
  world.oss.interfere = firstPartStalls(2, false);
  // A link with a queue before it.
  world.answersProbe = async () => silent === 0;
  const { retries, time } = await uploadAll();
  expect(retries).toEqual([retry('ConnectionStalled'), retry(undefined)]);
  // Two seconds, then thirty: the early end has not doubled them.
  expect(time).toBeGreaterThan(30 * SECOND);
  expect(time).toBeLessThan(40 * SECOND);
});

test('parts that all stall at once are given up as soon as the server answers a probe', async () => {
  world.oss.interfere = firstPartStalls(1, true);
  const { retries, time } = await uploadAll();
  expect(retries.length).toBeGreaterThan(1);
  expect(new Set(retries.map((event) => 'error' in event && event.error?.code))).toEqual(
    new Set(['ConnectionStalled']),
  );
  expect(time).toBeLessThan(16 * SECOND);
});

test('parts that hold all connections are found out by one of them, which is sent again', async () => {
  let stalls = 6;
  world.oss.interfere = partsStall((partNumber) => {
    if (partNumber <= 12 || stalls === 0) return false;
    stalls -= 1;
    return true;
  });
  // No probe gets a connection.
  world.answersProbe = async () => silent < 6;
  const { retries, time } = await uploadAll({ concurrency: 6 });
  expect(retries).toHaveLength(6);
  expect(time).toBeLessThan(16 * SECOND);
});
