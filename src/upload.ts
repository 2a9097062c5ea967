import { createDeferred } from './deferred.ts';
import type { Shared, UploadContext } from './engine/context.ts';
import { Control, PAUSED } from './engine/control.ts';
import { dropOpened } from './engine/head-start.ts';
import { Progress } from './engine/progress.ts';
import { run } from './engine/run.ts';
import { abortError, needsFile, UploadError } from './errors.ts';
import type {
  PartView,
  UploadEvent,
  UploadListener,
  UploadResult,
  UploadSnapshot,
  UploadStatus,
} from './events.ts';
import type { ResolvedUploadOptions } from './options.ts';
import { addAdvice } from './oss/add-advice.ts';
import { Paced } from './paced.ts';
import { checkSameSize, isSameFile } from './same-file.ts';

/** Progress is told at most this often, in milliseconds: as browsers tell it of one request. */
const PROGRESS_INTERVAL = 50;

/** One file on its way into the bucket. */
export interface Upload {
  /**
   * Settles once and for all: with what OSS stored, with an `UploadError`, or, when cancelled, with the signal's reason.
   * A page that never looks at it gets no unhandled rejection.
   */
  readonly done: Promise<UploadResult>;
  /** How it stands now. */
  readonly snapshot: UploadSnapshot;
  /** The map of the parts, ascending; empty before the upload is open, and for files sent in one request. */
  readonly parts: readonly PartView[];
  /** Calls back with every event and the snapshot after it. Returns the unsubscriber. */
  subscribe(listener: UploadListener): () => void;
  /**
   * Starts nothing new and keeps what is there; parts more than half sent get two seconds to end. A Complete that is
   * under way goes on, and if it succeeds the upload is done. Another tab with the same file may go on meanwhile.
   */
  pause(): void;
  /**
   * Goes on after a pause, or, where the status is `needs-file`, with the file: picked again, or the same one if it can be
   * read again.
   *
   * @throws TypeError or RangeError for what is no file of the same size.
   */
  resume(file?: File | Blob): void;
  /**
   * Ends the upload: `done` rejects at once. Resolves when nothing of it is left on the server and in the browser, as
   * far as the credentials allow, and as no other tab goes on with it. A Complete that was under way may have made the object all the same.
   */
  cancel(): Promise<void>;
}

/** What the uploader needs of its uploads beyond what pages see. */
export interface OwnedUpload extends Upload {
  /** Whether this file for this key is this upload. */
  matches(file: Blob, key: string): boolean;
  /** Whether it works on this session. */
  holds(sessionId: string): boolean;
  /** Has its listeners hear of something that is not of this upload alone. */
  tell(event: UploadEvent): void;
  /** Aborting the signal cancels the upload. */
  heed(signal: AbortSignal): void;
  /** Stops it and keeps its session: `done` rejects, nothing more is sent. */
  close(): Promise<void>;
}

export function createUpload(
  shared: Shared,
  file: Blob,
  options: ResolvedUploadOptions,
  sessionId?: string,
): OwnedUpload {
  return new RunningUpload(shared, file, options, sessionId);
}

type Ending = Pick<UploadSnapshot, 'status' | 'result' | 'error'>;

class RunningUpload implements OwnedUpload {
  readonly #context: UploadContext;
  readonly #control = new Control();
  readonly #progress: Progress;
  readonly #progressNews: Paced;
  readonly #listeners = new Set<UploadListener>();
  readonly #done = createDeferred<UploadResult>();
  readonly #unsubscribe: (() => void)[] = [];
  /** What the runs are at, whatever else is shown. */
  #stage: UploadStatus = 'queued';
  /** How it ended; nothing more is shown after it. */
  #end: Ending | undefined;
  #runs: Promise<void>;
  #isRunning = true;
  #cancelled: Promise<void> | undefined;
  #snapshot: UploadSnapshot;

  constructor(
    shared: Shared,
    file: Blob,
    options: ResolvedUploadOptions,
    sessionId: string | undefined,
  ) {
    this.#progressNews = new Paced(shared.clock, PROGRESS_INTERVAL, () =>
      this.#emit({ type: 'progress' }),
    );
    this.#progress = new Progress(file.size, shared.clock, () => {
      if (this.#end === undefined) this.#progressNews.changed();
    });
    this.#context = {
      ...options,
      shared,
      file,
      isFileNew: false,
      sessionId,
      control: this.#control,
      progress: this.#progress,
      emit: (event) => this.#emit(event),
      setStatus: (status) => {
        this.#stage = status;
        this.#showStatus();
      },
      fingerprint: undefined,
      headStart: undefined,
      turn: undefined,
      session: undefined,
      sender: undefined,
      hasHiddenEtags: false,
      refusals: new Set(),
      repairs: { reopen: 0, restart: 0 },
    };
    this.#snapshot = this.#look();
    this.#unsubscribe.push(
      shared.network.subscribe({
        onChange: () => this.#showStatus(),
        onLongWait: (error) => this.#emit({ type: 'still-waiting-for-network', error }),
      }),
    );
    // Not before the caller has had the chance to subscribe.
    this.#runs = Promise.resolve().then(() => {
      for (const advice of options.callback?.warnings ?? [])
        this.#emit({ type: 'callback-unadvised', advice });
      return this.#run();
    });
  }

  get done(): Promise<UploadResult> {
    return this.#done.promise;
  }

  get snapshot(): UploadSnapshot {
    return this.#snapshot;
  }

  get parts(): readonly PartView[] {
    return this.#context.sender?.view() ?? [];
  }

  subscribe(listener: UploadListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  pause(): void {
    if (this.#end !== undefined) return;
    this.#control.pause();
    this.#showStatus();
  }

  resume(file?: File | Blob): void {
    if (this.#end !== undefined) return;
    if (file !== undefined && !this.#isRunning) this.#takeFile(file);
    this.#control.resume();
    if (!this.#isRunning) {
      this.#stage = 'opening';
      this.#runs = this.#run();
    }
    this.#showStatus();
  }

  cancel(): Promise<void> {
    return this.#cancel(abortError('The upload was cancelled.'));
  }

  matches(file: Blob, key: string): boolean {
    return (
      this.#end === undefined && key === this.#context.key && isSameFile(file, this.#context.file)
    );
  }

  holds(sessionId: string): boolean {
    return this.#end === undefined && this.#context.session?.checkpoint.record.id === sessionId;
  }

  heed(signal: AbortSignal): void {
    const onAbort = (): void => void this.#cancel(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    this.#unsubscribe.push(() => signal.removeEventListener('abort', onAbort));
  }

  tell(event: UploadEvent): void {
    if (this.#end === undefined) this.#emit(event);
  }

  async close(): Promise<void> {
    const reason = abortError('The uploader was closed; what was sent is kept.');
    this.#control.cancel(reason);
    this.#finish({ status: 'paused', result: undefined, error: undefined });
    this.#done.reject(reason);
    await this.#runs;
    const { network } = this.#context.shared;
    if (!network.isAway) await dropOpened(this.#context);
    this.#release();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    // A pause was taken back while its run came to an end, or another tab took over: in again by the same door.
    while (!this.#control.isPaused && this.#end === undefined) {
      try {
        this.#succeed(await run(this.#context));
      } catch (reason) {
        if (needsFile(reason)) {
          this.#needFile(reason);
          break;
        }
        if (reason !== PAUSED) await this.#fail(reason);
      }
    }
    this.#isRunning = false;
  }

  // The session is kept: only the page can ask for the file.
  #needFile(error: UploadError): void {
    if (this.#end !== undefined) return;
    this.#stage = 'needs-file';
    this.#emit({ type: 'needs-file', error });
    this.#showStatus();
  }

  #takeFile(file: unknown): void {
    const { file: former, shared } = this.#context;
    const same = checkSameSize(file, former);
    if (same === former) return;
    shared.releaseFile(former);
    this.#context.file = same;
    this.#context.isFileNew = true;
    this.#context.fingerprint = undefined;
  }

  #succeed(result: UploadResult): void {
    if (this.#end !== undefined) return;
    this.#finish({ status: 'done', result, error: undefined });
    this.#release();
    this.#done.resolve(result);
  }

  async #fail(reason: unknown): Promise<void> {
    // Whatever is no UploadError is a fault of ours; it is told as it is.
    const error = reason instanceof UploadError ? reason : undefined;
    if (error !== undefined) await addAdvice(error);
    if (this.#end !== undefined) return;
    this.#finish({ status: 'failed', result: undefined, error });
    this.#release();
    this.#done.reject(reason);
  }

  #cancel(reason: unknown): Promise<void> {
    if (this.#end?.status === 'done') return Promise.resolve();
    this.#cancelled ??= this.#leaveNothing(reason);
    return this.#cancelled;
  }

  async #leaveNothing(reason: unknown): Promise<void> {
    this.#control.cancel(reason);
    if (this.#end === undefined) {
      this.#finish({ status: 'cancelled', result: undefined, error: undefined });
      this.#done.reject(reason);
    }
    await this.#runs;
    await dropOpened(this.#context);
    await this.#abandonSession();
    this.#release();
  }

  async #abandonSession(): Promise<void> {
    const { session, shared } = this.#context;
    if (session === undefined && this.#stage !== 'opening') return;
    // Without it the checkpoint stays, for a later page to tidy up by.
    const trouble = await shared.trouble().catch(() => undefined);
    await trouble?.abandonSession(this.#context);
  }

  #finish(end: Ending): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#progressNews.stop();
    this.#emit({ type: 'status' });
  }

  /** The session is anybody's now. */
  #release(): void {
    const { session, shared, file, turn } = this.#context;
    void dropOpened(this.#context);
    shared.releaseFile(file);
    turn?.close();
    if (session !== undefined) shared.claimed.delete(session.checkpoint.record.id);
  }

  get #status(): UploadStatus {
    if (this.#end !== undefined) return this.#end.status;
    if (this.#stage === 'needs-file') return 'needs-file';
    if (this.#control.isPaused) return 'paused';
    const needsNetwork = this.#stage !== 'queued' && this.#stage !== 'waiting-for-tab';
    const { network } = this.#context.shared;
    return needsNetwork && network.isAway ? 'waiting-for-network' : this.#stage;
  }

  #showStatus(): void {
    if (this.#end === undefined && this.#status !== this.#snapshot.status) {
      this.#emit({ type: 'status' });
    }
  }

  #emit(event: UploadEvent): void {
    this.#snapshot = this.#look();
    for (const listener of this.#listeners) notify(listener, this.#snapshot, event);
  }

  #look(): UploadSnapshot {
    const { file, key, fileName, session } = this.#context;
    return Object.freeze({
      ...this.#progress.view,
      status: this.#status,
      key,
      fileName,
      size: file.size,
      uploadId: session?.checkpoint.record.uploadId,
      result: this.#end?.result,
      error: this.#end?.error,
    });
  }
}

// A listener's own fault must neither stop the upload nor stay hidden.
function notify(listener: UploadListener, snapshot: UploadSnapshot, event: UploadEvent): void {
  try {
    listener(snapshot, event);
  } catch (error) {
    reportError(error);
  }
}
