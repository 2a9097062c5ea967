import type {
  CallbackOptions,
  Upload,
  UploadEvent,
  Uploader,
  UploadSnapshot,
} from '../src/index.ts';
import type { EmulatorClient } from './emulator-client.ts';
import type { EventLog } from './event-log.ts';
import { KEY_PREFIX } from './server/rules.ts';
import { createUploadCard, type UploadCard } from './upload-card.ts';
import { eventWords } from './words.ts';

export interface UploadListOptions {
  readonly element: HTMLElement;
  readonly emptyHint: HTMLElement;
  readonly uploader: Uploader;
  readonly bucket: string;
  readonly emulator: EmulatorClient;
  /** Bytes. */
  readonly partSize: number;
  /** What uploads are given for the app's server to be told. */
  readonly callback: CallbackOptions | undefined;
  /** Whether files go by form: whole, and without parts. */
  readonly isForm: boolean;
  readonly log: EventLog;
  /** An upload began, ended, or went from the list. */
  readonly onChange: () => void;
  /** What had the focus has gone. */
  readonly onFocusLost: () => void;
}

interface Shown {
  readonly upload: Upload;
  readonly card: UploadCard;
}

/** The uploads of this page, newest first. */
export class UploadList {
  readonly #options: UploadListOptions;
  #shown: readonly Shown[] = [];

  constructor(options: UploadListOptions) {
    this.#options = options;
  }

  /** Whether anything is still under way. */
  get isBusy(): boolean {
    return this.#shown.some(({ upload }) => !hasEnded(upload));
  }

  /** Whether an upload for this key is on the page. */
  has(key: string): boolean {
    return this.#shown.some(({ upload }) => upload.snapshot.key === key);
  }

  /** Starts to upload a file; the same file, while it is under way, is shown where it is. */
  start(file: File): void {
    const { uploader, callback, log } = this.#options;
    const key = `${KEY_PREFIX}${file.name}`;
    try {
      const options = callback === undefined ? { key } : { key, callback };
      this.add(uploader.upload(file, options), file);
    } catch (error) {
      log.add(file.name, `Cannot be uploaded. ${String(error)}`);
    }
  }

  /**
   * Shows an upload that was started.
   *
   * @param seen an event that came before.
   */
  add(upload: Upload, file: File, seen?: UploadEvent): void {
    const known = this.#shown.find((shown) => shown.upload === upload);
    if (known !== undefined) {
      known.card.focus();
      return;
    }
    const remove = (): void => this.#remove(upload);
    const card = createUploadCard({
      ...this.#options,
      upload,
      file,
      onRemove: remove,
      onTryAgain: () => {
        remove();
        this.start(file);
        this.#shown[0]?.card.focus();
      },
    });
    this.#shown = [{ upload, card }, ...this.#shown];
    this.#options.element.prepend(card.element);
    if (seen !== undefined) this.#tell(file, upload.snapshot, seen);
    upload.subscribe((snapshot, event) => {
      this.#tell(file, snapshot, event);
      if (event.type === 'resumed') this.#change();
    });
    const change = (): void => this.#change();
    upload.done.then(change, change);
    change();
  }

  #tell(file: File, snapshot: UploadSnapshot, event: UploadEvent): void {
    const words = eventWords(event, snapshot);
    if (words !== undefined) this.#options.log.add(file.name, words, event.type === 'retry');
  }

  #remove(upload: Upload): void {
    const gone = this.#shown.find((shown) => shown.upload === upload);
    if (gone === undefined) return;
    const hadFocus = gone.card.hasFocus;
    gone.card.remove();
    this.#shown = this.#shown.filter((shown) => shown !== gone);
    if (hadFocus) this.#options.onFocusLost();
    this.#change();
  }

  #change(): void {
    const { emptyHint, onChange } = this.#options;
    emptyHint.hidden = this.#shown.length > 0;
    onChange();
  }
}

function hasEnded({ snapshot: { status } }: Upload): boolean {
  return status === 'done' || status === 'failed' || status === 'cancelled';
}
