import type { Digests } from './digests.ts';
import type { StoredBytes } from './records.ts';

/** Receives bytes piece by piece; they exist only once `finish` has resolved. */
export interface BlobWriter {
  /** Takes the chunk over. The promise, if any, asks the caller to wait before the next one. */
  write(chunk: Buffer): void | Promise<void>;
  finish(): Promise<StoredBytes>;
  discard(): Promise<void>;
}

/** Where bytes live. */
export interface BlobStore {
  create(): BlobWriter;
  /** Bytes from `start` up to, not including, `end`. */
  read(id: string, start: number, end: number): AsyncIterable<Buffer>;
  remove(id: string): Promise<void>;
  /** Changes the first byte, and returns the digests of what is then there; undefined when there are no bytes. */
  corrupt(id: string): Digests | undefined;
}
