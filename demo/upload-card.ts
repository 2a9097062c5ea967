import type { Upload, UploadSnapshot } from '../src/index.ts';
import { create, setText } from './dom.ts';
import type { EmulatorClient } from './emulator-client.ts';
import { createFailureFacts } from './failure-facts.ts';
import { formatBytes } from './format.ts';
import { createObjectFacts } from './object-facts.ts';
import { createPartMap, type PartMap } from './part-map.ts';
import { createUploadActions } from './upload-actions.ts';
import { createUploadMeter } from './upload-meter.ts';
import { FORM_NOTES, STATUS_NOTES, STATUS_WORDS } from './words.ts';

export interface UploadCardOptions {
  readonly upload: Upload;
  readonly file: File;
  readonly bucket: string;
  readonly emulator: EmulatorClient;
  /** Bytes. */
  readonly partSize: number;
  /** Whether it goes by form: whole, and without parts. */
  readonly isForm: boolean;
  readonly onTryAgain: () => void;
  readonly onRemove: () => void;
}

export interface UploadCard {
  readonly element: HTMLElement;
  readonly hasFocus: boolean;
  /** Gives the focus to the first thing that can be done. */
  focus(): void;
  /** Takes it from the page. */
  remove(): void;
}

/** One upload, as long as the page shows it. */
export function createUploadCard(options: UploadCardOptions): UploadCard {
  const { upload, file } = options;
  const ending = new AbortController();
  const status = create('span', { class: 'status', 'data-testid': 'status' });
  const note = create('span', { class: 'note' });
  const actions = createUploadActions(options);
  const meter = createUploadMeter(options.isForm);
  const map = createMap(options, ending.signal);
  const facts = createObjectFacts(file, options.bucket, options.emulator);
  const title = create('h3', { title: file.name }, file.name);
  const size = create('span', { class: 'size' }, formatBytes(file.size));
  const element = create(
    'article',
    { class: 'card', 'data-testid': 'upload', 'data-key': upload.snapshot.key },
    create('header', {}, create('div', { class: 'name' }, title, size), actions.element),
    create('p', { class: 'state' }, status, note),
    meter.element,
    ...(map === undefined ? [] : [map.element]),
    facts.element,
  );
  element.setAttribute('aria-label', file.name);

  const notes = options.isForm ? FORM_NOTES : STATUS_NOTES;
  const show = (snapshot: UploadSnapshot): void => {
    element.dataset['status'] = snapshot.status;
    setText(status, STATUS_WORDS[snapshot.status]);
    setText(note, notes[snapshot.status] ?? '');
    actions.show(snapshot);
    meter.show(snapshot);
    facts.show(snapshot);
    // Another tab has sent it: of its parts nothing is known here.
    if (map !== undefined)
      map.element.hidden = snapshot.status === 'done' && upload.parts.length === 0;
    map?.invalidate();
  };
  show(upload.snapshot);
  const unsubscribe = upload.subscribe(show);
  upload.done.catch((reason: unknown) => {
    if (upload.snapshot.status === 'failed') facts.element.replaceWith(createFailureFacts(reason));
  });
  return {
    element,
    get hasFocus() {
      return element.contains(document.activeElement);
    },
    focus: () => element.querySelector<HTMLElement>('.actions button:not([hidden])')?.focus(),
    remove: () => {
      unsubscribe();
      ending.abort();
      element.remove();
    },
  };
}

// What goes in one request has no parts to show.
function createMap(
  { upload, file, partSize, isForm }: UploadCardOptions,
  signal: AbortSignal,
): PartMap | undefined {
  const expectedParts = Math.ceil(file.size / partSize);
  if (expectedParts <= 1 || isForm) return undefined;
  return createPartMap({ readParts: () => upload.parts, expectedParts, signal });
}
