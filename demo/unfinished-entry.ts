import type { Unfinished, Upload } from '../src/index.ts';
import { create, createButton, setText } from './dom.ts';
import { formatAgo, formatBytes } from './format.ts';

export interface UnfinishedEntryOptions {
  readonly item: Unfinished;
  readonly onResumed: (upload: Upload, file: File) => void;
  readonly onGone: () => void;
}

export interface UnfinishedEntry {
  readonly element: HTMLElement;
}

/** One unfinished upload: it goes on once its file is picked again. */
export function createUnfinishedEntry(options: UnfinishedEntryOptions): UnfinishedEntry {
  const { item, onResumed, onGone } = options;
  const name = item.fileName ?? item.key;
  const error = create('p', { class: 'error', role: 'alert', 'data-testid': 'unfinished-error' });
  const input = create('input', {
    type: 'file',
    'data-testid': 'unfinished-file',
    'aria-label': `Pick ${name} again`,
  });
  input.hidden = true;
  const resume = createButton(
    'Resume…',
    { class: 'strong', 'data-testid': 'resume-unfinished', 'aria-label': `Resume ${name}` },
    () => input.click(),
  );
  const discard = createButton(
    'Discard',
    { 'data-testid': 'discard-unfinished', 'aria-label': `Discard ${name}` },
    () => {
      setBusy(true);
      void item.discard().then(onGone, onGone);
    },
  );
  const setBusy = (isBusy: boolean): void => {
    resume.disabled = isBusy;
    discard.disabled = isBusy;
  };

  input.addEventListener('change', () => {
    const file = input.files?.[0];
    input.value = '';
    if (file === undefined) return;
    setBusy(true);
    setText(error, '');
    goOn(item, file).then(
      (upload) => onResumed(upload, file),
      (reason: unknown) => {
        setBusy(false);
        setText(error, reason instanceof Error ? reason.message : String(reason));
        resume.focus();
      },
    );
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
async function goOn(item: Unfinished, file: File): Promise<Upload> {
  const upload = item.resume(file);
  return await new Promise((resolve, reject) => {
    const unsubscribe = upload.subscribe(({ status, error }, event) => {
      // The file is looked at before anything is sent: whatever else happens, it is the one.
      if (event.type === 'status' && (status === 'queued' || status === 'opening')) return;
      unsubscribe();
      if (error?.kind === 'source') reject(error);
      else resolve(upload);
    });
  });
}

function describe({ confirmedBytes, size, createdAt }: Unfinished): string {
  return `${formatBytes(confirmedBytes)} of ${formatBytes(size)} are there, begun ${formatAgo(Date.now() - createdAt)}`;
}
