import { beforeEach, describe, expect, test } from 'vitest';
import { unreadableFile } from './errors.ts';
import { errorAnswer, noAnswer } from './testing/fake-oss.ts';
import { FragileFile } from './testing/fragile-file.ts';
import { WorkersWorld } from './testing/workers-world.ts';
import { crc64Of, fileOf, KEY, record, SECOND, UNIT, World } from './testing/world.ts';
import type { Upload } from './upload.ts';

const SIZE = 12 * UNIT;
const DATED = { lastModified: 1_600_000_000_000 };
const LATER = { lastModified: 1_600_000_999_000 };
const CALLBACK = { url: 'https://app.example.com/stored', body: 'key=${object}' };
/** What a gateway says in place of OSS. */
const FOREIGN = { status: 200, body: '{"error":"Your session has expired."}' };

let world: World;

beforeEach(() => {
  world = new World();
});

async function expectStored(file: Blob): Promise<void> {
  expect(world.oss.objects.get(`/${KEY}`)?.crc64).toBe(await crc64Of(file));
}

/** The same samples, and other bytes between them: in the first part, and in the last but one. */
async function edited(): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(await fileOf(SIZE).arrayBuffer());
  bytes[70_000] = 99;
  bytes[SIZE - 170_000] = 99;
  return bytes;
}

/** Begins an upload whose file is gone after five parts. */
async function loseFile(options: Parameters<World['openPage']>[0] = {}): Promise<Upload> {
  const file = new FragileFile([new Uint8Array(SIZE).fill(7)], KEY, DATED);
  world.oss.interfere = ({ process }) => {
    if (world.oss.count('part') > 5) file.isGone = true;
    return process();
  };
  const upload = world.openPage(options).upload(file, { key: KEY });
  await world.until(() => upload.snapshot.status === 'needs-file');
  world.oss.interfere = ({ process }) => process();
  return upload;
}

/** A page whose Complete is carried out, and which is gone before it hears of that. */
async function completeUnheard(file: File): Promise<void> {
  const tab = world.tabs.open();
  world.oss.interfere = async ({ operation, process }) => {
    const answer = await process();
    return operation === 'complete' ? await new Promise<never>(() => undefined) : answer;
  };
  world.openPage({}, undefined, tab).upload(file, { key: KEY });
  await world.until(() => world.oss.objects.size === 1);
  tab.close();
  world.oss.interfere = ({ process }) => process();
}

describe('what was made of a file as it was is not taken for what it is now', () => {
  test('where an earlier page has put it together, unheard', async () => {
    await completeUnheard(fileOf(SIZE));
    const other = new File([await edited()], KEY, LATER);
    const end = await world.end(world.openPage().upload(other, { key: KEY }));
    expect(end).toMatchObject({ value: { verified: 'crc64' } });
    await expectStored(other);
  });

  test('where another tab has told of its result, and another file was picked since', async () => {
    const upload = await loseFile();
    await world.end(world.openPage().upload(fileOf(SIZE), { key: KEY }));
    await world.clock.advance(SECOND);
    const events = record(upload);
    upload.resume(fileOf(SIZE, 8));
    await world.until(() => events.some(({ type }) => type === 'needs-file'));
    expect(upload.snapshot.status).toBe('needs-file');
    upload.resume(fileOf(SIZE));
    expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
    await expectStored(fileOf(SIZE));
  });

  test.each(['one page', 'two tabs'])(
    'where it is a blob, which has no date, in %s',
    async (where) => {
      const page = world.openPage();
      const first = page.upload(new Blob([fileOf(SIZE)]), { key: KEY });
      await world.until(() => world.oss.count('part') > 3);
      const after = new Blob([await edited()]);
      const second = (where === 'one page' ? page : world.openPage()).upload(after, { key: KEY });
      const [, end] = await Promise.all([world.end(first), world.end(second)]);
      expect(end).toMatchObject({ value: { verified: 'crc64' } });
      await expectStored(after);
    },
  );

  test('but the same blob is not sent again', async () => {
    const page = world.openPage();
    const blobs = [new Blob([fileOf(SIZE)]), new Blob([fileOf(SIZE)])];
    const uploads = blobs.map((blob) => page.upload(blob, { key: KEY }));
    for (const upload of uploads) expect((await world.end(upload)).reason).toBeUndefined();
    expect(world.oss.count('part')).toBe(12);
  });
});

describe('without checksums', () => {
  test('a file of another date is not joined to what was sent', async () => {
    const upload = await loseFile({ integrity: 'none' });
    const events = record(upload);
    upload.resume(new File([await edited()], KEY, LATER));
    await world.until(() => events.some(({ type }) => type === 'needs-file'));
    const asked = events.filter((event) => event.type === 'needs-file');
    expect(asked.map(({ error }) => error.code)).toEqual(['FileChanged']);
    upload.resume(fileOf(SIZE));
    expect(await world.end(upload)).toMatchObject({ value: { verified: 'etag' } });
    await expectStored(fileOf(SIZE));
  });

  test('nor where the worker dies while it is looked at', async () => {
    const workers = new WorkersWorld();
    let isGone = true;
    workers.oss.interfere = ({ operation, process }) =>
      operation === 'part' && isGone && workers.oss.count('part') > 5
        ? Promise.reject(unreadableFile(undefined))
        : process();
    const upload = workers.openPage({ integrity: 'none' }).upload(fileOf(SIZE), { key: KEY });
    await workers.until(() => upload.snapshot.status === 'needs-file');
    isGone = false;
    const other = new File([await edited()], KEY, LATER);
    upload.resume(other);
    workers.worker.fail();
    // The session is of the file as it was, and so is no way to go on with this one.
    expect(await workers.end(upload)).toMatchObject({ reason: { kind: 'source' } });
    expect(workers.oss.objects.size).toBe(0);
  });
});

describe('where ETags and checksums are hidden', () => {
  beforeEach(() => {
    world.oss.hidden.add('etag').add('x-oss-hash-crc64ecma');
  });

  test('what came after a Complete that was refused is not its own', async () => {
    world.oss.interfere = ({ operation, process }) =>
      operation === 'complete' ? Promise.resolve(errorAnswer(403, 'AccessDenied')) : process();
    const first = fileOf(SIZE, 7);
    await world.end(world.openPage().upload(first, { key: KEY }));
    world.oss.interfere = ({ process }) => process();
    for (const file of [fileOf(SIZE, 9), first]) {
      await world.clock.advance(60 * SECOND);
      const { reason } = await world.end(world.openPage().upload(file, { key: KEY }));
      expect(reason).toBeUndefined();
    }
    await expectStored(first);
  });

  test('what came while a Complete was lost is not its own', async () => {
    const first = fileOf(SIZE, 7);
    let isLost = false;
    world.oss.interfere = async ({ operation, process }) => {
      if (operation !== 'complete' || isLost) return await process();
      isLost = true;
      await world.end(world.openPage().upload(fileOf(SIZE, 9), { key: KEY }));
      return await noAnswer();
    };
    const { reason } = await world.end(world.openPage().upload(first, { key: KEY }));
    expect(reason).toBeUndefined();
    await expectStored(first);
  });
});

test.each([
  ['in parts', SIZE],
  ['in one request', 1000],
])(
  'where a callback was asked for somebody else’s JSON is no object: a file %s',
  async (_how, size) => {
    let isFirst = true;
    world.oss.interfere = async ({ operation, process }) => {
      if (!isFirst || (operation !== 'complete' && operation !== 'put')) return await process();
      isFirst = false;
      return FOREIGN;
    };
    const file = fileOf(size);
    const upload = world.openPage().upload(file, { key: KEY, callback: CALLBACK });
    expect((await world.end(upload)).reason).toBeUndefined();
    await expectStored(file);
  },
);

test('a file that is picked right after a resume() without one is the one that counts', async () => {
  const upload = await loseFile();
  const events = record(upload);
  upload.resume();
  upload.resume(fileOf(SIZE, 8));
  await world.until(() =>
    events.some((event) => event.type === 'needs-file' && event.error.code === 'FileChanged'),
  );
  upload.resume(fileOf(SIZE));
  expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
  await expectStored(fileOf(SIZE));
});

test('what another tab has put together, unheard, is found by the one that was paused', async () => {
  const file = fileOf(SIZE);
  const upload = world.openPage({ concurrency: 1 }).upload(file, { key: KEY });
  await world.until(() => world.oss.count('part') >= 3);
  upload.pause();
  await world.clock.advance(5 * SECOND);
  await world.rest();
  await completeUnheard(file);
  const sent = world.oss.count('part');
  upload.resume();
  expect((await world.end(upload)).reason).toBeUndefined();
  expect(world.oss.count('part')).toBe(sent);
});

test('a part that the server was found not to hold is not believed again after a pause', async () => {
  world.oss.interfere = async ({ operation, partNumber, process }) => {
    if (operation === 'list') return errorAnswer(403, 'AccessDenied');
    const answer = await process();
    const isLost = operation === 'part' && world.oss.count('part') <= 2;
    if (isLost) world.oss.uploads.get('upload-1')?.delete(partNumber);
    return answer;
  };
  const upload = world.openPage({ concurrency: 1 }).upload(fileOf(2 * UNIT), { key: KEY });
  const events = record(upload);
  await world.until(() => events.some(({ type }) => type === 'reopened'));
  upload.pause();
  await world.rest();
  await world.clock.advance(3 * SECOND);
  upload.resume();
  expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
});

test('a small file that may overwrite nothing is known as the one that a worker that died has sent', async () => {
  const workers = new WorkersWorld();
  workers.oss.interfere = async ({ operation, process }) => {
    if (operation !== 'put') return await process();
    if (workers.oss.objects.size > 0) return errorAnswer(409, 'FileAlreadyExists');
    await process();
    return await new Promise<never>(() => undefined);
  };
  const headers = { 'x-oss-forbid-overwrite': 'true' };
  const upload = workers.openPage().upload(fileOf(1000), { key: KEY, headers });
  await workers.until(() => workers.oss.objects.size === 1);
  workers.worker.fail();
  expect(await workers.end(upload)).toMatchObject({ value: { size: 1000 } });
});
