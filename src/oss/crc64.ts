/** CRC-64/XZ, reflected: what OSS calls crc64ecma (OSS docs, "Check data transmission integrity using CRC-64"). */
const POLYNOMIAL = { high: 0xc96c5795, low: 0xd7870f42 };
/** Bytes that one turn of the loop takes; a table for each. */
const STRIDE = 8;

/**
 * The CRC-64 of bytes that come piece by piece, in plain code that runs under every Content-Security-Policy.
 *
 * Numbers of JavaScript hold 53 bits and BigInt is slow, so the sum is kept in two halves of 32 bits.
 */
export class Crc64 {
  #high = 0xffffffff;
  #low = 0xffffffff;

  update(bytes: Uint8Array): void {
    const { high: highs, low: lows } = (tables ??= makeTables());
    const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const bulk = bytes.length - (bytes.length % STRIDE);
    let high = this.#high;
    let low = this.#low;
    for (let at = 0; at < bulk; at += STRIDE) {
      const first = low ^ words.getUint32(at, true);
      const last = high ^ words.getUint32(at + 4, true);
      // The first byte has the longest way to go: seven more bytes follow it.
      const a = 0x700 | (first & 0xff);
      const b = 0x600 | ((first >>> 8) & 0xff);
      const c = 0x500 | ((first >>> 16) & 0xff);
      const d = 0x400 | (first >>> 24);
      const e = 0x300 | (last & 0xff);
      const f = 0x200 | ((last >>> 8) & 0xff);
      const g = 0x100 | ((last >>> 16) & 0xff);
      const h = last >>> 24;
      high = xorOf(highs, a, b, c, d, e, f, g, h);
      low = xorOf(lows, a, b, c, d, e, f, g, h);
    }
    for (let at = bulk; at < bytes.length; at += 1) {
      const index = (low ^ words.getUint8(at)) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ (lows[index] ?? 0);
      high = (high >>> 8) ^ (highs[index] ?? 0);
    }
    this.#high = high;
    this.#low = low;
  }

  /** As OSS writes it: an unsigned decimal number, of up to 20 digits. */
  digest(): string {
    const high = BigInt(~this.#high >>> 0);
    return String((high << 32n) | BigInt(~this.#low >>> 0));
  }
}

interface Tables {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
}

/** What a byte adds to the sum, by how many bytes follow it and its value; made when first needed. */
let tables: Tables | undefined;

function makeTables(): Tables {
  const highs = new Uint32Array(STRIDE * 256);
  const lows = new Uint32Array(STRIDE * 256);
  for (let byte = 0; byte < 256; byte += 1) {
    let high = 0;
    let low = byte;
    for (let bit = 0; bit < 8; bit += 1) {
      const isOdd = (low & 1) === 1;
      low = (low >>> 1) | (high << 31);
      high >>>= 1;
      if (isOdd) {
        low ^= POLYNOMIAL.low;
        high ^= POLYNOMIAL.high;
      }
    }
    lows[byte] = low;
    highs[byte] = high;
  }
  for (let index = 256; index < highs.length; index += 1) {
    const high = highs[index - 256] ?? 0;
    const low = lows[index - 256] ?? 0;
    lows[index] = ((low >>> 8) | (high << 24)) ^ (lows[low & 0xff] ?? 0);
    highs[index] = (high >>> 8) ^ (highs[low & 0xff] ?? 0);
  }
  return { high: highs, low: lows };
}

function xorOf(
  table: Uint32Array,
  a: number,
  b: number,
  c: number,
  d: number,
  e: number,
  f: number,
  g: number,
  h: number,
): number {
  return (
    (table[a] ?? 0) ^
    (table[b] ?? 0) ^
    (table[c] ?? 0) ^
    (table[d] ?? 0) ^
    (table[e] ?? 0) ^
    (table[f] ?? 0) ^
    (table[g] ?? 0) ^
    (table[h] ?? 0)
  );
}
