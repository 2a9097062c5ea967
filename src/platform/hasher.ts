import { unreadableFile } from '../errors.ts';
import type { ByteRange, Digests, Hasher } from '../ports.ts';
import { borrowHash } from './hashes.ts';

/**
 * Bytes that are read and hashed in one go: others get their turn after so many. Plain code takes 6 ms for the MD5 of
 * them, WebAssembly less than one.
 */
export const STEP: number = 512 * 1024;

/** Reads a run of bytes, and hands out piece after piece. Rejects with the signal's reason, or with why it cannot be read. */
export type ReadPieces = (
  range: ByteRange,
  take: (bytes: Uint8Array) => void,
  signal: AbortSignal | undefined,
) => Promise<void>;

/** Hashes where it is called, a little at a time. */
export function createHasher(readPieces: ReadPieces = readSlices): Hasher {
  return {
    async digest(range, algorithms, signal) {
      const hashes = await Promise.all(
        algorithms.map(async (algorithm) => ({ algorithm, hash: await borrowHash(algorithm) })),
      );
      const update = (bytes: Uint8Array): void => {
        for (const { hash } of hashes) hash.update(bytes);
      };
      try {
        await readPieces(range, update, signal);
        signal?.throwIfAborted();
        const digests: Digests = Object.fromEntries(
          hashes.map(({ algorithm, hash }) => [algorithm, hash.digest()]),
        );
        return digests;
      } finally {
        for (const { hash } of hashes) hash.release();
      }
    },
  };
}

async function readSlices(
  { source, offset, size }: ByteRange,
  take: (bytes: Uint8Array) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const bytes = source.slice(offset, offset + size);
  for (let start = 0; start < size; start += STEP) {
    signal?.throwIfAborted();
    take(await readSlice(bytes, start));
  }
}

async function readSlice(bytes: Blob, start: number): Promise<Uint8Array> {
  try {
    return new Uint8Array(await bytes.slice(start, start + STEP).arrayBuffer());
  } catch (cause) {
    throw unreadableFile(cause);
  }
}
