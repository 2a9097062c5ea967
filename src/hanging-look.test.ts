import { expect, test } from 'vitest';
import { noAnswer, silence } from './testing/fake-oss.ts';
import { controlled, watch } from './testing/promises.ts';
import { fileOf, KEY, SECOND, UNIT, World } from './testing/world.ts';
import type { Upload } from './upload.ts';

/** Lets time pass until it is looked for the object. */
async function untilLooked(world: World): Promise<void> {
  for (let turn = 0; turn < 100 && world.oss.count('head') === 0; turn += 1) {
    await world.clock.advance(SECOND);
    await world.rest();
  }
  expect(world.oss.count('head')).toBe(1);
}

test('who cancels while it is looked whether a Complete has got there has no other one sent', async () => {
  const world = new World();
  const gate = controlled();
  world.oss.interfere = async ({ operation, process }) => {
    if (operation === 'complete' && world.oss.count('complete') === 1) return await noAnswer();
    if (operation === 'head') await gate.promise;
    return await process();
  };
  const upload = world.openPage().upload(fileOf(12 * UNIT), { key: KEY });
  upload.done.catch(() => undefined);
  await untilLooked(world);
  const cancelling = watch(upload.cancel());
  await world.rest();
  gate.resolve();
  await world.settle(cancelling);
  expect(world.oss.count('complete')).toBe(1);
  expect(world.oss.objects.size).toBe(0);
  expect(world.oss.uploads.size).toBe(0);
});

/** An upload whose Complete is lost, and whose first look for the object hangs. */
async function hang(world: World): Promise<Upload> {
  world.oss.interfere = (incoming) => {
    const { operation, process } = incoming;
    if (operation === 'complete' && world.oss.count('complete') === 1) return noAnswer();
    return operation === 'head' && world.oss.count('head') === 1 ? silence(incoming) : process();
  };
  const upload = world.openPage().upload(fileOf(12 * UNIT), { key: KEY });
  upload.done.catch(() => undefined);
  await untilLooked(world);
  return upload;
}

test('a look that hangs is given up as any request is', async () => {
  const world = new World();
  const upload = await hang(world);
  const began = world.clock.now();
  expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
  expect(world.clock.now() - began).toBeLessThan(90 * SECOND);
});

test('who cancels does not wait for a look that hangs', async () => {
  const world = new World();
  const upload = await hang(world);
  const began = world.clock.now();
  await world.settle(watch(upload.cancel()));
  expect(world.clock.now() - began).toBeLessThan(60 * SECOND);
  expect(world.oss.objects.size).toBe(0);
});

test('nor is that for a small file whose answer was lost', async () => {
  const world = new World();
  world.oss.interfere = (incoming) => {
    const { operation, process } = incoming;
    if (operation === 'put' && world.oss.count('put') === 1) return noAnswer();
    return operation === 'head' && world.oss.count('head') === 1 ? silence(incoming) : process();
  };
  const upload = world.openPage().upload(fileOf(1000), {
    key: KEY,
    headers: { 'x-oss-forbid-overwrite': 'true' },
  });
  const began = world.clock.now();
  expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
  expect(world.oss.count('head')).toBe(2);
  expect(world.clock.now() - began).toBeLessThan(90 * SECOND);
});
