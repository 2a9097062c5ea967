import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  closeSync,
  createReadStream,
  createWriteStream,
  openSync,
  readSync,
  type WriteStream,
  writeSync,
} from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { BlobStore, BlobWriter } from './blobs.ts';
import { DigestStream, type Digests } from './digests.ts';
import type { StoredBytes } from './records.ts';

/** Bytes in flight to the disk before the client has to wait. */
const WRITE_AHEAD = 1024 ** 2;

/** Bytes on disk, a file each: written to `incoming/`, and moved to `blobs/` when they are complete. */
export class DiskBlobs implements BlobStore {
  readonly #blobs: string;
  readonly #incoming: string;

  constructor(dataDir: string) {
    this.#blobs = join(dataDir, 'blobs');
    this.#incoming = join(dataDir, 'incoming');
  }

  /** Prepares the directories, and removes everything that is unfinished or that no record names. */
  async open(named: ReadonlySet<string>): Promise<void> {
    await rm(this.#incoming, { recursive: true, force: true });
    await mkdir(this.#incoming, { recursive: true });
    await mkdir(this.#blobs, { recursive: true });
    for (const id of await readdir(this.#blobs)) if (!named.has(id)) await this.remove(id);
  }

  create(): BlobWriter {
    const id = randomUUID();
    return new DiskBlobWriter(id, join(this.#incoming, id), join(this.#blobs, id));
  }

  read(id: string, start: number, end: number): AsyncIterable<Buffer> {
    return createReadStream(join(this.#blobs, id), { start, end: end - 1 });
  }

  remove(id: string): Promise<void> {
    return rm(join(this.#blobs, id), { force: true });
  }

  corrupt(id: string): Digests | undefined {
    const file = openSync(join(this.#blobs, id), 'r+');
    try {
      const buffer = Buffer.alloc(WRITE_AHEAD);
      if (readSync(file, buffer, 0, 1, 0) === 0) return undefined;
      writeSync(file, Uint8Array.of(buffer.readUInt8(0) ^ 0xff), 0, 1, 0);
      const digests = new DigestStream();
      for (let offset = 0, count = -1; count !== 0; offset += count) {
        count = readSync(file, buffer, 0, buffer.length, offset);
        digests.update(buffer.subarray(0, count));
      }
      return digests.finish();
    } finally {
      closeSync(file);
    }
  }
}

class DiskBlobWriter implements BlobWriter {
  readonly #id: string;
  readonly #from: string;
  readonly #to: string;
  readonly #stream: WriteStream;
  readonly #written: Promise<void>;
  #size = 0;

  constructor(id: string, from: string, to: string) {
    this.#id = id;
    this.#from = from;
    this.#to = to;
    this.#stream = createWriteStream(from, { highWaterMark: WRITE_AHEAD });
    this.#written = finished(this.#stream);
    // A failure is reported by `write` or `finish`, whichever comes next.
    this.#written.catch(() => undefined);
  }

  write(chunk: Buffer): void | Promise<void> {
    this.#size += chunk.length;
    if (this.#stream.write(chunk)) return undefined;
    return this.#drain();
  }

  async finish(): Promise<StoredBytes> {
    this.#stream.end();
    await this.#written;
    await rename(this.#from, this.#to);
    return { id: this.#id, size: this.#size };
  }

  async discard(): Promise<void> {
    this.#stream.destroy();
    if (!this.#stream.closed) await once(this.#stream, 'close');
    await rm(this.#from, { force: true });
  }

  async #drain(): Promise<void> {
    await Promise.race([once(this.#stream, 'drain'), this.#written]);
  }
}
