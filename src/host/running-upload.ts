import type { Shared, UploadContext } from '../engine/context.ts';
import { Control, PAUSED } from '../engine/control.ts';
import { dropOpened } from '../engine/head-start.ts';
import { Progress } from '../engine/progress.ts';
import { run } from '../engine/run.ts';
import { disown } from '../engine/session.ts';
import { abortError, needsFile, UploadError } from '../errors.ts';
import type {
  PartView,
  UploadEvent,
  UploadResult,
  UploadSnapshot,
  UploadStatus,
} from '../events.ts';
import type { ResolvedUploadOptions } from '../options.ts';
import { Paced } from '../paced.ts';
import type { ChosenSession } from '../ports.ts';

/** Progress is told at most this often, in milliseconds: as browsers tell it of one request. */
const PROGRESS_INTERVAL = 50;

/** So is the map of the parts; the more of them there are the seldomer, as each time costs more. */
const MAP_INTERVAL = 100;
const MAP_INTERVAL_PER_PART = 0.25;

type Ending = Pick<UploadSnapshot, 'status' | 'result' | 'error'>;

/** Who hears of an upload. */
export interface Audience {
  hear(event: UploadEvent, snapshot: UploadSnapshot): void;
  /** How its parts are now. */
  see(parts: readonly PartView[]): void;
  /** It has failed, and why. */
  failed(reason: unknown): void;
}

/** One file on its way, where the engine is. A page has an `Upload`, which passes on what it is told. */
export class RunningUpload {
  readonly #context: UploadContext;
  readonly #control = new Control();
  readonly #progress: Progress;
  readonly #progressNews: Paced;
  readonly #mapNews: Paced;
  /** How many parts there were when they were last told of. */
  #mapSize = 0;
  readonly #audience: Audience;
  readonly #unsubscribe: (() => void)[] = [];
  /** What the runs are at, whatever else is shown. */
  #stage: UploadStatus = 'queued';
  /** How it ended; nothing more is shown after it. */
  #end: Ending | undefined;
  #runs: Promise<void>;
  #isRunning = true;
  /** A file that was picked again, for the next run. */
  #picked: Blob | undefined;
  #cancelled: Promise<void> | undefined;
  #shown: UploadStatus = 'queued';

  constructor(
    shared: Shared,
    file: Blob,
    options: ResolvedUploadOptions,
    chosen: ChosenSession | undefined,
    audience: Audience,
  ) {
    this.#audience = audience;
    this.#progressNews = new Paced(
      shared.clock,
      () => PROGRESS_INTERVAL,
      () => this.#emit({ type: 'progress' }),
    );
    this.#mapNews = new Paced(
      shared.clock,
      () => MAP_INTERVAL + MAP_INTERVAL_PER_PART * this.#mapSize,
      () => this.#showMap(),
    );
    this.#progress = new Progress(file.size, shared.clock, () => {
      if (this.#end === undefined) this.#progressNews.changed();
    });
    this.#context = {
      ...options,
      shared,
      file,
      isFileNew: false,
      chosen,
      control: this.#control,
      progress: this.#progress,
      emit: (event) => this.#emit(event),
      noteParts: () => {
        if (this.#end === undefined) this.#mapNews.changed();
      },
      setStatus: (status) => {
        this.#stage = status;
        this.#showStatus();
      },
      fingerprint: undefined,
      headStart: undefined,
      turn: undefined,
      session: undefined,
      sender: undefined,
      whole: undefined,
      hasHiddenEtags: false,
      refusals: new Set(),
      repairs: { reopen: 0, restart: 0 },
    };
    this.#unsubscribe.push(
      shared.network.subscribe({
        onChange: () => {
          if (!shared.network.isAway) this.#progress.goOn();
          this.#showStatus();
        },
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

  /** The session that it works on. */
  get sessionId(): string | undefined {
    return this.#context.session?.checkpoint.record.id;
  }

  pause(): void {
    if (this.#end !== undefined) return;
    this.#control.pause();
    this.#showStatus();
  }

  /** @param file of the same size. */
  resume(file?: Blob): void {
    if (this.#end !== undefined) return;
    const isPicked = file !== undefined && file !== this.#context.file;
    if (file !== undefined) this.#picked = isPicked ? file : undefined;
    this.#control.resume();
    // The run goes on with the one before: the next one takes this.
    if (isPicked && this.#isRunning) this.#control.interrupt();
    // Whatever is told from now on is not of the file before.
    if (isPicked || !this.#isRunning) this.#stage = 'opening';
    if (!this.#isRunning) this.#runs = this.#run();
    this.#showStatus();
  }

  /** Resolves when nothing of it is left. */
  cancel(): Promise<void> {
    if (this.#end?.status === 'done') return Promise.resolve();
    this.#cancelled ??= this.#leaveNothing();
    return this.#cancelled;
  }

  /** Has its audience hear of something that is not of this upload alone. */
  tell(event: UploadEvent): void {
    if (this.#end === undefined) this.#emit(event);
  }

  /** Stops it and keeps its session. */
  async close(): Promise<void> {
    this.#control.cancel(abortError('The uploader was closed.'));
    this.#finish({ status: 'paused', result: undefined, error: undefined });
    await this.#runs;
    const { network } = this.#context.shared;
    if (!network.isAway) await dropOpened(this.#context);
    this.#release();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    // A pause was taken back while its run came to an end, or another tab took over: in again by the same door.
    while (!this.#control.isPaused && this.#end === undefined) {
      if (this.#picked !== undefined) this.#takeFile(this.#picked);
      try {
        this.#succeed(await run(this.#context));
      } catch (reason) {
        if (needsFile(reason) && this.#picked === undefined) {
          this.#needFile(reason);
          break;
        }
        if (reason !== PAUSED && !needsFile(reason)) this.#fail(reason);
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

  #takeFile(file: Blob): void {
    const { file: former, shared } = this.#context;
    this.#picked = undefined;
    if (file === former) return;
    shared.releaseFile(former);
    this.#context.file = file;
    this.#context.isFileNew = true;
    // Without a date of its own, as a Blob, it has that of the one before.
    if (file instanceof File) this.#context.lastModified = file.lastModified;
    this.#context.fingerprint = undefined;
  }

  #succeed(result: UploadResult): void {
    if (this.#end !== undefined) return;
    this.#finish({ status: 'done', result, error: undefined });
    this.#release();
  }

  #fail(reason: unknown): void {
    if (this.#end !== undefined) return;
    // Whatever is no UploadError is a fault of ours; it is told as it is.
    const error = reason instanceof UploadError ? reason : undefined;
    this.#finish({ status: 'failed', result: undefined, error });
    this.#audience.failed(reason);
    this.#release();
  }

  async #leaveNothing(): Promise<void> {
    this.#control.cancel(abortError('The upload was cancelled.'));
    this.#finish({ status: 'cancelled', result: undefined, error: undefined });
    // The same file, begun again at once, may go on with it.
    const { session } = this.#context;
    if (session !== undefined) disown(this.#context, session);
    await this.#runs;
    await dropOpened(this.#context);
    await this.#abandonSession();
    this.#release();
  }

  async #abandonSession(): Promise<void> {
    const { session, shared } = this.#context;
    // What another tab works on is its own, and forms leave nothing.
    const isElsewhere = this.#stage === 'waiting-for-tab' || shared.sendByForm !== undefined;
    if (session === undefined && isElsewhere) return;
    // Without it the checkpoint stays, for a later page to tidy up by.
    const trouble = await shared.trouble().catch(() => undefined);
    await trouble?.abandonSession(this.#context);
  }

  #finish(end: Ending): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#progressNews.stop();
    this.#mapNews.stop();
    this.#showMap();
    this.#emit({ type: 'status' });
  }

  /** The session is anybody's now. */
  #release(): void {
    const { session, shared, file, turn } = this.#context;
    void dropOpened(this.#context);
    shared.releaseFile(file);
    turn?.close();
    if (session !== undefined) disown(this.#context, session);
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
    if (this.#end === undefined && this.#status !== this.#shown) this.#emit({ type: 'status' });
  }

  #showMap(): void {
    const { sender } = this.#context;
    if (sender === undefined) return;
    const parts = sender.view();
    this.#mapSize = parts.length;
    this.#audience.see(parts);
  }

  #emit(event: UploadEvent): void {
    this.#shown = this.#status;
    this.#audience.hear(event, this.#snapshot);
  }

  get #snapshot(): UploadSnapshot {
    const { file, key, fileName, session } = this.#context;
    return {
      ...this.#progress.view,
      status: this.#status,
      key,
      fileName,
      size: file.size,
      uploadId: session?.checkpoint.record.uploadId,
      result: this.#end?.result,
      error: this.#end?.error,
    };
  }
}
