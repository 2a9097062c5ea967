import { describe, expect, test } from 'vitest';
import { naiveCrc64 } from '../testing/naive-crc64.ts';
import { Crc64 } from './crc64.ts';
import { combineCrc64 } from './crc64-combine.ts';
import vectors from './fixtures/crc64.json' with { type: 'json' };

function crc64(...pieces: readonly Uint8Array[]): string {
  const crc = new Crc64();
  for (const piece of pieces) crc.update(piece);
  return crc.digest();
}

/** The same numbers below 1 in every run. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const MADE: Readonly<Record<string, (index: number) => number>> = {
  'crc-zeros-1024': () => 0,
  'crc-part-102400': (index) => index % 251,
  'crc-one-mib': (index) => (index * 31 + 7) & 255,
};

function inputOf({ id, inputHex, length }: (typeof vectors.crc64)[number]): Uint8Array {
  if (inputHex !== undefined) return Buffer.from(inputHex, 'hex');
  const byteAt = MADE[id];
  if (byteAt === undefined) throw new Error(`No input is known for ${id}.`);
  return Uint8Array.from({ length }, (_byte, index) => byteAt(index));
}

describe('Crc64', () => {
  test.each(vectors.crc64)('$id', (vector) => {
    expect(crc64(inputOf(vector))).toBe(vector.expect);
  });

  test('agrees with the definition, however the bytes are cut', () => {
    const random = createRandom(1);
    for (let round = 0; round < 300; round += 1) {
      const bytes = Uint8Array.from({ length: Math.floor(random() * 100) }, () => random() * 256);
      const cut = Math.floor(random() * (bytes.length + 1));
      const expected = naiveCrc64(bytes);
      expect(crc64(bytes)).toBe(expected);
      expect(crc64(bytes.subarray(0, cut), bytes.subarray(cut))).toBe(expected);
    }
  });
});

describe('combineCrc64', () => {
  test.each(vectors.crc64Combine)('$id', ({ crc1, crc2, len2, expect: expected }) => {
    // The size of what comes first does not count.
    const first = { crc64: crc1, size: 7 };
    expect(combineCrc64([first, { crc64: crc2, size: len2 }])).toBe(expected);
    expect(combineCrc64([first, { crc64: BigInt(crc2), size: len2 }])).toBe(expected);
  });

  test('of nothing is that of no bytes', () => {
    expect(combineCrc64([])).toBe('0');
  });

  test('agrees with the whole, however it is cut', () => {
    const random = createRandom(2);
    for (let round = 0; round < 50; round += 1) {
      const pieces = Array.from({ length: Math.floor(random() * 6) }, () =>
        Uint8Array.from({ length: Math.floor(random() * 300) }, () => random() * 256),
      );
      const parts = pieces.map((piece) => ({ crc64: naiveCrc64(piece), size: piece.length }));
      expect(combineCrc64(parts)).toBe(crc64(...pieces));
    }
  });

  test('takes sizes beyond 32 bits', () => {
    const crc = vectors.crc64[1]?.expect ?? '';
    const halves = [
      { crc64: crc, size: 9 },
      { crc64: '0', size: 5 * 2 ** 30 },
      { crc64: '0', size: 5 * 2 ** 30 },
    ];
    expect(combineCrc64(halves)).toBe(
      combineCrc64([
        { crc64: crc, size: 9 },
        { crc64: '0', size: 10 * 2 ** 30 },
      ]),
    );
  });
});
