import { waitAfter } from '../backoff.ts';
import { type DoorPlatform, installDoor } from '../door.ts';
import { abortError, type UploadError } from '../errors.ts';
import { Calls } from '../host/calls.ts';
import { type CrossingError, copyable, pack, unpack } from '../host/crossing.ts';
import type { Answers, FromHost, HostOptions, Question, ToHost } from '../host/messages.ts';
import {
  type ResolvedUploadOptions,
  resolveOptions,
  resolveUploadOptions,
  type UploaderOptions,
  type UploadOptions,
} from '../options.ts';
import { askApp } from '../oss/ask-app.ts';
import { resolveEndpoints } from '../oss/endpoint.ts';
import type { ChosenSession, Connectivity, WorkerLoss } from '../ports.ts';
import { APP_FUNCTIONS, checkFormLimit } from '../signing-options.ts';
import type { Upload } from '../upload.ts';
import type { Uploader } from '../uploader.ts';
import { sleep } from '../waiting.ts';
import { Line, type LineOptions } from './line.ts';
import { PageUpload, type UploadLine } from './page-upload.ts';
import { presentUnfinished, type Unfinished } from './unfinished.ts';

/** What a page offers. */
export interface Surroundings
  extends Pick<LineOptions, 'startWorker' | 'loadHost' | 'clock' | 'followPage'> {
  /** What a path is relative to; absent outside of pages and workers. */
  readonly pageUrl: string | undefined;
  /** What features beside the uploader stand on, where it is not what browsers offer. */
  readonly doorPlatform?: DoorPlatform;
  readonly readAgain: (handle: FileSystemFileHandle) => Promise<File>;
  readonly connectivity: Connectivity;
}

/** So many errors of the app are kept for the failures that they may come to. */
const MOST_THROWN = 50;

type Cancelled = Parameters<UploadLine['cancel']>;

/** The uploader that a page holds. The engine is elsewhere. */
export class PageUploader implements Uploader {
  readonly #options: UploaderOptions;
  /** The bucket's address. */
  readonly #base: string;
  readonly #hostOptions: HostOptions;
  readonly #surroundings: Surroundings;
  readonly #line: Line;
  readonly #uploads = new Map<number, PageUpload>();
  readonly #calls = new Calls<Question>();
  /** What functions of the app threw, by the call. */
  readonly #thrown = new Map<number, unknown>();
  readonly #closing = new AbortController();
  readonly #lost: FinalizationRegistry<number>;
  #lastNumber = 0;
  /** Why there is no worker, until somebody has been told. */
  #workerLoss: WorkerLoss | undefined;

  /** @throws TypeError or RangeError naming the option. */
  constructor(options: UploaderOptions, surroundings: Surroundings) {
    const settings = resolveOptions(options);
    const { pageUrl } = surroundings;
    const needsRegion = options.credentials !== undefined && options.signatureVersion !== 1;
    const endpoints = resolveEndpoints({ ...options, needsRegion }, pageUrl);
    const [preferred] = endpoints;
    this.#options = options;
    this.#base = preferred.base;
    this.#surroundings = surroundings;
    this.#hostOptions = {
      settings,
      endpoints,
      pageUrl,
      functions: APP_FUNCTIONS.filter((name) => options[name] !== undefined),
      signatureVersion: options.signatureVersion,
    };
    this.#line = new Line({
      ...surroundings,
      loadHost: () => this.#load(),
      afterFailure: (failures) => this.#afterFailure(failures),
      isBusy: () => this.#uploads.size > 0 || !this.#calls.isEmpty,
      onBegin: () => this.#begin(),
      onMessage: (message) => this.#hear(message),
      onFallback: (loss) => {
        this.#workerLoss = loss;
        this.#tellOfWorker();
      },
      onUnreachable: (error) => this.#giveUp(error),
    });
    this.#lost = new FinalizationRegistry((upload) => this.#line.tell({ type: 'forget', upload }));
    installDoor(this, {
      endpoints,
      credentials: options.credentials,
      signatureVersion: options.signatureVersion,
      timeout: settings.timeout.stall,
      platform: surroundings.doorPlatform,
    });
    this.#line.open();
  }

  upload(file: File | Blob, options: UploadOptions): Upload {
    const resolved = resolveUploadOptions(file, options);
    this.#checkOpen();
    checkFormLimit(file, this.#options);
    const upload =
      this.#find((known) => known.matches(file, resolved.key)) ?? this.#own(file, resolved);
    if (options.signal !== undefined) upload.heed(options.signal);
    return upload;
  }

  get uploads(): readonly Upload[] {
    return [...this.#uploads.values()].filter(({ isOver }) => !isOver);
  }

  async unfinished(): Promise<Unfinished[]> {
    const sessions = await this.#ask<'unfinished'>({ type: 'unfinished' });
    return sessions.map((found) =>
      presentUnfinished(found, {
        goOn: (file, options, session, signal) => {
          this.#checkOpen();
          const upload =
            this.#find((known) => known.holds(session.id)) ?? this.#own(file, options, session);
          if (signal !== undefined) upload.heed(signal);
          return upload;
        },
        readAgain: this.#surroundings.readAgain,
        discard: async (record) => await this.#ask<'discard'>({ type: 'discard', record }),
      }),
    );
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    for (const upload of this.#uploads.values()) upload.close();
    const closed = this.#line.isOpen ? this.#ask<'close'>({ type: 'close' }) : undefined;
    const reason = abortError('The uploader was closed.');
    this.#closing.abort(reason);
    // Where nobody can be had there is nobody to be waited for.
    await closed?.catch(() => undefined);
    this.#line.close();
    this.#calls.refuseAll(reason);
  }

  async #load(): ReturnType<LineOptions['loadHost']> {
    const { clock, loadHost } = this.#surroundings;
    const { timeout } = this.#hostOptions.settings;
    const asking = { clock, timeout: timeout.credentials, afterFailure: giveUp };
    return await askApp('library', loadHost, (loaded) => loaded, asking);
  }

  // While the network is away nothing counts.
  async #afterFailure(failures: number): Promise<number> {
    const { signal } = this.#closing;
    const { retry } = this.#hostOptions.settings;
    const counted = (await this.#isReachable()) ? failures + 1 : failures;
    if (counted >= retry.limit) throw new RangeError('Often enough.');
    const wait = waitAfter(Math.max(counted, 1), {}, retry);
    await sleep(this.#surroundings.clock, wait, signal);
    return counted;
  }

  async #isReachable(): Promise<boolean> {
    const { clock, connectivity } = this.#surroundings;
    const controller = new AbortController();
    const { timeout } = this.#hostOptions.settings;
    const takeBack = clock.after(timeout.probe, () => controller.abort());
    try {
      return await connectivity.probe(`${this.#base}/`, controller.signal);
    } finally {
      takeBack();
    }
  }

  #begin(): void {
    this.#thrown.clear();
    this.#line.tell({ type: 'open', options: this.#hostOptions });
    for (const upload of this.#uploads.values()) upload.begin();
    for (const [call, question] of this.#calls)
      this.#line.tell({ type: 'question', call, question });
  }

  #giveUp(error: unknown): void {
    this.#calls.refuseAll(error);
    for (const upload of this.#uploads.values()) void upload.fail(error);
  }

  #hear(message: FromHost): void {
    switch (message.type) {
      case 'event':
        return this.#uploads.get(message.upload)?.hear(message);
      case 'parts':
        return this.#uploads.get(message.upload)?.see(message.parts);
      case 'failed':
        return void this.#uploads.get(message.upload)?.fail(this.#unpack(message.reason));
      case 'ask':
        return void this.#answer(message);
      case 'reply':
        return this.#calls.answer(message.call, message.value);
      case 'excuse':
        return this.#calls.refuse(message.call, this.#unpack(message.reason));
    }
  }

  async #answer({ call, name, argument }: Extract<FromHost, { readonly type: 'ask' }>) {
    const answer = this.#line.toWhoIsThere();
    try {
      const ask = this.#options[name] as (argument: unknown) => Promise<unknown>;
      answer({ type: 'answer', call, value: copyable(await ask(argument)) });
    } catch (reason) {
      this.#thrown.set(call, reason);
      const [oldest] = this.#thrown.keys();
      if (this.#thrown.size > MOST_THROWN && oldest !== undefined) this.#thrown.delete(oldest);
      answer({ type: 'refusal', call, reason: pack(reason) });
    }
  }

  async #ask<Type extends Question['type']>(
    question: Extract<Question, { readonly type: Type }>,
  ): Promise<Answers[Type]> {
    this.#closing.signal.throwIfAborted();
    this.#lastNumber += 1;
    const call = this.#lastNumber;
    const answer = this.#calls.add(call, question);
    this.#tellOrCall(() => this.#line.tell({ type: 'question', call, question }));
    // The answer to a question is of the question's kind.
    return (await answer) as Answers[Type];
  }

  // Where nobody is there somebody is called, who is then told all there is.
  #tellOrCall(tell: () => void): void {
    if (this.#line.isOpen) tell();
    else this.#line.open();
  }

  // Without a copy: pages start a thousand uploads in one go.
  #find(isWanted: (upload: PageUpload) => boolean): PageUpload | undefined {
    for (const upload of this.#uploads.values()) if (isWanted(upload)) return upload;
    return undefined;
  }

  #own(file: Blob, options: ResolvedUploadOptions, session?: ChosenSession): PageUpload {
    this.#lastNumber += 1;
    const number = this.#lastNumber;
    const line = {
      tell: (message: ToHost) => this.#line.tell(message),
      cancel: (...cancelled: Cancelled) => this.#cancel(number, ...cancelled),
      unpack: (error: CrossingError) => this.#unpack(error),
      onEnd: () => void this.#uploads.delete(number),
    };
    const upload = new PageUpload(number, line, file, options, session);
    this.#uploads.set(number, upload);
    this.#lost.register(upload, number);
    this.#tellOrCall(() => upload.begin());
    // Not before the caller has had the chance to subscribe.
    queueMicrotask(() => this.#tellOfWorker());
    return upload;
  }

  async #cancel(number: number, ...[upload, about]: Cancelled): Promise<void> {
    this.#uploads.set(number, upload);
    try {
      await this.#ask<'cancel'>({ type: 'cancel', upload: number, about });
    } finally {
      this.#uploads.delete(number);
    }
  }

  // Once, to whoever is under way, or comes next.
  #tellOfWorker(): void {
    const [upload] = this.#uploads.values();
    const reason = this.#workerLoss;
    if (upload === undefined || reason === undefined) return;
    this.#workerLoss = undefined;
    upload.tell({ type: 'worker-unavailable', reason });
  }

  #unpack(error: CrossingError): unknown {
    return unpack(error, (call) => this.#thrown.get(call));
  }

  #checkOpen(): void {
    if (this.#closing.signal.aborted)
      throw abortError('This uploader was closed: create a new one.');
  }
}

async function giveUp(error: UploadError): Promise<never> {
  throw error;
}
