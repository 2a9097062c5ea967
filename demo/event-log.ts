import { create, setText } from './dom.ts';
import { formatTime } from './format.ts';

const MOST_ENTRIES = 200;

export interface EventLog {
  /** @param isRepeatable stands with more of its kind in one line, so that a burst of them stays one piece of news. */
  add(subject: string, words: string, isRepeatable?: boolean): void;
}

interface Entry {
  readonly subject: string;
  readonly isRepeatable: boolean;
  readonly words: HTMLElement;
  readonly times: HTMLElement;
  count: number;
}

/** What happened, newest first. */
export function createEventLog(list: HTMLElement, emptyHint: HTMLElement): EventLog {
  let newest: Entry | undefined;
  return {
    add: (subject, words, isRepeatable = false) => {
      emptyHint.hidden = true;
      if (newest?.subject === subject && newest.words.textContent === words && !isRepeatable)
        return;
      if (newest?.subject === subject && newest.isRepeatable && isRepeatable) {
        newest.count += 1;
        setText(newest.words, words);
        setText(newest.times, `×${newest.count}`);
        return;
      }
      const times = create('span', { class: 'times' });
      const text = create('span', { class: 'words' }, words);
      newest = { subject, isRepeatable, words: text, times, count: 1 };
      const now = new Date();
      list.prepend(
        create(
          'li',
          {},
          create('time', { datetime: now.toISOString() }, formatTime(now)),
          create('span', { class: 'subject' }, subject),
          create('span', { class: 'news' }, text, times),
        ),
      );
      while (list.childElementCount > MOST_ENTRIES) list.lastElementChild?.remove();
    },
  };
}
