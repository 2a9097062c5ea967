import { beforeEach, describe, expect, test, vi } from 'vitest';
import { FragileFile } from './testing/fragile-file.ts';
import { watch } from './testing/promises.ts';
import { crc64Of, fileOf, KEY, record, UNIT, World } from './testing/world.ts';
import type { Upload } from './upload.ts';

const SIZE = 12 * UNIT;
const PATH = '/holiday.mp4';
const NAMED = { lastModified: 1_600_000_000_000 };

let world: World;

beforeEach(() => {
  world = new World();
});

function fragile(size = SIZE): FragileFile {
  return new FragileFile([new Uint8Array(size).fill(7)], 'holiday.mp4', NAMED);
}

/** Takes the file away when so many parts have been sent. */
async function loseFile(file: FragileFile, parts = 5): Promise<Upload> {
  world.oss.interfere = ({ process }) => {
    if (world.oss.count('part') > parts) file.isGone = true;
    return process();
  };
  const upload = world.openPage().upload(file, { key: KEY });
  await world.until(() => upload.snapshot.status === 'needs-file');
  world.oss.interfere = ({ process }) => process();
  return upload;
}

function sentParts(): number[] {
  const parts = world.oss.requests.filter(({ operation }) => operation === 'part');
  return parts.map(({ partNumber }) => partNumber);
}

describe('a file that cannot be read any more', () => {
  test('is asked for, without further tries, and what was sent is kept', async () => {
    const upload = await loseFile(fragile());
    const sent = world.oss.requests.length;
    await world.clock.advance(3_600_000);
    expect(world.oss.requests).toHaveLength(sent);
    expect(upload.snapshot).toMatchObject({ status: 'needs-file', uploadId: 'upload-1' });
    expect(world.oss.uploads.get('upload-1')?.size).toBeGreaterThanOrEqual(4);
  });

  test('goes on when it is picked again', async () => {
    const upload = await loseFile(fragile());
    const held = [...(world.oss.uploads.get('upload-1')?.keys() ?? [])];
    world.oss.requests.length = 0;
    upload.resume(fileOf(SIZE));
    expect(await world.end(upload)).toMatchObject({
      value: { verified: 'crc64', uploadId: 'upload-1' },
    });
    expect(sentParts().filter((number) => held.includes(number))).toEqual([]);
    expect(world.oss.objects.get(PATH)?.crc64).toBe(await crc64Of(fileOf(SIZE)));
  });

  test('goes on with the same one when it is there again', async () => {
    const file = fragile();
    const upload = await loseFile(file);
    file.isGone = false;
    upload.resume();
    expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
  });

  test('is asked for again when another one is picked', async () => {
    const upload = await loseFile(fragile());
    const events = record(upload);
    upload.resume(fileOf(SIZE, 8));
    await world.until(() => events.some(({ type }) => type === 'needs-file'));
    const asked = events.filter((event) => event.type === 'needs-file');
    expect(asked.map(({ error }) => error.code)).toEqual(['FileChanged']);
    upload.resume(fileOf(SIZE));
    expect(await world.end(upload)).toMatchObject({ value: { uploadId: 'upload-1' } });
    expect(world.oss.objects.get(PATH)?.crc64).toBe(await crc64Of(fileOf(SIZE)));
  });

  test.each([
    [undefined, 'a File or Blob', 'film.mp4'],
    [fileOf(SIZE + 1), `${SIZE} bytes`, fileOf(SIZE + 1)],
  ])('takes no file that cannot be it', async (_name, said, file) => {
    const upload = await loseFile(fragile());
    expect(() => upload.resume(file as File)).toThrow(said);
    expect(upload.snapshot.status).toBe('needs-file');
  });

  test('can be cancelled, and leaves nothing', async () => {
    const upload = await loseFile(fragile());
    const cancelled = watch(upload.cancel());
    // Tidying up takes time of both clocks.
    while (!cancelled.isSettled) await world.clock.advance(1000);
    expect(upload.snapshot.status).toBe('cancelled');
    expect(world.oss.uploads.size).toBe(0);
  });

  test('is asked for where not one part could be read', async () => {
    const file = fragile();
    file.isGone = true;
    const upload = world.openPage().upload(file, { key: KEY });
    await world.until(() => upload.snapshot.status === 'needs-file');
    expect(world.oss.uploads.get('upload-1')?.size).toBe(0);
    upload.resume(fileOf(SIZE));
    expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
  });

  test.each([
    ['resume()', []],
    ['resume(file)', [fileOf(SIZE)]],
  ])('goes on by %s where not even its samples could be read at first', async (_how, given) => {
    const file = fileOf(SIZE);
    const reading = vi.spyOn(Blob.prototype, 'arrayBuffer');
    reading.mockRejectedValue(new DOMException('Gone.', 'NotReadableError'));
    const upload = world.openPage().upload(file, { key: KEY });
    try {
      await world.until(() => upload.snapshot.status === 'needs-file');
    } finally {
      reading.mockRestore();
    }
    await world.rest();
    upload.resume(...given);
    expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
  });

  test('is asked for where it is small, too', async () => {
    const file = fragile(1000);
    file.isGone = true;
    const upload = world.openPage().upload(file, { key: KEY });
    await world.until(() => upload.snapshot.status === 'needs-file');
    upload.resume(fileOf(1000));
    expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
  });
});

test.each([
  ['of the same size', SIZE],
  ['of another size', SIZE - UNIT],
])(
  'an unfinished upload that another tab has finished since takes no other file %s',
  async (_name, size) => {
    const file = fileOf(SIZE);
    await world.uploadSome(file, 2);
    const [unfinished] = await world.openPage().unfinished();
    if (unfinished === undefined) throw new Error('Nothing is unfinished.');
    await world.end(world.openPage().upload(file, { key: KEY }));
    await world.clock.advance(1000);
    const end = await world.end(unfinished.resume(fileOf(size, 8)));
    expect(end).toMatchObject({ reason: { kind: 'source', code: 'AnotherFile' } });
    expect(world.oss.objects.get(PATH)?.crc64).toBe(await crc64Of(file));
    // The right one may be sent once more.
    expect(await world.end(unfinished.resume(file))).toMatchObject({
      value: { verified: 'crc64' },
    });
  },
);

test('a file that changes under the upload, in a browser that reads on, makes no object', async () => {
  // The first half as it was, the rest as it is now: a mixture that no checksum of a part shows.
  const before = fileOf(SIZE);
  const after = fileOf(SIZE, 8);
  let isChanged = false;
  const file = new (class extends File {
    override slice(start?: number, end?: number): Blob {
      return (isChanged ? after : before).slice(start, end);
    }
  })([before], 'holiday.mp4', NAMED);
  world.oss.interfere = ({ process }) => {
    isChanged ||= world.oss.count('part') > 5;
    return process();
  };
  const upload = world.openPage().upload(file, { key: KEY });
  const events = record(upload);
  await world.until(() => upload.snapshot.status === 'needs-file');
  const asked = events.filter((event) => event.type === 'needs-file');
  expect(asked.map(({ error }) => error.code)).toEqual(['FileChanged']);
  expect(world.oss.objects.size).toBe(0);
  upload.resume(before);
  expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
  expect(world.oss.objects.get(PATH)?.crc64).toBe(await crc64Of(before));
});
