import type { PartView } from '../src/index.ts';
import { create, setText } from './dom.ts';
import { formatCount } from './format.ts';

export const STATE_WORDS: Readonly<Record<PartView['state'], string>> = {
  confirmed: 'confirmed',
  'in-flight': 'in flight',
  waiting: 'waiting',
};

export type PartColors = Readonly<Record<PartView['state'] | 'retried', string>>;

/** What the map's colors mean, with counts: the map in words. */
export interface PartLegend {
  readonly element: HTMLElement;
  readonly id: string;
  /** @param expectedParts how many wait, as long as none is known. */
  show(parts: readonly PartView[], expectedParts: number): void;
  /** The map's colors are the legend's, so that the two never disagree. */
  colors(): PartColors;
}

export function createPartLegend(): PartLegend {
  const id = `legend-${crypto.randomUUID()}`;
  const items = {
    confirmed: createItem('confirmed', STATE_WORDS.confirmed),
    'in-flight': createItem('in-flight', STATE_WORDS['in-flight']),
    waiting: createItem('waiting', STATE_WORDS.waiting),
    retried: createItem('retried', 'sent again'),
  };
  const list = create(
    'ul',
    { id, class: 'legend', 'aria-label': 'Parts' },
    ...Object.values(items).map(({ element }) => element),
  );
  return {
    id,
    element: list,
    show: (parts, expectedParts) => {
      const unknown = parts.length === 0 ? expectedParts : 0;
      const counts = { confirmed: 0, 'in-flight': 0, waiting: unknown, retried: 0 };
      for (const { state, isRetried } of parts) {
        counts[state] += 1;
        if (isRetried) counts.retried += 1;
      }
      list.style.setProperty('--digits', String(formatCount(parts.length).length));
      setText(items.confirmed.number, formatCount(counts.confirmed));
      setText(items['in-flight'].number, formatCount(counts['in-flight']));
      setText(items.waiting.number, formatCount(counts.waiting));
      setText(items.retried.number, formatCount(counts.retried));
    },
    colors: () => ({
      confirmed: items.confirmed.color(),
      'in-flight': items['in-flight'].color(),
      waiting: items.waiting.color(),
      retried: items.retried.color(),
    }),
  };
}

function createItem(kind: string, words: string) {
  const swatch = create('span', { class: 'swatch', 'data-kind': kind });
  const number = create('b', {}, '0');
  const element = create('li', {}, swatch, words, number);
  return { element, number, color: () => getComputedStyle(swatch).color };
}
