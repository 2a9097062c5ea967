import type { CallbackOptions, Unfinished, Upload, UploadEvent } from '../src/index.ts';
import { create, createButton, setText } from './dom.ts';
import { formatAgo, formatBytes } from './format.ts';

/** An upload that goes on with a file. */
export interface ResumedUpload {
  readonly upload: Upload;
  readonly file: File;
  /** The event by which it was known to go on. */
  readonly event: UploadEvent;
}

export interface UnfinishedEntryOptions {
  readonly item: Unfinished;
  /** What it is given anew if it was begun with one. */
  readonly callback: CallbackOptions;
  readonly onResumed: (resumed: ResumedUpload) => void;
  readonly onGone: () => void;
}

export interface UnfinishedEntry {
  readonly element: HTMLElement;
}

/** One unfinished upload: it goes on once its file is picked again. */
export function createUnfinishedEntry(options: UnfinishedEntryOptions): UnfinishedEntry {
  const { item, callback, onResumed, onGone } = options;
  const name = item.fileName ?? item.key;
  const error = create('p', { class: 'error', role: 'alert', 'data-testid': 'unfinished-error' });
  const input = create('input', {
    type: 'file',
    'data-testid': 'unfinished-file',
    'aria-label': `Pick ${name} again`,
  });
  input.hidden = true;
  // Not by disabling the buttons: that would take the focus from them.
  const isBusy = (): boolean => element.getAttribute('aria-busy') === 'true';
  const setBusy = (busy: boolean): void => element.setAttribute('aria-busy', String(busy));
  const resume = createButton(
    'Resume',
    { class: 'strong', 'data-testid': 'resume-unfinished', 'aria-label': `Resume ${name}` },
    () => {
      if (!isBusy()) input.click();
    },
  );
  const discard = createButton(
    'Discard',
    { 'data-testid': 'discard-unfinished', 'aria-label': `Discard ${name}` },
    () => {
      if (isBusy()) return;
      setBusy(true);
      void item.discard().then(onGone, onGone);
    },
  );

  input.addEventListener('change', () => {
    const file = input.files?.[0];
    input.value = '';
    if (file === undefined) return;
    setBusy(true);
    setText(error, '');
    goOn(item, file, callback).then(onResumed, (reason: unknown) => {
      setBusy(false);
      setText(error, reason instanceof Error ? reason.message : String(reason));
    });
  });
  const bar = create('progress', { max: String(item.size), 'aria-label': 'Confirmed' });
  bar.value = item.confirmedBytes;
  const element = create(
    'li',
    { class: 'unfinished', 'data-testid': 'unfinished', 'data-key': item.key },
    create('h3', { title: name }, name),
    create('p', { class: 'figures' }, describe(item)),
    bar,
    create('div', { class: 'actions' }, resume, discard, input),
    error,
  );
  return { element };
}

/** Resolves when the file has proven to be the one; rejects with what is wrong with it. */
async function goOn(
  item: Unfinished,
  file: File,
  callback: CallbackOptions,
): Promise<ResumedUpload> {
  const upload = item.resume(file, item.hasCallback ? { callback } : {});
  return await new Promise((resolve, reject) => {
    const unsubscribe = upload.subscribe(({ status, error }, event) => {
      // The file is looked at before anything is sent: whatever else happens, it is the one.
      if (event.type === 'status' && (status === 'queued' || status === 'opening')) return;
      unsubscribe();
      if (error?.kind === 'source') reject(error);
      else resolve({ upload, file, event });
    });
  });
}

function describe({ confirmedBytes, size, createdAt }: Unfinished): string {
  return `${formatBytes(confirmedBytes)} of ${formatBytes(size)} are there, begun ${formatAgo(Date.now() - createdAt)}`;
}
