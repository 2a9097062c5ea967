/** What `combineCrc64()` needs to know of a run of bytes. */
export interface Crc64Part {
  /** As OSS writes it: an unsigned decimal number. */
  readonly crc64: string | bigint;
  /** Bytes. */
  readonly size: number;
}

/**
 * The CRC-64 of runs of bytes that follow one another, made of theirs; `0` of none. Unsigned decimal, as OSS writes it.
 *
 * A CRC is a remainder of polynomials over GF(2): what stands before `n` bytes counts `x^8n` times.
 *
 * @param parts ascending by place, no gaps.
 */
export function combineCrc64(parts: readonly Crc64Part[]): string {
  const shifts = new Map<number, bigint>();
  let crc = 0n;
  for (const part of parts) {
    let shift = shifts.get(part.size);
    if (shift === undefined) {
      shift = powerOfX(8n * BigInt(part.size));
      shifts.set(part.size, shift);
    }
    crc = multiply(shift, crc) ^ BigInt(part.crc64);
  }
  return String(crc);
}

/** CRC-64/XZ, reflected: the highest bit is that of `x^0`. */
const POLYNOMIAL = 0xc96c5795d7870f42n;
const ONE = 1n << 63n;
const X = 1n << 62n;

/** `x^exponent`, by squaring. */
function powerOfX(exponent: bigint): bigint {
  let result = ONE;
  let square = X;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = multiply(square, result);
    square = multiply(square, square);
  }
  return result;
}

/** The product modulo the polynomial. */
function multiply(a: bigint, b: bigint): bigint {
  let product = 0n;
  let factor = b;
  for (let bit = ONE; bit > 0n; bit >>= 1n) {
    if ((a & bit) !== 0n) product ^= factor;
    factor = (factor & 1n) === 1n ? (factor >> 1n) ^ POLYNOMIAL : factor >> 1n;
  }
  return product;
}
