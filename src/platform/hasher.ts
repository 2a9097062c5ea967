import type { Digests, Hasher } from '../ports.ts';
import { borrowHash } from './hashes.ts';
import { type ReadPieces, readSlices } from './read-slices.ts';
import { createReadStreams } from './read-streams.ts';

/** Hashes where it is called, a little at a time. */
export function createHasher(readPieces: ReadPieces = createReadStreams() ?? readSlices): Hasher {
  return {
    async digest(range, algorithms, signal) {
      const hashes = await Promise.all(
        algorithms.map(async (algorithm) => ({ algorithm, hash: await borrowHash(algorithm) })),
      );
      const update = (bytes: Uint8Array): void => {
        for (const { hash } of hashes) hash.update(bytes);
      };
      try {
        if (range.bytes === undefined) await readPieces(range, update, signal);
        else update(range.bytes);
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
