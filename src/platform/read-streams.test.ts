import { afterEach, describe, expect, test, vi } from 'vitest';
import { createHasher } from './hasher.ts';
import { readSlices } from './read-slices.ts';
import { createReadStreams } from './read-streams.ts';

/** More than is read in one go, of which each byte tells where it is. */
const bytes = Uint8Array.from({ length: 1_700_000 }, (_byte, index) => (index * 31 + 7) & 255);
const source = new Blob([bytes]);

function readStreams(): NonNullable<ReturnType<typeof createReadStreams>> {
  const read = createReadStreams();
  if (read === undefined) throw new Error('Byte streams were expected here.');
  return read;
}

test('runs that are read side by side come whole, each by itself', async () => {
  const hasher = createHasher(readStreams());
  const plain = createHasher(readSlices);
  const ranges = [0, 1, 700_000].map((offset) => ({ source, offset, size: 1_000_000 }));
  const digests = await Promise.all(ranges.map((range) => hasher.digest(range, ['crc64'])));
  expect(digests).toEqual(await Promise.all(ranges.map((range) => plain.digest(range, ['crc64']))));
});

test('all pieces lie in one buffer at a time', async () => {
  const sizes: number[] = [];
  await readStreams()(
    { source, offset: 0, size: bytes.length },
    ({ buffer, byteLength }) => {
      expect(buffer.byteLength).toBe(512 * 1024);
      sizes.push(byteLength);
    },
    undefined,
  );
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(bytes.length);
});

test('a run beyond the end of the file cannot be read', async () => {
  const range = { source, offset: bytes.length - 5, size: 10 };
  const reading = readStreams()(range, () => undefined, undefined);
  await expect(reading).rejects.toMatchObject({ kind: 'source', code: 'FileUnreadable' });
});

test('an abort ends a read that hangs, and the next one has its turn', async () => {
  const read = readStreams();
  const hung = new Blob(['x']);
  hung.stream = () =>
    new ReadableStream({ type: 'bytes', pull: () => new Promise(() => undefined) });
  const controller = new AbortController();
  const reading = read({ source: hung, offset: 0, size: 1 }, () => undefined, controller.signal);
  let isRead = false;
  const next = read(
    { source, offset: 0, size: 1 },
    () => {
      isRead = true;
    },
    undefined,
  );
  controller.abort('enough');
  await expect(reading).rejects.toBe('enough');
  await next;
  expect(isRead).toBe(true);
});

describe('streams', () => {
  const SIZE = 1000;

  afterEach(() => {
    vi.useRealTimers();
  });

  /** A file that tells where its streams were opened, and which were closed. */
  function watchedFile() {
    const blob = new Blob([bytes]);
    const opened: number[] = [];
    const closed: number[] = [];
    const watch = (offset: number, reader: ReadableStreamDefaultReader<Uint8Array>) =>
      new ReadableStream<Uint8Array<ArrayBuffer>>({
        type: 'bytes',
        start: () => void opened.push(offset),
        async pull(controller) {
          const { value } = await reader.read();
          if (value !== undefined) controller.enqueue(new Uint8Array(value));
        },
        cancel: () => void closed.push(offset),
      });
    blob.stream = () => watch(0, Blob.prototype.stream.call(blob).getReader());
    blob.slice = (offset = 0) => {
      const rest = Blob.prototype.slice.call(blob, offset);
      rest.stream = () => watch(offset, Blob.prototype.stream.call(rest).getReader());
      return rest;
    };
    return { blob, opened, closed };
  }

  async function digestRuns(read: ReturnType<typeof readStreams>, file: Blob, runs: number[]) {
    const hasher = createHasher(read);
    const ranges = runs.map((run) => ({ source: file, offset: run * SIZE, size: SIZE }));
    return await Promise.all(ranges.map((range) => hasher.digest(range, ['crc64'])));
  }

  test('are gone on with by the run that begins where another ended', async () => {
    const { blob, opened } = watchedFile();
    const digests = await digestRuns(readStreams(), blob, [0, 1, 2, 3]);
    expect(opened).toEqual([0]);
    const plain = createHasher(readSlices);
    const ranges = [0, 1, 2, 3].map((run) => ({ source, offset: run * SIZE, size: SIZE }));
    expect(digests).toEqual(
      await Promise.all(ranges.map((range) => plain.digest(range, ['crc64']))),
    );
  });

  test('stay few where runs come in another order', async () => {
    const { blob, opened } = watchedFile();
    await digestRuns(readStreams(), blob, [1, 0, 2, 3, 5, 4, 6, 7]);
    expect(opened).toEqual([SIZE, 0, 5 * SIZE]);
  });

  test('of two files are not mixed', async () => {
    const [one, other] = [watchedFile(), watchedFile()];
    const read = readStreams();
    await digestRuns(read, one.blob, [0]);
    await digestRuns(read, other.blob, [1]);
    expect([one.opened, other.opened]).toEqual([[0], [SIZE]]);
  });

  test('that nobody goes on with are closed: the oldest of more than four, and all in the end', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { blob, opened, closed } = watchedFile();
    await digestRuns(readStreams(), blob, [0, 10, 20, 30, 40]);
    expect(closed).toEqual([0]);
    vi.advanceTimersByTime(10_000);
    expect(closed.toSorted((a, b) => a - b)).toEqual(opened);
  });

  test('of an aborted run are not gone on with', async () => {
    const { blob, opened, closed } = watchedFile();
    const read = readStreams();
    const controller = new AbortController();
    const range = { source: blob, offset: 0, size: SIZE };
    const reading = read(range, () => controller.abort('enough'), controller.signal);
    await expect(reading).rejects.toBe('enough');
    await digestRuns(read, blob, [1]);
    expect(opened).toEqual([0, SIZE]);
    expect(closed).toContain(0);
  });
});
