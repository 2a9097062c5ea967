/**
 * CRC-64/XZ as OSS computes it: polynomial 0x42F0E1EBA9EA3693 reflected, all ones in and out
 * (OSS docs, "Check data transmission integrity by using CRC-64").
 */
const POLYNOMIAL = 0xc96c5795d7870f42n;

/**
 * Tables for eight bytes at a time. JavaScript has no fast 64-bit integers, so each table is two: the low and
 * the high half. Entry `256 * k + b` is the effect of byte `b` followed by `k` zero bytes.
 */
const LOW = new Int32Array(8 * 256);
const HIGH = new Int32Array(8 * 256);

for (let byte = 0; byte < 256; byte++) {
  let crc = BigInt(byte);
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1n) === 1n ? (crc >> 1n) ^ POLYNOMIAL : crc >> 1n;
  LOW[byte] = Number(BigInt.asIntN(32, crc));
  HIGH[byte] = Number(BigInt.asIntN(32, crc >> 32n));
}
for (let index = 256; index < 8 * 256; index++) {
  const low = at(LOW, index - 256);
  const high = at(HIGH, index - 256);
  LOW[index] = ((low >>> 8) | (high << 24)) ^ at(LOW, low & 255);
  HIGH[index] = (high >>> 8) ^ at(HIGH, low & 255);
}

/** Computes a CRC-64 over bytes that arrive in pieces. */
export class Crc64 {
  #low = -1;
  #high = -1;

  update(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const wholeWords = bytes.byteLength & ~7;
    let low = this.#low;
    let high = this.#high;
    for (let index = 0; index < wholeWords; index += 8) {
      const a = low ^ view.getInt32(index, true);
      const b = high ^ view.getInt32(index + 4, true);
      low = slice(LOW, a, b);
      high = slice(HIGH, a, b);
    }
    for (let index = wholeWords; index < bytes.byteLength; index++) {
      const entry = (low ^ view.getUint8(index)) & 255;
      low = ((low >>> 8) | (high << 24)) ^ at(LOW, entry);
      high = (high >>> 8) ^ at(HIGH, entry);
    }
    this.#low = low;
    this.#high = high;
  }

  /** The CRC of everything so far, an unsigned 64-bit number. */
  value(): bigint {
    return (BigInt(~this.#high >>> 0) << 32n) | BigInt(~this.#low >>> 0);
  }
}

/** The CRC of two runs of bytes joined, from the CRC of each and the length of the second. */
export function combineCrc64(first: bigint, second: bigint, secondLength: number): bigint {
  return multiply(powerOfX(8 * secondLength), first) ^ second;
}

/** The CRC of many runs joined in order. Sizes in bytes. */
export function joinCrc64(runs: Iterable<{ crc64: bigint; size: number }>): bigint {
  const powers = new Map<number, bigint>();
  let joined = 0n;
  for (const { crc64, size } of runs) {
    const power = powers.get(size) ?? powerOfX(8 * size);
    powers.set(size, power);
    joined = multiply(power, joined) ^ crc64;
  }
  return joined;
}

function slice(table: Int32Array, a: number, b: number): number {
  return (
    at(table, 1792 + (a & 255)) ^
    at(table, 1536 + ((a >>> 8) & 255)) ^
    at(table, 1280 + ((a >>> 16) & 255)) ^
    at(table, 1024 + (a >>> 24)) ^
    at(table, 768 + (b & 255)) ^
    at(table, 512 + ((b >>> 8) & 255)) ^
    at(table, 256 + ((b >>> 16) & 255)) ^
    at(table, b >>> 24)
  );
}

function at(table: Int32Array, index: number): number {
  return table[index] ?? 0;
}

/** Product of two polynomials modulo the CRC's, in reflected bit order: the highest bit is x^0. */
function multiply(a: bigint, b: bigint): bigint {
  let product = 0n;
  let factor = b;
  for (let bit = 63n; bit >= 0n; bit--) {
    if (((a >> bit) & 1n) === 1n) product ^= factor;
    factor = (factor & 1n) === 1n ? (factor >> 1n) ^ POLYNOMIAL : factor >> 1n;
  }
  return product;
}

function powerOfX(exponent: number): bigint {
  let power = 1n << 63n;
  let square = 1n << 62n;
  for (let rest = BigInt(exponent); rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) power = multiply(square, power);
    square = multiply(square, square);
  }
  return power;
}
