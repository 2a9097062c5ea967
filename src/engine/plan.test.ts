import { describe, expect, test } from 'vitest';
import { MAX_FILE_SIZE, MAX_PART_SIZE } from '../oss/limits.ts';
import type { ConfirmedPart } from '../ports.ts';
import { assertWhole, partSizeFor, RangeQueue, unitFor, walk } from './plan.ts';

const KIB = 1024;
const UNIT = 100 * KIB;

function part(partNumber: number, size: number): ConfirmedPart {
  return { partNumber, size, etag: `etag-${partNumber}-${size}` };
}

describe('units', () => {
  test.each([
    [1, UNIT],
    [10_000 * UNIT, UNIT],
    [10_000 * UNIT + 1, 101 * KIB],
    [2 * KIB ** 3, 210 * KIB],
    [MAX_FILE_SIZE, MAX_PART_SIZE],
  ])('a file of %d bytes has units of %d', (size, unit) => {
    expect(unitFor(size)).toBe(unit);
    expect(Math.ceil(size / unit)).toBeLessThanOrEqual(10_000);
  });

  test.each([
    [UNIT, 1000 * KIB, 10 * UNIT],
    [UNIT, 1024 * KIB, 10 * UNIT],
    [UNIT, UNIT, UNIT],
    [UNIT, 149 * KIB, UNIT],
    [UNIT, 151 * KIB, 2 * UNIT],
    [210 * KIB, 1000 * KIB, 5 * 210 * KIB],
    [210 * KIB, UNIT, 210 * KIB],
    [MAX_PART_SIZE, UNIT, MAX_PART_SIZE],
  ])('of units of %d, a part of about %d holds %d', (unit, wished, size) => {
    expect(partSizeFor(unit, wished)).toBe(size);
  });

  test('no part is larger than OSS takes', () => {
    const unit = unitFor(MAX_FILE_SIZE / 3);
    expect(partSizeFor(unit, MAX_PART_SIZE)).toBeLessThanOrEqual(MAX_PART_SIZE);
  });
});

describe('walk', () => {
  const layout = { size: 10 * UNIT + 5, unit: UNIT };

  test('of nothing is one gap', () => {
    expect(walk(layout, [])).toEqual({
      held: [],
      gaps: [{ partNumber: 1, offset: 0, size: layout.size }],
    });
  });

  test('takes parts of any legal size that join, and cuts what is between them', () => {
    const { held, gaps } = walk(layout, [part(9, 2 * UNIT + 5), part(1, 3 * UNIT), part(4, UNIT)]);
    expect(held.map(({ partNumber }) => partNumber)).toEqual([1, 4, 9]);
    expect(gaps).toEqual([{ partNumber: 5, offset: 4 * UNIT, size: 4 * UNIT }]);
  });

  test('walks over parts that an earlier, longer one covers', () => {
    const { held, gaps } = walk(layout, [part(1, 4 * UNIT), part(2, UNIT), part(4, 3 * UNIT)]);
    expect(held.map(({ partNumber }) => partNumber)).toEqual([1]);
    expect(gaps).toEqual([{ partNumber: 5, offset: 4 * UNIT, size: 6 * UNIT + 5 }]);
  });

  test.each([
    ['of no bytes', part(1, 0)],
    ['of a broken unit', part(1, UNIT + 1)],
    ['beyond the end', part(10, 3 * UNIT)],
    ['that starts at the end', part(12, 5)],
    ['with no number', part(0, UNIT)],
    ['with a broken number', part(1.5, UNIT)],
  ])('does not hold a part %s', (_name, illegal) => {
    expect(walk(layout, [illegal]).held).toEqual([]);
  });

  test('held parts and gaps together are the file, for any parts', () => {
    for (let round = 0; round < 500; round += 1) {
      const proven = Array.from({ length: 11 }, (_, index) =>
        part(index + 1, Math.floor(Math.random() * 4) * UNIT + (Math.random() < 0.2 ? 5 : 0)),
      );
      const { held, gaps } = walk(layout, proven);
      const extents = [
        ...held.map(({ partNumber, size }) => ({ offset: (partNumber - 1) * UNIT, size })),
        ...gaps,
      ].toSorted((a, b) => a.offset - b.offset);
      let position = 0;
      for (const { offset, size } of extents) {
        expect(offset).toBe(position);
        position += size;
      }
      expect(position).toBe(layout.size);
    }
  });
});

describe('assertWhole', () => {
  const layout = { size: 2 * UNIT + 1, unit: UNIT };

  test('lets the whole file pass', () => {
    expect(() => assertWhole(layout, [part(1, UNIT), part(2, UNIT + 1)])).not.toThrow();
  });

  test.each([
    ['a gap', [part(1, UNIT), part(3, 1)]],
    ['an overlap', [part(1, 2 * UNIT), part(2, UNIT + 1)]],
    ['a missing end', [part(1, UNIT), part(2, UNIT)]],
    ['too much', [part(1, 2 * UNIT), part(3, 2)]],
    ['nothing', []],
  ])('stops %s', (_name, parts) => {
    expect(() => assertWhole(layout, parts)).toThrow(/do not join/);
  });
});

describe('RangeQueue', () => {
  const layout = { size: 5 * UNIT + 7, unit: UNIT };

  test('cuts gaps into parts, in order, each numbered by its place', () => {
    const queue = new RangeQueue(layout, walk(layout, []).gaps);
    expect(queue.list(2 * UNIT).map(({ partNumber, size }) => [partNumber, size])).toEqual([
      [1, 2 * UNIT],
      [3, 2 * UNIT],
      [5, UNIT + 7],
    ]);
    expect(queue.next(2 * UNIT)?.partNumber).toBe(1);
    expect(queue.list(2 * UNIT)).toHaveLength(2);
  });

  test('gives again first what was given back', () => {
    const queue = new RangeQueue(layout, walk(layout, []).gaps);
    const first = queue.next(2 * UNIT);
    const second = queue.next(2 * UNIT);
    if (first === undefined || second === undefined) throw new Error('Two ranges were expected.');
    queue.giveBack(second);
    queue.giveBack(first);
    expect(queue.next(2 * UNIT)).toEqual(first);
    expect(queue.next(2 * UNIT)).toEqual(second);
    expect(queue.next(2 * UNIT)?.partNumber).toBe(5);
    expect(queue.isEmpty).toBe(true);
    expect(queue.next(2 * UNIT)).toBeUndefined();
  });
});
