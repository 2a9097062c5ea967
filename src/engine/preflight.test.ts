import { afterEach, expect, test, vi } from 'vitest';
import type { TransportRequest } from '../ports.ts';
import { silence } from '../testing/fake-oss.ts';
import { fileOf, KEY, UNIT, World } from '../testing/world.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

function pageAt(origin: string): void {
  vi.stubGlobal('location', { origin, href: `${origin}/` });
}

function namesOf({ headers }: TransportRequest): string[] {
  return Object.keys(headers ?? {}).toSorted();
}

/** What was sent to Complete's address. */
async function uploadIn(world: World): Promise<TransportRequest[]> {
  const page = world.openPage();
  const upload = page.upload(fileOf(8 * UNIT), { key: KEY });
  expect(await world.end(upload)).toMatchObject({ value: { key: KEY } });
  const sent = world.oss.requests.map(({ request }) => request);
  const address = sent.find(
    ({ url, method }) => method === 'POST' && !url.includes('uploads'),
  )?.url;
  return sent.filter(({ url }) => url === address);
}

test("Complete's address is asked for beside the last parts, with the same header names", async () => {
  pageAt('https://app.example');
  const world = new World();
  const [ahead, complete, ...others] = await uploadIn(world);
  expect(others).toEqual([]);
  if (ahead === undefined || complete === undefined) throw new Error('Two requests were expected.');
  expect([ahead.method, complete.method]).toEqual(['GET', 'POST']);
  expect(namesOf(ahead)).toEqual(namesOf(complete));
  const last = world.oss.requests.findLastIndex(({ operation }) => operation === 'part');
  expect(world.oss.requests[last + 1]?.request).toBe(ahead);
});

test('where it is refused, nothing comes of it', async () => {
  pageAt('https://app.example');
  const world = new World();
  world.oss.interfere = ({ operation, process }) =>
    operation === 'list' ? Promise.resolve({ status: 403 }) : process();
  expect(await uploadIn(world)).toHaveLength(2);
});

test('where it is never answered, it ends with the upload', async () => {
  pageAt('https://app.example');
  const world = new World();
  world.oss.interfere = (incoming) =>
    incoming.operation === 'list' ? silence(incoming) : incoming.process();
  const [ahead] = await uploadIn(world);
  expect(ahead?.signal?.aborted).toBe(true);
});

test.each([
  ['the bucket is below the page’s own origin', 'https://videos.oss-cn-hangzhou.aliyuncs.com'],
  ['there is no page', undefined],
])('where %s there is no preflight to pay for', async (_where, origin) => {
  if (origin !== undefined) pageAt(origin);
  expect(await uploadIn(new World())).toHaveLength(1);
});

test('where the app signs it is not asked for one more signature', async () => {
  pageAt('https://app.example');
  const world = new World();
  const page = world.openPage(
    {},
    { sign: () => Promise.resolve({ headers: { authorization: 'x' } }) },
  );
  await world.end(page.upload(fileOf(8 * UNIT), { key: KEY }));
  expect(world.oss.count('list')).toBe(0);
  expect(world.oss.count('complete')).toBe(1);
});
