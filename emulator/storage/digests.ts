import { createHash } from 'node:crypto';
import { Crc64 } from '../crc64.ts';

/** What OSS knows of every body it stores. */
export interface Digests {
  readonly md5: Buffer;
  readonly crc64: bigint;
}

/** Computes both digests over bytes that arrive in pieces. */
export class DigestStream {
  readonly #md5 = createHash('md5');
  readonly #crc64 = new Crc64();

  update(chunk: Uint8Array): void {
    this.#md5.update(chunk);
    this.#crc64.update(chunk);
  }

  finish(): Digests {
    return { md5: this.#md5.digest(), crc64: this.#crc64.value() };
  }
}

/** A part's or a simple object's ETag, without quotes: upper-case hex MD5 (OSS docs, PutObject). */
export function etagOf(md5: Buffer): string {
  return md5.toString('hex').toUpperCase();
}
