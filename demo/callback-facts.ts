import type { CallbackOutcome } from '../src/index.ts';
import { create, setText } from './dom.ts';

/** What became of the callback: the words, and what stands below them. */
export function showCallback(element: HTMLElement, outcome: CallbackOutcome | undefined): void {
  if (outcome === undefined) {
    setText(element, 'none: not asked for');
    return;
  }
  const [kind, words, more] = tell(outcome);
  element.dataset['outcome'] = kind;
  element.replaceChildren(create('span', { class: 'verdict' }, words), more);
}

function tell(outcome: CallbackOutcome): [kind: string, words: string, more: HTMLElement] {
  switch (outcome.ok) {
    case true:
      return ['told', 'Told, and it answered', code(outcome.body)];
    case false: {
      const { message, advice } = outcome;
      return ['failed', `Failed: ${message}`, create('span', {}, advice)];
    }
    case undefined:
      return ['unknown', 'Nobody knows', create('span', {}, outcome.advice)];
  }
}

function code(answer: unknown): HTMLElement {
  return create('span', { class: 'code' }, JSON.stringify(answer));
}
