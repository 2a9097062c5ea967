import { create, setText } from './dom.ts';

export interface FaultRowOptions {
  readonly name: string;
  readonly title: string;
  readonly effect: string;
  readonly onPress: () => void;
}

export interface FaultRow {
  readonly element: HTMLElement;
  /** @param words how the fault stands; empty when it is not armed. */
  show(state: 'off' | 'armed' | 'spent', words: string): void;
}

/** A button with a lamp, as on a switchboard. */
export function createFaultRow({ name, title, effect, onPress }: FaultRowOptions): FaultRow {
  const lamp = create('span', { class: 'lamp', 'aria-hidden': 'true' });
  const state = create('span', { class: 'fault-state' });
  const button = create(
    'button',
    { type: 'button', class: 'fault', 'data-testid': `fault-${name}` },
    lamp,
    create('span', { class: 'fault-title' }, title),
    state,
    create('span', { class: 'fault-effect' }, effect),
  );
  button.addEventListener('click', onPress);
  return {
    element: create('li', {}, button),
    show: (kind, words) => {
      button.dataset['state'] = kind;
      setText(state, words);
    },
  };
}
