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
  const shifts = new Map<number, Polynomial>();
  let crc: Polynomial = { high: 0, low: 0 };
  for (const { crc64, size } of parts) {
    let shift = shifts.get(size);
    if (shift === undefined) {
      shift = powerOfX(8 * size);
      shifts.set(size, shift);
    }
    crc = sum(multiply(shift, crc), halved(BigInt(crc64)));
  }
  return String((BigInt(crc.high >>> 0) << 32n) | BigInt(crc.low >>> 0));
}

/**
 * CRC-64/XZ, reflected: the highest bit is that of `x^0`. In halves of 32 bits: with BigInt each part would leave six
 * kilobytes of garbage.
 */
interface Polynomial {
  readonly high: number;
  readonly low: number;
}

const MODULUS: Polynomial = { high: 0xc96c5795, low: 0xd7870f42 };
const ONE: Polynomial = { high: 1 << 31, low: 0 };
const X: Polynomial = { high: 1 << 30, low: 0 };

/** `x^exponent`, by squaring. */
function powerOfX(exponent: number): Polynomial {
  let result = ONE;
  let square = X;
  // Shifts would cut it to 32 bits.
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = multiply(square, result);
    square = multiply(square, square);
  }
  return result;
}

/** The product modulo the polynomial. */
function multiply(a: Polynomial, b: Polynomial): Polynomial {
  let high = 0;
  let low = 0;
  let { high: factorHigh, low: factorLow } = b;
  for (let degree = 0; degree < 64; degree += 1) {
    const half = degree < 32 ? a.high : a.low;
    // All ones, or none: what is counted, and what is not.
    const counted = -((half >>> (31 - (degree & 31))) & 1);
    high ^= factorHigh & counted;
    low ^= factorLow & counted;
    const carried = -(factorLow & 1);
    factorLow = ((factorLow >>> 1) | (factorHigh << 31)) ^ (MODULUS.low & carried);
    factorHigh = (factorHigh >>> 1) ^ (MODULUS.high & carried);
  }
  return { high, low };
}

function sum(a: Polynomial, b: Polynomial): Polynomial {
  return { high: a.high ^ b.high, low: a.low ^ b.low };
}

function halved(value: bigint): Polynomial {
  return { high: Number(value >> 32n), low: Number(value & 0xffffffffn) };
}
