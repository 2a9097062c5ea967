import { unreadableFile } from '../errors.ts';
import type { ByteRange } from '../ports.ts';
import { type ReadPieces, STEP } from './read-slices.ts';

/** Streams that are kept open: parts may be asked for in another order than that of the file, and of several files in turn. */
const KEPT = 4;
/** Milliseconds after which those that nobody has gone on with are closed. */
const IDLE = 10_000;

/** A file that is being read from some byte on. */
interface Stream {
  readonly source: Blob;
  readonly reader: ReadableStreamBYOBReader;
  /** The byte that comes next. */
  position: number;
}

/**
 * Reads runs of bytes one after the other, all into one buffer: a fresh one for each piece is garbage by the gigabyte. A
 * run that begins where another has ended is read from the same stream: in Chromium 156 on Linux a stream for each part
 * of 1,000 KiB took seven times the processor time of one for the whole file.
 * Nothing is returned where the browser cannot read a file into a buffer that it is given.
 */
export function createReadStreams(): ReadPieces | undefined {
  if (openReader(new Blob(['x'])) === undefined) return undefined;
  const streams = new OpenStreams();
  let spare: ArrayBuffer | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  const read: ReadPieces = async (range, take, signal) => {
    signal?.throwIfAborted();
    const stream = streams.take(range);
    const end = range.offset + range.size;
    // Or else a disk that does not answer would hold up everybody.
    const stop = (): void => closeStream(stream);
    signal?.addEventListener('abort', stop, { once: true });
    try {
      while (stream.position < end) {
        const left = end - stream.position;
        const buffer = spare ?? new ArrayBuffer(STEP);
        spare = undefined;
        const piece = await stream.reader.read(new Uint8Array(buffer, 0, Math.min(STEP, left)));
        if (piece.value === undefined || piece.done)
          throw new RangeError(`The file ends ${left} bytes too early.`);
        take(piece.value);
        stream.position += piece.value.byteLength;
        spare = piece.value.buffer;
      }
      signal?.throwIfAborted();
      streams.putBack(stream);
    } catch (cause) {
      stop();
      signal?.throwIfAborted();
      throw unreadableFile(cause);
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  };

  return async (...given) => {
    const reading = turn.then(() => read(...given));
    turn = reading.catch(() => undefined);
    await reading;
  };
}

class OpenStreams {
  /** The one that was used last comes last. */
  readonly #idle: Stream[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** The stream that stands where the range begins, or a new one. It is nobody else's until it is put back. */
  take({ source, offset }: ByteRange): Stream {
    const index = this.#idle.findIndex(
      (stream) => stream.source === source && stream.position === offset,
    );
    const [known] = index < 0 ? [] : this.#idle.splice(index, 1);
    if (known !== undefined) return known;
    // A slice is another file to a browser, which costs it more than to read a small one.
    const reader = openReader(offset === 0 ? source : source.slice(offset));
    if (reader === undefined) throw new TypeError('The file cannot be read as a byte stream.');
    return { source, reader, position: offset };
  }

  putBack(stream: Stream): void {
    const isAtEnd = stream.position >= stream.source.size;
    if (isAtEnd) closeStream(stream);
    else this.#idle.push(stream);
    this.#closeAllBut(KEPT);
    clearTimeout(this.#timer);
    if (this.#idle.length > 0) this.#timer = setTimeout(() => this.#closeAllBut(0), IDLE);
  }

  #closeAllBut(count: number): void {
    for (const stream of this.#idle.splice(0, Math.max(0, this.#idle.length - count)))
      closeStream(stream);
  }
}

function openReader(bytes: Blob): ReadableStreamBYOBReader | undefined {
  try {
    return bytes.stream().getReader({ mode: 'byob' });
  } catch {
    return undefined;
  }
}

function closeStream({ reader }: Stream): void {
  reader.cancel().catch(() => undefined);
}
