import { expect, test } from 'vitest';
import { MemoryBlobs } from './memory-blobs.ts';

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer[]> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

test('chunks are kept as they came, not copied and not joined', async () => {
  const blobs = new MemoryBlobs();
  const writer = blobs.create();
  const chunks = ['one', 'two', 'three'].map((text) => Buffer.from(text));
  for (const chunk of chunks) await writer.write(chunk);
  const { id, size } = await writer.finish();
  expect(size).toBe(11);
  const read = await collect(blobs.read(id, 0, size));
  expect(read).toHaveLength(3);
  for (const [index, chunk] of read.entries()) {
    expect(chunk.buffer).toBe(chunks[index]?.buffer);
    expect(chunk.byteOffset).toBe(chunks[index]?.byteOffset);
  }
  expect(Buffer.concat(await collect(blobs.read(id, 2, 7))).toString()).toBe('etwot');
});

test('nothing can be read before it is finished, or after it is removed', async () => {
  const blobs = new MemoryBlobs();
  const writer = blobs.create();
  await writer.write(Buffer.from('x'));
  const { id } = await writer.finish();
  await blobs.remove(id);
  expect(await collect(blobs.read(id, 0, 1))).toEqual([]);
  expect(blobs.corrupt(id)).toBeUndefined();
});
