import { beforeEach, describe, expect, test } from 'vitest';
import type { EndpointSettings } from './options.ts';
import { EndpointsWorld, FAR, NEAR, OWN } from './testing/endpoints-world.ts';
import { silence } from './testing/fake-oss.ts';
import { fileOf, KEY, record, UNIT } from './testing/world.ts';

const BOTH: EndpointSettings = { endpoints: [NEAR, FAR] };

let world: EndpointsWorld;

beforeEach(() => {
  world = new EndpointsWorld();
});

describe('a checkpoint', () => {
  const lists: readonly EndpointSettings[] = [
    BOTH,
    { endpoints: [FAR, NEAR] },
    { endpoints: [OWN, FAR] },
    { endpoint: NEAR },
    { endpoint: FAR },
  ];
  for (const list of lists) {
    test(`is found by ${JSON.stringify(list)}`, async () => {
      const file = fileOf(6 * UNIT);
      await uploadSome(file, BOTH);
      const page = world.openPage(list);
      expect(await page.unfinished()).toMatchObject([{ key: KEY, confirmedBytes: 3 * UNIT }]);
      const upload = page.upload(file, { key: KEY });
      const events = record(upload);
      expect((await world.end(upload)).reason).toBeUndefined();
      expect(events).toContainEqual(
        expect.objectContaining({ type: 'resumed', heldBytes: 3 * UNIT }),
      );
      expect(world.oss.count('initiate')).toBe(1);
    });
  }

  for (const endpoint of [NEAR, FAR]) {
    test(`of an uploader with the one endpoint ${endpoint} is found`, async () => {
      const file = fileOf(6 * UNIT);
      await uploadSome(file, { endpoint });
      const page = world.openPage(BOTH);
      expect(await page.unfinished()).toHaveLength(1);
      expect((await world.end(page.upload(file, { key: KEY }))).reason).toBeUndefined();
      expect(world.oss.count('initiate')).toBe(1);
    });
  }

  test('of other endpoints is not', async () => {
    const file = fileOf(6 * UNIT);
    await uploadSome(file, BOTH);
    expect(await world.openPage({ endpoint: OWN }).unfinished()).toEqual([]);
  });

  test('whose list is none is not read', async () => {
    await uploadSome(fileOf(6 * UNIT), BOTH);
    const [stored] = (await world.checkpoints.sessions()) as [Record<string, never>];
    await world.checkpoints.putSession({ ...stored, endpoints: [7] } as never);
    expect(await world.openPage(BOTH).unfinished()).toEqual([]);
  });

  test('that is worked on is not listed, though it was begun with one endpoint', async () => {
    const file = fileOf(6 * UNIT);
    await uploadSome(file, { endpoint: NEAR });
    world.takeTime();
    const upload = world.openPage(BOTH).upload(file, { key: KEY });
    await world.until(() => upload.snapshot.status === 'uploading');
    expect(await world.openPage(BOTH).unfinished()).toEqual([]);
    expect((await world.end(upload)).reason).toBeUndefined();
  });

  test('goes on at the other endpoint when the first is dead', async () => {
    const file = fileOf(6 * UNIT);
    await uploadSome(file, BOTH);
    world.dead.set(NEAR, 'refused');
    expect((await world.end(world.openPage(BOTH).upload(file, { key: KEY }))).reason).toBe(
      undefined,
    );
    expect(world.sentTo(FAR, 'list')).toHaveLength(1);
    expect(world.sentTo(FAR)).toHaveLength(3);
  });

  test('tabs with the list in another order wait for each other', async () => {
    world.takeTime();
    const file = fileOf(6 * UNIT);
    const one = world.openPage(BOTH).upload(file, { key: KEY });
    await world.until(() => world.oss.count('part') > 0);
    const other = world.openPage({ endpoints: [FAR, NEAR] });
    expect(await other.unfinished()).toEqual([]);
    const two = other.upload(file, { key: KEY });
    await world.until(() => two.snapshot.status === 'waiting-for-tab');
    expect((await world.end(one)).reason).toBeUndefined();
    expect((await world.end(two)).reason).toBeUndefined();
    expect(world.oss.count('part')).toBe(6);
  });

  async function uploadSome(file: File, list: EndpointSettings): Promise<void> {
    const page = world.openPage({ ...list, concurrency: 1 });
    world.oss.interfere = (incoming) =>
      world.oss.count('part') > 3 ? silence(incoming) : world.serve(incoming);
    const upload = page.upload(file, { key: KEY });
    await world.until(() => world.oss.count('part') > 3);
    await page.close();
    await upload.done.catch(() => undefined);
    world.oss.interfere = (incoming) => world.serve(incoming);
    world.oss.requests.splice(1);
  }
});

describe('at the door', () => {
  test.each([
    [{ endpoints: [] }, 'Expected `endpoints` to be a list of 1 to 4 endpoints; got 0.'],
    [{ endpoints: NEAR }, 'Expected `endpoints` to be a list of 1 to 4 endpoints; got "oss'],
    [{ endpoints: [NEAR, `https://${NEAR}/`] }, 'Expected `endpoints` to differ; got'],
    [
      { endpoints: ['a.b', 'c.d', 'e.f', 'g.h', 'i.j'] },
      'to be a list of 1 to 4 endpoints; got 5.',
    ],
    [{ endpoints: [NEAR, undefined] }, 'Expected `endpoints[1]` to be a host'],
    [{ endpoints: [NEAR, 'ftp://x.y'] }, 'Expected `endpoints[1]` to be a host'],
    [{ endpoints: [NEAR, 'https://me:pw@x.y'] }, '`endpoints[1]` to have no user name'],
    [{ endpoints: [`other.${NEAR}`] }, 'Expected `endpoints[0]` to be a host without a bucket'],
    [{ endpoints: [NEAR, 'oss-cn-beijing.aliyuncs.com'] }, 'got cn-hangzhou and cn-beijing.'],
    [{ endpoints: [NEAR, FAR], endpoint: NEAR }, 'Expected `endpoint` or `endpoints`; got both.'],
    [{ spread: true }, 'Expected `spread` to be true or false, and only with `endpoints`.'],
    [{ endpoints: [NEAR, FAR], spread: 1 }, 'Expected `spread` to be true or false'],
  ])('%j is refused', (options, message) => {
    expect(() => world.openPage(options as never)).toThrow(message);
  });

  test('forms go to one endpoint', () => {
    const form = (): Promise<never> => Promise.reject(new Error('No.'));
    expect(() => world.openPage(BOTH, { form })).toThrow('Expected `endpoint` with `form`');
  });

  test('a list of one is as the one endpoint', async () => {
    world.dead.set(FAR, 'refused');
    const page = world.openPage({ endpoints: [NEAR] });
    expect((await world.end(page.upload(fileOf(2 * UNIT), { key: KEY }))).reason).toBeUndefined();
  });
});
