import { randomUUID } from 'node:crypto';
import type { BlobStore, BlobWriter } from './blobs.ts';
import { DigestStream, type Digests } from './digests.ts';

/** Bytes in memory, in the very chunks in which they arrived: never joined, never copied. */
export class MemoryBlobs implements BlobStore {
  readonly #blobs = new Map<string, readonly Buffer[]>();

  create(): BlobWriter {
    const id = randomUUID();
    const chunks: Buffer[] = [];
    let size = 0;
    return {
      write: (chunk) => {
        chunks.push(chunk);
        size += chunk.length;
      },
      finish: () => {
        this.#blobs.set(id, chunks);
        return Promise.resolve({ id, size });
      },
      discard: () => Promise.resolve(),
    };
  }

  async *read(id: string, start: number, end: number): AsyncGenerator<Buffer> {
    let offset = 0;
    for (const chunk of this.#blobs.get(id) ?? []) {
      const from = Math.max(start - offset, 0);
      const to = Math.min(end - offset, chunk.length);
      if (from < to) yield chunk.subarray(from, to);
      offset += chunk.length;
    }
  }

  remove(id: string): Promise<void> {
    this.#blobs.delete(id);
    return Promise.resolve();
  }

  corrupt(id: string): Digests | undefined {
    const chunks = this.#blobs.get(id) ?? [];
    const [first] = chunks;
    if (first === undefined) return undefined;
    first.writeUInt8(first.readUInt8(0) ^ 0xff, 0);
    const digests = new DigestStream();
    for (const chunk of chunks) digests.update(chunk);
    return digests.finish();
  }
}
