import { MAX_PART_SIZE, MAX_PARTS, MIN_PART_SIZE } from '../oss/limits.ts';
import type { ConfirmedPart } from '../ports.ts';

const KIB = 1024;
/** Files of at most this go in one request, whatever the part size. Bytes. */
export const MAX_SINGLE_REQUEST: number = 1000 * KIB;

/** A run of bytes of the file, with the number that its place gives it. */
export interface PartRange {
  readonly partNumber: number;
  /** Bytes. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
}

/** How a file is laid out in places of one unit; a part's number is its first unit, from 1. */
export interface Layout {
  /** Bytes of the file. */
  readonly size: number;
  /** Bytes. */
  readonly unit: number;
}

/**
 * The unit of a file: 100 KiB, or as much more, in whole KiB, as it needs to have at most 10,000 units.
 *
 * @param size bytes of the file.
 */
export function unitFor(size: number): number {
  return Math.max(MIN_PART_SIZE, Math.ceil(size / MAX_PARTS / KIB) * KIB);
}

/** Bytes of a part: the whole number of units nearest to what is wished for, at least one, at most 5 GiB. */
export function partSizeFor(unit: number, wished: number): number {
  const units = Math.min(Math.round(wished / unit), Math.floor(MAX_PART_SIZE / unit));
  return Math.max(1, units) * unit;
}

/** Whether a file of so many bytes goes in one request. */
export function isOneRequest(size: number, partSize: number): boolean {
  return size <= Math.min(partSize, MAX_SINGLE_REQUEST);
}

export interface Walk {
  /** Ascending, no overlap. */
  readonly held: readonly ConfirmedPart[];
  /** What is missing: ascending, no overlap, each as long as it can be. */
  readonly gaps: readonly PartRange[];
}

/**
 * Reads what is held: from place 0, the part that starts here, if its size is legal, then on at its end; else a
 * gap up to the next start. Parts walked over, left by attempts of another size, are not held.
 *
 * @param proven parts whose bytes are known to be this file's, in any order, one per number.
 */
export function walk(layout: Layout, proven: Iterable<ConfirmedPart>): Walk {
  const legal = [...proven].filter((part) => isLegal(layout, part));
  const held: ConfirmedPart[] = [];
  const gaps: PartRange[] = [];
  let position = 0;
  for (const part of legal.toSorted((a, b) => a.partNumber - b.partNumber)) {
    const start = offsetOf(layout, part.partNumber);
    if (start < position) continue;
    if (start > position) gaps.push(rangeAt(layout, position, start - position));
    held.push(part);
    position = start + part.size;
  }
  if (position < layout.size) gaps.push(rangeAt(layout, position, layout.size - position));
  return { held, gaps };
}

/** The part that holds the bytes from `offset` on. */
export function rangeAt({ unit }: Layout, offset: number, size: number): PartRange {
  return { partNumber: offset / unit + 1, offset, size };
}

/**
 * Makes sure that these parts are the whole file: their extents join without gap or overlap.
 *
 * @throws Error when they are not, before an object could be made of them.
 */
export function assertWhole(layout: Layout, parts: readonly ConfirmedPart[]): void {
  let position = 0;
  for (const part of parts) {
    if (offsetOf(layout, part.partNumber) !== position) break;
    position += part.size;
  }
  if (position !== layout.size) {
    throw new Error(
      `The parts do not join to the whole file: byte ${position} of ${layout.size} is missing.`,
    );
  }
}

/** Hands out what is missing, in order, cut into parts. */
export class RangeQueue {
  readonly #layout: Layout;
  /** The next one last: taking it away, and putting back what is left of it, costs the same however many there are. */
  readonly #gaps: PartRange[];

  constructor(layout: Layout, gaps: readonly PartRange[]) {
    this.#layout = layout;
    this.#gaps = gaps.toReversed();
  }

  get isEmpty(): boolean {
    return this.#gaps.length === 0;
  }

  /** @param partSize bytes that the part is to have, whole units. */
  next(partSize: number): PartRange | undefined {
    const gap = this.#gaps.pop();
    if (gap === undefined) return undefined;
    const [part, rest] = cut(this.#layout, gap, partSize);
    if (rest !== undefined) this.#gaps.push(rest);
    return part;
  }

  /** A range that was handed out and not sent. It comes again before all that lies behind it. */
  giveBack(range: PartRange): void {
    const before = this.#gaps.findLastIndex(({ offset }) => offset > range.offset);
    this.#gaps.splice(before + 1, 0, range);
  }

  /** What would be handed out, in order: all of it, or so many at most. */
  list(partSize: number, most: number = Number.POSITIVE_INFINITY): PartRange[] {
    const ranges: PartRange[] = [];
    for (let index = this.#gaps.length - 1; index >= 0; index -= 1) {
      for (let gap = this.#gaps[index]; gap !== undefined; ) {
        if (ranges.length >= most) return ranges;
        const [part, rest] = cut(this.#layout, gap, partSize);
        ranges.push(part);
        gap = rest;
      }
    }
    return ranges;
  }
}

/** The first part of a gap, and what is left of it. */
function cut(
  layout: Layout,
  { offset, size, partNumber }: PartRange,
  partSize: number,
): readonly [PartRange, PartRange | undefined] {
  if (size <= partSize) return [{ partNumber, offset, size }, undefined];
  const rest = rangeAt(layout, offset + partSize, size - partSize);
  return [{ partNumber, offset, size: partSize }, rest];
}

function offsetOf({ unit }: Layout, partNumber: number): number {
  return (partNumber - 1) * unit;
}

/** Whether a part is one that could be held. */
export function isLegal(layout: Layout, { partNumber, size }: ConfirmedPart): boolean {
  const start = offsetOf(layout, partNumber);
  const end = start + size;
  const isPlace = Number.isInteger(partNumber) && partNumber >= 1 && start < layout.size;
  const isExtent = size > 0 && size <= MAX_PART_SIZE && end <= layout.size;
  return isPlace && isExtent && (end === layout.size || size % layout.unit === 0);
}
