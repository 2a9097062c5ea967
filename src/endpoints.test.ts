import { beforeEach, describe, expect, test } from 'vitest';
import type { EndpointSettings } from './options.ts';
import { EndpointsWorld, FAR, NEAR, OWN } from './testing/endpoints-world.ts';
import { errorAnswer, type Incoming, noAnswer, silence } from './testing/fake-oss.ts';
import { fileOf, KEY, record, SECOND, SECRETS, UNIT } from './testing/world.ts';

const BOTH: EndpointSettings = { endpoints: [NEAR, FAR] };
const baseOf = (host: string): string => `https://videos.${host}`;

let world: EndpointsWorld;

beforeEach(() => {
  world = new EndpointsWorld();
});

describe('an endpoint that stops answering', () => {
  for (const how of ['refused', 'silent'] as const) {
    test(`(${how}) is left for the next, at no cost to the budget, and told once`, async () => {
      const page = world.openPage({ ...BOTH, retry: { limit: 1 } });
      world.oss.interfere = (incoming) => {
        if (world.oss.count('part') > 9) world.dead.set(NEAR, how);
        return world.serve(incoming);
      };
      const upload = page.upload(fileOf(20 * UNIT), { key: KEY });
      const events = record(upload);
      const start = world.clock.now();
      expect((await world.end(upload)).value).toMatchObject({ size: 20 * UNIT });

      const told = events.filter(({ type }) => type === 'endpoint-switched');
      expect(told).toEqual([
        {
          type: 'endpoint-switched',
          from: baseOf(NEAR),
          endpoint: baseOf(FAR),
          error: expect.objectContaining({ kind: how === 'silent' ? 'timeout' : 'network' }),
        },
      ]);
      expect(events.filter(({ type }) => type === 'retry')).toEqual([]);
      // Nine were confirmed; all the rest went to the other one, each once.
      const confirmed = new Set(
        world
          .sentTo(NEAR)
          .slice(0, 9)
          .map(({ partNumber }) => partNumber),
      );
      const all = Array.from({ length: 20 }, (_none, index) => index + 1);
      const numbers = world.sentTo(FAR).map(({ partNumber }) => partNumber);
      expect(numbers.toSorted((x, y) => x - y)).toEqual(all.filter((n) => !confirmed.has(n)));
      expect(world.sentTo(FAR, 'complete')).toHaveLength(1);
      expect(world.oss.count('initiate')).toBe(1);
      expect(world.clock.now() - start).toBeLessThan((how === 'silent' ? 200 : 20) * SECOND);
    });
  }

  test('is left by all that is in flight there as soon as one of them has failed', async () => {
    let isDying = false;
    const silenced: Incoming[] = [];
    world.oss.interfere = (incoming) => {
      if (!isDying || !incoming.request.url.includes(NEAR)) return world.serve(incoming);
      const isFirst = !world.dead.has(NEAR);
      world.dead.set(NEAR, 'refused');
      if (isFirst) return noAnswer();
      silenced.push(incoming);
      return silence(incoming);
    };
    const upload = world.openPage(BOTH).upload(fileOf(20 * UNIT), { key: KEY });
    await world.until(() => world.oss.count('initiate') === 1);
    isDying = true;
    expect((await world.end(upload)).reason).toBeUndefined();
    expect(silenced.length).toBeGreaterThan(0);
    // None of them had to stand still first.
    for (const { request } of silenced)
      expect(request.signal?.reason).toMatchObject({ kind: 'network' });
  });

  test('before anything was sent is left, too', async () => {
    world.dead.set(NEAR, 'refused');
    const upload = world.openPage(BOTH).upload(fileOf(3 * UNIT), { key: KEY });
    expect((await world.end(upload)).reason).toBeUndefined();
    expect(world.sentTo(FAR, 'initiate')).toHaveLength(1);
    expect(world.sentTo(NEAR)).toEqual([]);
  });

  test('is left for the third where the second is dead, too', async () => {
    world.dead.set(NEAR, 'refused').set(FAR, 'silent');
    const upload = world
      .openPage({ endpoints: [NEAR, FAR, OWN] })
      .upload(fileOf(3 * UNIT), { key: KEY });
    const events = record(upload);
    expect((await world.end(upload)).reason).toBeUndefined();
    expect(world.sentTo(OWN)).toHaveLength(3);
    expect(events.filter(({ type }) => type === 'endpoint-switched')).toMatchObject([
      { from: baseOf(NEAR), endpoint: baseOf(FAR) },
      { from: baseOf(FAR), endpoint: `https://${OWN}` },
    ]);
  });

  test('is left when its probes are answered and nothing else is, at the cost of its failures', async () => {
    world.oss.interfere = (incoming) =>
      incoming.request.url.includes(NEAR) ? noAnswer() : incoming.process();
    const upload = world.openPage(BOTH).upload(fileOf(3 * UNIT), { key: KEY });
    const events = record(upload);
    expect((await world.end(upload)).reason).toBeUndefined();
    expect(world.sentTo(NEAR, 'initiate')).toHaveLength(2);
    expect(events.filter(({ type }) => type === 'retry')).toHaveLength(2);
    expect(events.filter(({ type }) => type === 'endpoint-switched')).toHaveLength(1);
  });

  test('is no dead network, and a dead network is none of it', async () => {
    world.dead.set(NEAR, 'refused').set(FAR, 'refused');
    const upload = world.openPage(BOTH).upload(fileOf(3 * UNIT), { key: KEY });
    const events = record(upload);
    await world.until(() => upload.snapshot.status === 'waiting-for-network');
    await world.clock.advance(600 * SECOND);
    expect(upload.snapshot.status).toBe('waiting-for-network');
    expect(events.filter(({ type }) => type.startsWith('endpoint'))).toEqual([]);
    // Any of them is enough to go on.
    world.dead.delete(FAR);
    expect((await world.end(upload)).reason).toBeUndefined();
    expect(world.sentTo(FAR)).toHaveLength(3);
    expect(events.filter(({ type }) => type === 'endpoint-switched')).toHaveLength(1);
  });

  test('an upload fails as ever when all of them answer probes and nothing else', async () => {
    world.oss.interfere = noAnswer;
    const upload = world.openPage(BOTH).upload(fileOf(3 * UNIT), { key: KEY });
    expect((await world.end(upload)).reason).toMatchObject({ code: 'AnswersUnreadable' });
    expect(world.oss.count('initiate')).toBe(3);
  });

  for (const [status, code] of [
    [403, 'AccessDenied'],
    [500, 'InternalError'],
    [503, 'ServiceUnavailable'],
  ] as const) {
    test(`an answer of OSS (${status}) is an answer`, async () => {
      let times = 0;
      world.oss.interfere = (incoming) => {
        times += 1;
        return times < 3 ? Promise.resolve(errorAnswer(status, code)) : incoming.process();
      };
      const upload = world.openPage(BOTH).upload(fileOf(3 * UNIT), { key: KEY });
      const { reason } = await world.end(upload);
      expect(reason === undefined).toBe(status !== 403);
      expect(world.oss.requests.every(({ request }) => request.url.includes(NEAR))).toBe(true);
      expect(world.probes).toEqual([]);
    });
  }
});

describe('an endpoint that is well again', () => {
  test('gets new requests again, and is asked at growing intervals until then', {
    timeout: 30_000,
  }, async () => {
    world.takeTime();
    const page = world.openPage({ ...BOTH, concurrency: 1 });
    const upload = page.upload(fileOf(200 * UNIT), { key: KEY });
    const events = record(upload);
    await world.until(() => world.sentTo(NEAR).length > 0);
    world.dead.set(NEAR, 'refused');
    await world.pass(() => world.sentTo(FAR).length > 60);
    const start = world.probes[0] ?? 0;
    // Both when it failed, then the one: after 5, 10, 20, 40 seconds, when the next part is sent.
    const asked = world.probes.slice(2).map((at) => Math.round((at - start) / SECOND));
    expect(asked.length).toBeGreaterThanOrEqual(3);
    expect(asked.length).toBeLessThanOrEqual(5);
    world.dead.clear();
    expect((await world.end(upload)).reason).toBeUndefined();
    expect(events.filter(({ type }) => type.startsWith('endpoint'))).toMatchObject([
      { type: 'endpoint-switched' },
      { type: 'endpoint-recovered', endpoint: baseOf(NEAR) },
    ]);
    expect(world.sentTo(NEAR).length).toBeGreaterThan(10);
    expect(world.sentTo(NEAR, 'complete')).toHaveLength(1);
    expect(new Set(world.oss.requests.map(({ partNumber }) => partNumber)).size).toBe(201);
  });

  test('and dead again is not tried so soon: it does not flap', { timeout: 30_000 }, async () => {
    world.takeTime();
    // Answers every probe, and nothing else once it has begun.
    world.answersProbe = () => Promise.resolve(true);
    const page = world.openPage({ ...BOTH, concurrency: 1 });
    const upload = page.upload(fileOf(400 * UNIT), { key: KEY });
    const switchedAt: number[] = [];
    upload.subscribe((_snapshot, { type }) => {
      if (type === 'endpoint-switched') switchedAt.push(world.clock.now());
    });
    upload.done.catch(() => undefined);
    await world.until(() => world.sentTo(NEAR).length > 0);
    world.dead.set(NEAR, 'refused');
    await world.pass(() => switchedAt.length === 5);
    for (const [index, at] of switchedAt.slice(1).entries()) {
      const waited = at - (switchedAt[index] ?? 0);
      expect(waited).toBeGreaterThanOrEqual(5 * 2 ** index * SECOND);
    }
    await page.close();
  });

  test('a page that sends nothing asks nobody', async () => {
    world.dead.set(NEAR, 'refused');
    const page = world.openPage(BOTH);
    await world.end(page.upload(fileOf(3 * UNIT), { key: KEY }));
    const { length } = world.probes;
    await world.clock.advance(3600 * SECOND);
    expect(world.probes).toHaveLength(length);
    expect(world.clock.pending).toBe(0);
  });
});

describe('parts that are spread', () => {
  test('go to both alike, over twice the lanes; all else goes to the preferred one', async () => {
    world.takeTime();
    const page = world.openPage({ ...BOTH, spread: true, concurrency: 3 });
    const upload = page.upload(fileOf(60 * UNIT), { key: KEY });
    await world.until(() => world.oss.count('part') === 6);
    expect(world.sentTo(NEAR)).toHaveLength(3);
    expect(world.sentTo(FAR)).toHaveLength(3);
    expect((await world.end(upload)).reason).toBeUndefined();
    expect(world.sentTo(NEAR)).toHaveLength(30);
    expect(world.sentTo(FAR)).toHaveLength(30);
    expect(world.sentTo(NEAR, 'initiate')).toHaveLength(1);
    expect(world.sentTo(NEAR, 'complete')).toHaveLength(1);
  });

  test('small files, too', async () => {
    world.takeTime();
    const page = world.openPage({ ...BOTH, spread: true, concurrency: 1 });
    const uploads = ['a', 'b', 'c', 'd'].map((key) => page.upload(fileOf(UNIT, 1), { key }));
    for (const upload of uploads) expect((await world.end(upload)).reason).toBeUndefined();
    expect(world.sentTo(NEAR, 'put')).toHaveLength(2);
    expect(world.sentTo(FAR, 'put')).toHaveLength(2);
  });

  for (const how of ['refused', 'silent'] as const) {
    test(`go to the other one alone when one dies (${how}), in its own lanes`, async () => {
      world.takeTime();
      const page = world.openPage({ ...BOTH, spread: true, concurrency: 3, retry: { limit: 2 } });
      const upload = page.upload(fileOf(90 * UNIT), { key: KEY });
      const events = record(upload);
      const confirmed = (): number => events.filter(({ type }) => type === 'part-confirmed').length;
      await world.pass(() => confirmed() > 10);
      world.dead.set(FAR, how);
      expect((await world.end(upload)).reason).toBeUndefined();
      expect(events.filter(({ type }) => type === 'endpoint-switched')).toMatchObject([
        { from: baseOf(FAR), endpoint: baseOf(NEAR) },
      ]);
      // What was confirmed is sent once, and what was in flight at the dead one twice.
      expect(world.oss.count('part')).toBeLessThanOrEqual(90 + 3 + 3);
      expect(world.oss.objects.get(`/${KEY}`)).toMatchObject({ isJoined: true, size: 90 * UNIT });
    });
  }

  test('have all lanes again when it is back', async () => {
    world.takeTime();
    const page = world.openPage({ ...BOTH, spread: true, concurrency: 2 });
    const upload = page.upload(fileOf(120 * UNIT), { key: KEY });
    const events = record(upload);
    await world.until(() => world.oss.count('part') > 0);
    world.dead.set(FAR, 'refused');
    await world.pass(() => events.some(({ type }) => type === 'endpoint-switched'));
    await world.pass(() => world.sentTo(NEAR).length > 6);
    expect(upload.parts.filter(({ state }) => state === 'in-flight')).toHaveLength(2);
    world.dead.clear();
    await world.pass(() => events.some(({ type }) => type === 'endpoint-recovered'));
    const sent = world.oss.count('part');
    await world.pass(() => world.oss.count('part') > sent + 8);
    expect(upload.parts.filter(({ state }) => state === 'in-flight')).toHaveLength(4);
    expect((await world.end(upload)).reason).toBeUndefined();
  });
});

describe('who signs for several endpoints', () => {
  test('the app is told where each request goes', async () => {
    world.dead.set(NEAR, 'refused');
    const asked: (string | undefined)[] = [];
    const page = world.openPage(BOTH, {
      sign: ({ endpoint }) => {
        asked.push(endpoint);
        return Promise.resolve({ headers: { authorization: 'signed' } });
      },
    });
    expect((await world.end(page.upload(fileOf(2 * UNIT), { key: KEY }))).reason).toBeUndefined();
    expect(asked).toEqual([baseOf(NEAR), ...Array(4).fill(baseOf(FAR))]);
  });

  test('a region that one endpoint tells holds for all', async () => {
    const page = world.openPage(
      { endpoints: [OWN, NEAR], region: 'cn-hangzhou' },
      { credentials: () => Promise.resolve(SECRETS) },
    );
    expect((await world.end(page.upload(fileOf(2 * UNIT), { key: KEY }))).reason).toBeUndefined();
    const { authorization } = world.oss.requests[0]?.request.headers ?? {};
    expect(authorization).toContain('/cn-hangzhou/oss/');
  });
});
