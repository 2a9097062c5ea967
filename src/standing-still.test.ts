import { beforeEach, expect, test } from 'vitest';
import { silence } from './testing/fake-oss.ts';
import { fileOf, KEY, record, UNIT, World } from './testing/world.ts';

let world: World;

beforeEach(() => {
  world = new World();
});

test('a part that stalls while others get through, and again when it is alone, costs the long limit once', async () => {
  let attempts = 0;
  world.oss.interfere = async (incoming) => {
    const { operation, partNumber, request, process } = incoming;
    if (operation !== 'part') return await process();
    request.onSent?.(1);
    if (partNumber === 1) attempts += 1;
    if (partNumber === 1 && attempts <= 2) return await silence(incoming);
    await new Promise<void>((resolve) => world.clock.after(300, resolve));
    return await process();
  };
  const begun = world.clock.now();
  const upload = world.openPage({ partSize: UNIT }).upload(fileOf(30 * UNIT), { key: KEY });
  const events = record(upload);
  expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
  expect(events.flatMap((event) => (event.type === 'retry' ? event.error.code : []))).toEqual([
    'ConnectionStalled',
    undefined,
  ]);
  // Two seconds, then thirty: the early end has not doubled them.
  expect(world.clock.now() - begun).toBeLessThan(40_000);
});
