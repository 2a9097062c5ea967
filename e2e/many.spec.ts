import type { Emulator } from '../emulator/index.ts';
import { expect, expectStored, KIB, MIB, receivedBytes, requests, test } from './fixtures.ts';
import { tasksAfter } from './main-thread.ts';
import { Tab } from './tab.ts';

/** The most bodies that the server was receiving at one moment. */
function mostAtOnce(emulator: Emulator): number {
  const bodies = [...requests(emulator, 'UploadPart'), ...requests(emulator, 'PutObject')];
  return Math.max(
    ...bodies.map(
      ({ at }) =>
        bodies.filter(
          (other) => other.at <= at && (other.finishedAt ?? Number.POSITIVE_INFINITY) > at,
        ).length,
    ),
  );
}

test('three files side by side share six lanes, and each arrives', async ({ tab, emulator }) => {
  emulator.faults.bandwidth(16 * MIB);
  const files = [1, 2, 3].map((seed) => ({ key: `file-${seed}`, file: { size: 8 * MIB, seed } }));
  await tab.open();
  for (const { key, file } of files) await tab.start({ key, file });
  for (const { key, file } of files) {
    expect((await tab.outcome(key)).error).toBeUndefined();
    await expectStored(emulator, key, file);
  }
  expect(mostAtOnce(emulator)).toBe(6);
  expect(receivedBytes(emulator)).toBe(3 * 8 * MIB);
  await tab.expectNothingLeft();
});

test('a small file beside a large one does not wait for it', async ({ tab, emulator }) => {
  emulator.faults.bandwidth(6 * MIB);
  await tab.open();
  await tab.start({ key: 'large', file: { size: 24 * MIB } });
  await tab.untilConfirmed('large', 0.1);
  const small = { size: 200 * KIB, seed: 2 };
  expect((await tab.upload({ key: 'small', file: small })).error).toBeUndefined();
  const { confirmedBytes, size } = await tab.snapshot('large');
  expect(confirmedBytes).toBeLessThan(size * 0.7);
  expect((await tab.outcome('large')).error).toBeUndefined();
  await expectStored(emulator, 'small', small);
  await tab.expectNothingLeft();
});

test('two tabs with a file each get by with six connections', async ({
  tab,
  context,
  emulator,
}) => {
  emulator.faults.bandwidth(6 * MIB);
  const other = new Tab(await context.newPage(), emulator);
  const files = { first: { size: 10 * MIB }, second: { size: 10 * MIB, seed: 2 } };
  await tab.open();
  await other.open();
  await tab.start({ key: 'first', file: files.first });
  await other.start({ key: 'second', file: files.second });
  expect((await tab.outcome('first')).error).toBeUndefined();
  expect((await other.outcome('second')).error).toBeUndefined();
  await expectStored(emulator, 'first', files.first);
  await expectStored(emulator, 'second', files.second);
  expect(await tab.events('first', 'retry')).toEqual([]);
  expect(await other.events('second', 'retry')).toEqual([]);
  expect(receivedBytes(emulator)).toBe(20 * MIB);
  await tab.expectNothingLeft();
});

test('a thousand files arrive, and the page stays responsive', { tag: '@alone' }, async ({
  tab,
  browser,
  emulator,
}) => {
  test.setTimeout(300_000);
  // Most of them photos, some films: 50 KB to 5 MB.
  const sizes = Array.from({ length: 1000 }, (_, index) =>
    index % 30 === 0 ? 5_000_000 - index * 5000 : 50_000 + ((index * 7919) % 250_000),
  );
  await tab.open();
  const tasks = await tasksAfter('uploads-begin', browser, async () => {
    expect(await tab.uploadMany(sizes)).toEqual([]);
  });
  expect(
    emulator
      .objects()
      .map(({ size }) => size)
      .toSorted((a, b) => a - b),
  ).toEqual(sizes.toSorted((a, b) => a - b));
  expect(mostAtOnce(emulator)).toBeLessThanOrEqual(6);
  expect(tasks.length).toBeGreaterThan(1000);
  expect(tasks.filter((milliseconds) => milliseconds > 50)).toEqual([]);
  await tab.expectNothingLeft();
});
