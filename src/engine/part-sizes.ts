import type { Link } from './link.ts';
import { partSizeFor, unitFor } from './plan.ts';

/** So often the link may break under one part before the part is split: once may be chance. */
const BREAKS = 2;
/** So many parts in a row must be confirmed before a larger one is tried. */
const FIRST_ROW = 8;
const LONGEST_ROW = 1024;

/**
 * Which size of parts the link bears, for all uploads of an uploader: whatever they wish for, until parts break.
 *
 * A part under which the link breaks twice is split, and from then on nothing larger is sent than its half. When some
 * parts in a row have been confirmed, one of twice that size is tried. If it is confirmed, too, the others follow; if the
 * link breaks under it, it is tried again only after twice as many.
 */
export class PartSizes {
  /** Bytes. */
  #most = Number.POSITIVE_INFINITY;
  #row = 0;
  #rowNeeded = FIRST_ROW;
  /** Bytes of the larger part that is being tried. */
  #trial: number | undefined;

  /** Bytes of the next part of an upload that wishes for so many. */
  next(wished: number, unit: number): number {
    const mayTry = this.#trial === undefined && this.#row >= this.#rowNeeded;
    const most = mayTry ? this.#most * 2 : this.#most;
    return most >= wished ? partSizeFor(unit, wished) : Math.max(1, Math.floor(most / unit)) * unit;
  }

  /** A part of that many bytes is on its way. */
  sent(size: number): void {
    if (size > this.#most) this.#trial ??= size;
  }

  /** It is so no longer, and nothing is to be learnt from its end. */
  landed(size: number): void {
    if (size === this.#trial) this.#trial = undefined;
  }

  confirmed(size: number): void {
    this.#row += 1;
    if (size !== this.#trial) return;
    this.#trial = undefined;
    this.#most = size;
    this.#row = 0;
    this.#rowNeeded = FIRST_ROW;
  }

  /** Whether a part under which the link broke so often is to be split. Nothing is smaller than a unit. */
  mustSplit(size: number, unit: number, breaks: number): boolean {
    this.#row = 0;
    return size > unit && (size > this.#most || breaks >= BREAKS);
  }

  /** A part of that many bytes is split. */
  split(size: number): void {
    if (size === this.#trial) {
      this.#trial = undefined;
      this.#rowNeeded = Math.min(LONGEST_ROW, this.#rowNeeded * 2);
    }
    this.#most = Math.min(this.#most, size / 2);
  }
}

/** Bytes that the next part of a file of so many should have, by what the link bears. */
export async function nextPartSize(
  { link, partSizes }: { readonly link: Link; readonly partSizes: PartSizes },
  fileSize: number,
): Promise<number> {
  return partSizes.next(await link.partSize(), unitFor(fileSize));
}
