import { beforeEach, expect, test } from 'vitest';
import type { UploadError } from '../errors.ts';
import { type Controlled, controlled, watch } from '../testing/promises.ts';
import { TabsWorld } from '../testing/tabs-world.ts';
import { fileOf, KEY, SECOND, UNIT } from '../testing/world.ts';
import type { Upload } from '../upload.ts';

let world: TabsWorld;
/** Lets the browser give out the upload's lock. */
let lock: Controlled<void>;

beforeEach(() => {
  world = new TabsWorld();
  lock = controlled();
});

function begin(): Upload {
  const tab = world.tabs.open();
  const { locks } = tab;
  const slow = {
    ...locks,
    request: async (...given: Parameters<typeof locks.request>) => {
      await lock.promise;
      return await locks.request(...given);
    },
  };
  return world.openTab({ ...tab, locks: slow }).upload(fileOf(6 * UNIT), { key: KEY });
}

test('an upload that nobody has begun is opened before its lock is there', async () => {
  const upload = begin();
  await world.until(() => world.oss.count('initiate') === 1);
  expect(world.oss.count('part')).toBe(0);
  lock.resolve();
  expect(await world.end(upload)).toMatchObject({ value: { uploadId: 'upload-1' } });
  expect(world.counts()).toMatchObject({ initiate: 1, complete: 1, abort: 0 });
  await world.expectNothingLeft();
});

test('a pause meanwhile keeps what was opened', async () => {
  const upload = begin();
  await world.until(() => world.oss.uploads.size === 1);
  upload.pause();
  lock.resolve();
  await world.clock.advance(0);
  upload.resume();
  expect(await world.end(upload)).toMatchObject({ value: { uploadId: 'upload-1' } });
  expect(world.counts()).toMatchObject({ initiate: 1, abort: 0 });
  await world.expectNothingLeft();
});

test('a cancel meanwhile leaves nothing', async () => {
  const upload = begin();
  await world.until(() => world.oss.uploads.size === 1);
  const cancelled = watch(upload.cancel());
  lock.resolve();
  await world.until(() => world.oss.count('abort') === 1);
  await world.clock.advance(SECOND);
  await world.until(() => cancelled.isSettled);
  expect(world.counts()).toMatchObject({ initiate: 1, part: 0 });
  await world.expectNothingLeft();
});

test('closing the uploader meanwhile leaves nothing that no checkpoint knows', async () => {
  const tab = world.tabs.open();
  const request = (): Promise<() => void> => lock.promise.then(() => () => undefined);
  const page = world.openTab({ ...tab, locks: { ...tab.locks, request } });
  page.upload(fileOf(6 * UNIT), { key: KEY });
  await world.until(() => world.oss.uploads.size === 1);
  const closed = watch(page.close());
  lock.resolve();
  await world.until(() => closed.isSettled);
  expect(world.oss.uploads.size).toBe((await world.checkpoints.sessions()).length);
});

test('a refusal is told, and not asked for twice', async () => {
  world.oss.interfere = ({ operation, process }) =>
    operation === 'initiate'
      ? Promise.resolve({ status: 403, body: '<Error><Code>AccessDenied</Code></Error>' })
      : process();
  const upload = begin();
  await world.until(() => world.oss.count('initiate') === 1);
  lock.resolve();
  const { reason } = await world.end(upload);
  expect((reason as UploadError).code).toBe('AccessDenied');
  expect(world.counts()).toMatchObject({ initiate: 1 });
});

test('a file that cannot be read leaves nothing of what was opened', async () => {
  const file = fileOf(6 * UNIT);
  file.slice = () => {
    throw new DOMException('gone', 'NotFoundError');
  };
  const upload = world.openTab().upload(file, { key: KEY });
  await world.until(() => upload.snapshot.status === 'needs-file');
  const cancelled = watch(upload.cancel());
  await world.until(() => cancelled.isSettled);
  expect(world.oss.uploads.size).toBe(0);
  await world.expectNothingLeft();
});
