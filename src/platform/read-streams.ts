import { unreadableFile } from '../errors.ts';
import { type ReadPieces, STEP } from './hasher.ts';

/**
 * Reads runs of bytes one after the other, all into one buffer: a fresh one for each piece is garbage by the gigabyte.
 * Nothing is returned where the browser cannot read a file into a buffer that it is given.
 */
export function createReadStreams(): ReadPieces | undefined {
  if (openStream(new Blob(['x'])) === undefined) return undefined;
  let spare: ArrayBuffer | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  const read: ReadPieces = async ({ source, offset, size }, take, signal) => {
    signal?.throwIfAborted();
    const reader = openStream(source.slice(offset, offset + size));
    // Or else a disk that does not answer would hold up everybody.
    const stop = (): void => void reader?.cancel().catch(() => undefined);
    signal?.addEventListener('abort', stop, { once: true });
    try {
      for (let left = size; left > 0; ) {
        const buffer = spare ?? new ArrayBuffer(STEP);
        spare = undefined;
        const piece = await reader?.read(new Uint8Array(buffer));
        if (piece?.value === undefined || piece.done)
          throw new RangeError(`The file ends ${left} bytes too early.`);
        take(piece.value);
        left -= piece.value.byteLength;
        spare = piece.value.buffer;
      }
    } catch (cause) {
      signal?.throwIfAborted();
      throw unreadableFile(cause);
    } finally {
      signal?.removeEventListener('abort', stop);
      stop();
    }
  };

  return async (...given) => {
    const reading = turn.then(() => read(...given));
    turn = reading.catch(() => undefined);
    await reading;
  };
}

function openStream(bytes: Blob): ReadableStreamBYOBReader | undefined {
  try {
    return bytes.stream().getReader({ mode: 'byob' });
  } catch {
    return undefined;
  }
}
