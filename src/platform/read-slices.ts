import { unreadableFile } from '../errors.ts';
import type { ByteRange } from '../ports.ts';

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

/** Reads slice after slice, each into memory of its own: for browsers that cannot do better. */
export const readSlices: ReadPieces = async ({ source, offset, size }, take, signal) => {
  const bytes = source.slice(offset, offset + size);
  for (let start = 0; start < size; start += STEP) {
    signal?.throwIfAborted();
    take(await readSlice(bytes, start));
  }
};

async function readSlice(bytes: Blob, start: number): Promise<Uint8Array> {
  try {
    return new Uint8Array(await bytes.slice(start, start + STEP).arrayBuffer());
  } catch (cause) {
    throw unreadableFile(cause);
  }
}
