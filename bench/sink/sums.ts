import { createHash } from 'node:crypto';
import { Crc64, combineCrc64 } from '../../emulator/crc64.ts';
import { firstBytes, PATTERN } from '../content.ts';

export interface Sums {
  /** In upper case, as OSS writes it. */
  readonly md5: string;
  /** Decimal. */
  readonly crc64: string;
}

const known = new Map<number, Sums>();

/** The sums of so many first bytes of the bench's file; worked out once for each length. */
export function sumsOf(size: number): Sums {
  const kept = known.get(size);
  if (kept !== undefined) return kept;
  const md5 = md5Of(firstBytes(size));
  const sums = { md5, crc64: crc64Of(size) };
  known.set(size, sums);
  return sums;
}

/** The ETag of an object made of parts with these ETags: the MD5 of their text. */
export function etagOfParts(etags: readonly string[]): string {
  return `${md5Of(Buffer.from(etags.join('')))}-${etags.length}`;
}

/** The CRC-64 of so many first bytes of the bench's file, however many: doubled, not read. */
export function crc64Of(size: number): string {
  const rest = size % PATTERN.length;
  let crc = crcOf(PATTERN.subarray(0, rest));
  let run = { crc: crcOf(PATTERN), size: PATTERN.length };
  let length = rest;
  for (
    let periods = (size - rest) / PATTERN.length;
    periods > 0;
    periods = Math.floor(periods / 2)
  ) {
    if (periods % 2 === 1) {
      crc = combineCrc64(run.crc, crc, length);
      length += run.size;
    }
    run = { crc: combineCrc64(run.crc, run.crc, run.size), size: run.size * 2 };
  }
  return String(crc);
}

function md5Of(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex').toUpperCase();
}

function crcOf(bytes: Uint8Array): bigint {
  const crc = new Crc64();
  crc.update(bytes);
  return crc.value();
}
