/** A file of the tests: the same description makes the same bytes, in the page and in Node. */
export interface FileSpec {
  /** Bytes. */
  readonly size: number;
  /** What its bytes are made of. @default 1 */
  readonly seed?: number;
  /** Where a byte is another than its seed makes: the file as somebody has changed it. */
  readonly changedAt?: number;
  /** @default 'film.bin' */
  readonly name?: string;
  /** Epoch milliseconds. @default a fixed date */
  readonly lastModified?: number;
  /** Content type. @default '' */
  readonly type?: string;
}

/** Bytes that repeat nowhere within a file of the tests (Marsaglia's xorshift, 32 bits). */
export function makeBytes({ size, seed = 1, changedAt }: FileSpec): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(size / 4));
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  for (let index = 0; index < words.length; index += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[index] = state >>> 0;
  }
  const bytes = new Uint8Array(words.buffer, 0, size);
  if (changedAt !== undefined) bytes[changedAt] = (bytes[changedAt] ?? 0) ^ 1;
  return bytes;
}

export function makeFile(spec: FileSpec): File {
  const { name = 'film.bin', lastModified = 1_700_000_000_000, type = '' } = spec;
  return new File([makeBytes(spec)], name, { lastModified, type });
}
