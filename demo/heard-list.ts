import { create, setText } from './dom.ts';
import { formatBytes, formatTime } from './format.ts';
import type { HeardCallback } from './server/callback-receiver.ts';

export interface HeardListOptions {
  readonly list: HTMLElement;
  readonly hint: HTMLElement;
  readonly read: () => Promise<readonly HeardCallback[]>;
}

export interface HeardList {
  /** Asks the app's server anew. */
  refresh(): Promise<void>;
}

/** What the app's server heard of OSS, newest first. */
export function createHeardList({ list, hint, read }: HeardListOptions): HeardList {
  const emptyHint = hint.textContent;
  return {
    refresh: async () => {
      try {
        const heard = await read();
        list.replaceChildren(...heard.map(createEntry));
        hint.hidden = heard.length > 0;
        setText(hint, emptyHint);
      } catch (error) {
        hint.hidden = false;
        setText(hint, error instanceof Error ? error.message : String(error));
      }
    },
  };
}

function createEntry(callback: HeardCallback): HTMLElement {
  const { at, isVerified } = callback;
  const [verdict, subject, size] = callback.isVerified
    ? ['Verified', callback.key, formatBytes(callback.size)]
    : ['Not verified', callback.reason, ''];
  return create(
    'li',
    { 'data-testid': 'heard', 'data-verified': String(isVerified) },
    create('time', { datetime: at }, formatTime(new Date(at))),
    create('span', { class: 'verdict' }, verdict),
    create('span', { class: 'told' }, subject),
    create('span', { class: 'size' }, size),
  );
}
