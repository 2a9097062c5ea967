import { create } from './dom.ts';

/** A list of names and values. */
export function createFacts(
  attributes: Readonly<Record<string, string>>,
  facts: readonly (readonly [name: string, value: HTMLElement])[],
): HTMLDListElement {
  const rows = facts.map(([name, value]) =>
    create('div', {}, create('dt', {}, name), create('dd', {}, value)),
  );
  return create('dl', attributes, ...rows);
}
