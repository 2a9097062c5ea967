import { expect, test } from 'vitest';
import { createHasher } from './hasher.ts';
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
  const plain = createHasher();
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
  hung.slice = () => {
    const blob = new Blob(['x']);
    blob.stream = () =>
      new ReadableStream({ type: 'bytes', pull: () => new Promise(() => undefined) });
    return blob;
  };
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
