import type { CallbackOptions, Unfinished } from '../src/index.ts';
import {
  createUnfinishedEntry,
  type ResumedUpload,
  type UnfinishedEntry,
} from './unfinished-entry.ts';

export interface UnfinishedListOptions {
  readonly section: HTMLElement;
  readonly list: HTMLElement;
  readonly read: () => Promise<readonly Unfinished[]>;
  /** What uploads are given anew that were begun with a callback. */
  readonly callback: CallbackOptions;
  /** Whether the page shows an upload for this key: it is no entry as well then. */
  readonly isShown: (key: string) => boolean;
  readonly onResumed: (resumed: ResumedUpload) => void;
  /** What had the focus has gone. */
  readonly onFocusLost: () => void;
}

export interface UnfinishedList {
  /** Reads anew what is unfinished. */
  refresh(): Promise<void>;
}

/** What earlier pages began and did not finish. */
export function createUnfinishedList(options: UnfinishedListOptions): UnfinishedList {
  const { section, list, read, callback, isShown, onResumed, onFocusLost } = options;
  let shown: ReadonlyMap<string, UnfinishedEntry> = new Map();

  const onGone = (): void => void refresh();
  const refresh = async (): Promise<void> => {
    const unfinished = (await read()).filter(({ key }) => !isShown(key));
    const before = shown;
    shown = new Map(
      unfinished.map((item) => {
        const id = `${item.createdAt} ${item.key}`;
        const known = before.get(id);
        return [id, known ?? createUnfinishedEntry({ item, callback, onResumed, onGone })];
      }),
    );
    const gone = [...before].filter(([id]) => !shown.has(id)).map(([, entry]) => entry.element);
    const hadFocus = gone.some((element) => element.contains(document.activeElement));
    for (const element of gone) element.remove();
    // What stays in its place is not touched, and so keeps its focus and what it says.
    [...shown.values()].forEach(({ element }, index) => {
      const there = list.children[index] ?? null;
      if (there !== element) list.insertBefore(element, there);
    });
    section.hidden = shown.size === 0;
    if (hadFocus) onFocusLost();
  };
  return { refresh };
}
