import { createDeferred } from '../deferred.ts';
import { abortError, UploadError } from '../errors.ts';
import type {
  PartView,
  UploadEvent,
  UploadListener,
  UploadResult,
  UploadSnapshot,
  UploadStatus,
} from '../events.ts';
import type { CrossingError } from '../host/crossing.ts';
import type { AboutUpload, Crossing, FromHost, ToHost } from '../host/messages.ts';
import { type PackedParts, unpackParts } from '../host/part-map.ts';
import type { ResolvedUploadOptions } from '../options.ts';
import { addAdvice } from '../oss/add-advice.ts';
import type { ChosenSession } from '../ports.ts';
import { checkSameSize, isSameFile } from '../same-file.ts';
import type { Upload } from '../upload.ts';

/** The way from an upload to whoever works on it. */
export interface UploadLine {
  tell(message: ToHost): void;
  /** Resolves when nothing of it is left; until then it is told what has to be left. */
  cancel(upload: PageUpload, about: AboutUpload): Promise<void>;
  unpack(error: CrossingError): unknown;
  /** Nothing more will be told of it. */
  onEnd(): void;
}

type EventMessage = Extract<FromHost, { readonly type: 'event' }>;

/** The handle that a page holds: passes on what is wished, and shows what is told. */
export class PageUpload implements Upload {
  readonly #number: number;
  readonly #line: UploadLine;
  readonly #options: ResolvedUploadOptions;
  readonly #listeners = new Set<UploadListener>();
  readonly #done = createDeferred<UploadResult>();
  readonly #unsubscribe: (() => void)[] = [];
  #file: Blob;
  /** The file before the one that was picked last, until that is taken. */
  #former: Blob | undefined;
  /** The one that it works on, or is to go on with. */
  #session: ChosenSession | undefined;
  #snapshot: UploadSnapshot;
  /** The map of the parts, as it came until it is asked for. */
  #parts: readonly PartView[] | PackedParts = [];
  #isPaused = false;
  /** The last wish that was passed on. */
  #wish = 0;
  /** Nothing more is shown. */
  #isOver = false;
  /** How it failed, while it is found out what can be done about it. */
  #failure: EventMessage | undefined;
  #cancelled: Promise<void> | undefined;

  constructor(
    number: number,
    line: UploadLine,
    file: Blob,
    options: ResolvedUploadOptions,
    session: ChosenSession | undefined,
  ) {
    this.#number = number;
    this.#line = line;
    this.#file = file;
    this.#options = options;
    this.#session = session;
    this.#snapshot = Object.freeze({
      status: 'queued',
      key: options.key,
      fileName: options.fileName,
      size: file.size,
      confirmedBytes: 0,
      sentBytes: 0,
      bytesPerSecond: undefined,
      timeLeft: undefined,
      uploadId: undefined,
      result: undefined,
      error: undefined,
    });
  }

  get done(): Promise<UploadResult> {
    return this.#done.promise;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get snapshot(): UploadSnapshot {
    return this.#snapshot;
  }

  get parts(): readonly PartView[] {
    if (this.#parts instanceof Float64Array) this.#parts = unpackParts(this.#parts);
    return this.#parts;
  }

  readonly subscribe = (listener: UploadListener): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  pause(): void {
    if (this.#isOver || this.#isPaused) return;
    this.#isPaused = true;
    this.#wish += 1;
    this.#line.tell({ type: 'pause', upload: this.#number, wish: this.#wish });
    // At once: what is still told of before it has no say.
    if (this.#snapshot.status !== 'needs-file') this.#showStatus('paused');
  }

  resume(file?: File | Blob): void {
    if (this.#isOver) return;
    if (file !== undefined) {
      const picked = checkSameSize(file, this.#file);
      this.#former ??= this.#file;
      this.#file = picked;
    }
    this.#isPaused = false;
    this.#wish += 1;
    this.#line.tell({ type: 'resume', upload: this.#number, wish: this.#wish, file });
  }

  cancel(): Promise<void> {
    return this.#cancel(abortError('The upload was cancelled.'));
  }

  /** Whether it is of this file and for this key. */
  matches(file: Blob, key: string): boolean {
    return !this.#isOver && key === this.#options.key && isSameFile(file, this.#file);
  }

  /** Whether it works on this session. */
  holds(sessionId: string): boolean {
    return !this.#isOver && this.#session?.id === sessionId;
  }

  /** Aborting the signal cancels the upload. */
  heed(signal: AbortSignal): void {
    const onAbort = (): void => void this.#cancel(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    this.#unsubscribe.push(() => signal.removeEventListener('abort', onAbort));
  }

  /** Has it worked on, by whoever is at the other end now. */
  begin(): void {
    if (this.#isOver || this.#failure !== undefined) return;
    const upload = this.#number;
    this.#line.tell({ type: 'upload', upload, about: this.#about });
    if (this.#isPaused) this.#line.tell({ type: 'pause', upload, wish: this.#wish });
  }

  /** Has its listeners hear of something that is not of this upload alone. */
  tell(event: UploadEvent): void {
    if (!this.#isOver) this.#show(this.#snapshot, event);
  }

  hear(message: EventMessage): void {
    const { event, sessionId } = message;
    if (this.#isOver) {
      // What has to be left when it is cancelled.
      if (event.type !== 'status') this.#show(this.#snapshot, this.#arrived(event));
      return;
    }
    if (sessionId !== undefined && sessionId !== this.#session?.id)
      this.#session = { id: sessionId };
    this.#noteFile(message);
    if (message.snapshot.status === 'failed') {
      this.#failure = message;
      return;
    }
    const snapshot = this.#read(message);
    if (event.type === 'status' && snapshot.status === this.#snapshot.status) {
      this.#snapshot = Object.freeze(snapshot);
      return;
    }
    if (snapshot.result === undefined) return this.#show(snapshot, this.#arrived(event));
    this.#end(snapshot);
    this.#done.resolve(snapshot.result);
  }

  see(parts: PackedParts): void {
    if (!this.#isOver) this.#parts = parts;
  }

  /** @param reason why it has failed. */
  async fail(reason: unknown): Promise<void> {
    const error = reason instanceof UploadError ? reason : undefined;
    if (error !== undefined) await addAdvice(error);
    if (this.#isOver) return;
    const told = this.#failure === undefined ? this.#snapshot : this.#read(this.#failure);
    this.#end({ ...told, status: 'failed', error });
    this.#done.reject(reason);
  }

  /** Stops it and keeps its session, for pages that go on without its uploader. */
  close(): void {
    if (this.#isOver) return;
    this.#end({ ...this.#snapshot, status: 'paused' });
    this.#done.reject(abortError('The uploader was closed; what was sent is kept.'));
  }

  #cancel(reason: unknown): Promise<void> {
    if (this.#snapshot.status === 'done') return Promise.resolve();
    this.#cancelled ??= this.#leaveNothing(reason);
    return this.#cancelled;
  }

  async #leaveNothing(reason: unknown): Promise<void> {
    if (!this.#isOver) {
      this.#end({ ...this.#snapshot, status: 'cancelled' });
      this.#done.reject(reason);
    }
    // Where nobody can be asked the next page tidies up, by the checkpoint.
    await this.#line.cancel(this, this.#about).catch(() => undefined);
  }

  // A file that was refused is not the one that another worker is to go on with.
  #noteFile({ event, snapshot, wish }: EventMessage): void {
    // What was told before that wish was heard says nothing of its file.
    if (wish < this.#wish) return;
    if (event.type === 'needs-file') this.#file = this.#former ?? this.#file;
    if (event.type === 'needs-file' || snapshot.status === 'uploading') this.#former = undefined;
  }

  get #about(): AboutUpload {
    const file = this.#file;
    // The date is that of the file that was picked last.
    const { lastModified = this.#options.lastModified } = file instanceof File ? file : {};
    return { file, options: { ...this.#options, lastModified }, session: this.#session };
  }

  #read({ snapshot, wish }: EventMessage): UploadSnapshot {
    const { confirmedBytes, sentBytes } = this.#snapshot;
    // A pause that has not been heard of there yet.
    const isStale = this.#isPaused && wish < this.#wish && !NOT_PAUSED.includes(snapshot.status);
    return {
      ...snapshot,
      status: isStale ? 'paused' : snapshot.status,
      // Whoever took over from a worker that died begins below what was reached.
      confirmedBytes: Math.max(snapshot.confirmedBytes, confirmedBytes),
      sentBytes: Math.max(snapshot.sentBytes, sentBytes),
      error: undefined,
    };
  }

  #arrived(event: Crossing<UploadEvent>): UploadEvent {
    const arrived = 'error' in event ? { ...event, error: this.#line.unpack(event.error) } : event;
    return arrived as UploadEvent;
  }

  #end(snapshot: UploadSnapshot): void {
    this.#isOver = true;
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#line.onEnd();
    this.#show(snapshot, { type: 'status' });
  }

  #showStatus(status: UploadStatus): void {
    if (status !== this.#snapshot.status)
      this.#show({ ...this.#snapshot, status }, { type: 'status' });
  }

  #show(snapshot: UploadSnapshot, event: UploadEvent): void {
    this.#snapshot = Object.freeze(snapshot);
    for (const listener of this.#listeners) notify(listener, snapshot, event);
  }
}

/** What a pause does not hide. */
const NOT_PAUSED: readonly UploadStatus[] = ['needs-file', 'done', 'failed'];

// A listener's own fault must neither stop the upload nor stay hidden.
function notify(listener: UploadListener, snapshot: UploadSnapshot, event: UploadEvent): void {
  try {
    listener(snapshot, event);
  } catch (error) {
    reportError(error);
  }
}
