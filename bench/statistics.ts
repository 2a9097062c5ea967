export interface Summary {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** The middle of some numbers, and how far they spread. At least one number is needed. */
export function summarize(values: readonly number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b);
  const [least] = sorted;
  const most = sorted.at(-1);
  if (least === undefined || most === undefined) throw new RangeError('Expected some numbers.');
  const half = sorted.length / 2;
  const low = sorted[Math.ceil(half) - 1] ?? least;
  const high = sorted[Math.floor(half)] ?? most;
  return { median: (low + high) / 2, least, most };
}

/**
 * Each number by that of the same round at another's, and of these the middle: what disturbs a whole round disturbs
 * both. Rounds that one of them has not ended well are left out.
 */
export function pairedRatio(
  values: ReadonlyMap<number, number>,
  others: ReadonlyMap<number, number>,
): Summary | undefined {
  const ratios = [...values].flatMap(([round, value]) => {
    const other = others.get(round);
    return other === undefined || other === 0 ? [] : [value / other];
  });
  return ratios.length === 0 ? undefined : summarize(ratios);
}

/** The order of a round: everybody comes first once, and after everybody else as often as before. */
export function rotated<Item>(items: readonly Item[], round: number): Item[] {
  const first = round % Math.max(1, items.length);
  return [...items.slice(first), ...items.slice(0, first)];
}
