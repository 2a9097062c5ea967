import { assert, integer, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PartSizes } from './part-sizes.ts';

const UNIT = 100 * 1024;
const WISHED = 10 * UNIT;

function confirm(sizes: PartSizes, times: number): void {
  for (let time = 0; time < times; time += 1) {
    const size = sizes.next(WISHED, UNIT);
    sizes.sent(size);
    sizes.confirmed(size);
  }
}

describe('the size of parts', () => {
  test('is what is wished for, as long as all goes well', () => {
    const sizes = new PartSizes();
    confirm(sizes, 100);
    expect(sizes.next(WISHED, UNIT)).toBe(WISHED);
    expect(sizes.next(149 * 1024, UNIT)).toBe(UNIT);
  });

  test('is not changed by one break: that may be chance', () => {
    const sizes = new PartSizes();
    expect(sizes.mustSplit(WISHED, UNIT, 1)).toBe(false);
    expect(sizes.mustSplit(WISHED, UNIT, 2)).toBe(true);
  });

  test('is halved down to one unit, for all parts that follow', () => {
    const sizes = new PartSizes();
    const seen: number[] = [];
    for (let size = WISHED; sizes.mustSplit(size, UNIT, 2); size = sizes.next(WISHED, UNIT)) {
      seen.push(size / UNIT);
      sizes.split(size);
    }
    expect(seen).toEqual([10, 5, 2]);
    expect(sizes.next(WISHED, UNIT)).toBe(UNIT);
  });

  test('is known to be too large for those that are on their way already', () => {
    const sizes = new PartSizes();
    sizes.split(WISHED);
    expect(sizes.mustSplit(WISHED, UNIT, 1)).toBe(true);
    expect(sizes.mustSplit(5 * UNIT, UNIT, 1)).toBe(false);
  });

  test('is never smaller than a unit, however large that is', () => {
    const sizes = new PartSizes();
    sizes.split(UNIT);
    expect(sizes.next(WISHED, 7 * UNIT)).toBe(7 * UNIT);
    expect(sizes.mustSplit(7 * UNIT, 7 * UNIT, 9)).toBe(false);
  });
});

describe('a larger part', () => {
  test('is tried after eight, one alone, and the others follow when it is confirmed', () => {
    const sizes = new PartSizes();
    sizes.split(4 * UNIT);
    confirm(sizes, 8);
    const trial = sizes.next(WISHED, UNIT);
    expect(trial).toBe(4 * UNIT);
    sizes.sent(trial);
    expect(sizes.next(WISHED, UNIT)).toBe(2 * UNIT);
    sizes.confirmed(trial);
    expect(sizes.next(WISHED, UNIT)).toBe(4 * UNIT);
  });

  test('that breaks once is split, and waits for twice as many', () => {
    const sizes = new PartSizes();
    sizes.split(4 * UNIT);
    const waits: number[] = [];
    for (let time = 0; time < 4; time += 1) {
      let wait = 0;
      for (; sizes.next(WISHED, UNIT) === 2 * UNIT; wait += 1) confirm(sizes, 1);
      waits.push(wait);
      sizes.sent(4 * UNIT);
      expect(sizes.mustSplit(4 * UNIT, UNIT, 1)).toBe(true);
      sizes.split(4 * UNIT);
    }
    expect(waits).toEqual([8, 16, 32, 64]);
  });

  test('that was not sent after all is tried again', () => {
    const sizes = new PartSizes();
    sizes.split(4 * UNIT);
    confirm(sizes, 8);
    sizes.sent(4 * UNIT);
    sizes.landed(4 * UNIT);
    expect(sizes.next(WISHED, UNIT)).toBe(4 * UNIT);
  });

  test('waits for as many again after a break of a part of the usual size', () => {
    const sizes = new PartSizes();
    sizes.split(4 * UNIT);
    confirm(sizes, 7);
    expect(sizes.mustSplit(2 * UNIT, UNIT, 1)).toBe(false);
    confirm(sizes, 7);
    expect(sizes.next(WISHED, UNIT)).toBe(2 * UNIT);
  });
});

test('a link that bears so many bytes and no more carries 1 GB with few breaks', () => {
  assert(
    property(integer({ min: 102_400, max: 2_000_000 }), (most) => {
      const sizes = new PartSizes();
      let breaks = 0;
      for (let left = 10_000; left > 0; ) {
        const size = Math.min(sizes.next(WISHED, UNIT), left * UNIT);
        sizes.sent(size);
        for (let times = 1; ; times += 1) {
          if (size <= most) {
            sizes.confirmed(size);
            left -= size / UNIT;
            break;
          }
          breaks += 1;
          if (!sizes.mustSplit(size, UNIT, times)) continue;
          sizes.split(size);
          sizes.landed(size);
          break;
        }
      }
      expect(breaks).toBeLessThan(30);
    }),
  );
});
