import type { UploadEvent, UploadSnapshot } from '../events.ts';
import type { SigningOptions } from '../signing-options.ts';
import { Calls } from './calls.ts';
import { type CrossingError, pack, unpack } from './crossing.ts';
import { EngineUploader, type Platform } from './engine-uploader.ts';
import type {
  Answers,
  AppFunctions,
  Crossing,
  FromHost,
  HostOptions,
  Question,
  ToHost,
} from './messages.ts';
import { packParts } from './part-map.ts';
import type { RunningUpload } from './running-upload.ts';

interface Hosted {
  readonly upload: RunningUpload;
  /** The last wish of the page. */
  wish: number;
}

/** Who hears of an upload that is begun only to leave nothing of it. */
const NOBODY = { hear: () => undefined, see: () => undefined, failed: () => undefined };

type CancelQuestion = Extract<Question, { readonly type: 'cancel' }>;

/**
 * Has the engine do what a page tells it, and tells the page what comes of it. It lives in a worker, or, where none is to
 * be had, in the page itself: what is said is the same.
 */
export class Host {
  readonly #platform: Platform;
  readonly #tell: (message: FromHost) => void;
  readonly #uploads = new Map<number, Hosted>();
  readonly #calls = new Calls<keyof AppFunctions>();
  /** What functions of the app threw, by the call. */
  readonly #thrown = new WeakMap<object, number>();
  #lastCall = 0;
  #engine: EngineUploader | undefined;

  constructor(platform: Platform, tell: (message: FromHost) => void) {
    this.#platform = platform;
    this.#tell = tell;
  }

  hear(message: ToHost): void {
    switch (message.type) {
      case 'open':
        this.#engine = this.#open(message.options);
        return;
      case 'upload':
        return this.#begin(message);
      case 'pause':
        return this.#heed(message, (upload) => upload.pause());
      case 'resume':
        return this.#heed(message, (upload) => upload.resume(message.file));
      case 'forget':
        this.#uploads.delete(message.upload);
        return;
      case 'question':
        return void this.#reply(message.call, message.question);
      case 'answer':
        return this.#calls.answer(message.call, message.value);
      case 'refusal':
        return this.#refuse(message.call, message.reason);
    }
  }

  get #opened(): EngineUploader {
    if (this.#engine === undefined) throw new Error('No uploader was opened here.');
    return this.#engine;
  }

  #open({ functions, signatureVersion, ...known }: HostOptions): EngineUploader {
    const asked = functions.map((name) => [name, (argument: unknown) => this.#ask(name, argument)]);
    const options = {
      ...known,
      // They were checked by the page.
      signing: { signatureVersion, ...Object.fromEntries(asked) } as SigningOptions,
    };
    return new EngineUploader(options, this.#platform);
  }

  #begin(message: Extract<ToHost, { readonly type: 'upload' }>): void {
    const { upload: number, about } = message;
    const { file, options, session } = about;
    const upload = this.#opened.upload(file, options, session, {
      hear: (event, snapshot) => this.#report(number, event, snapshot),
      see: (parts) => this.#tell({ type: 'parts', upload: number, parts: packParts(parts) }),
      failed: (reason) =>
        this.#tell({ type: 'failed', upload: number, reason: this.#pack(reason) }),
    });
    this.#uploads.set(number, { upload, wish: 0 });
  }

  #heed(
    { upload: number, wish }: { readonly upload: number; readonly wish: number },
    heed: (upload: RunningUpload) => void,
  ): void {
    const hosted = this.#uploads.get(number);
    if (hosted === undefined) return;
    hosted.wish = wish;
    heed(hosted.upload);
  }

  #report(number: number, event: UploadEvent, snapshot: UploadSnapshot): void {
    const hosted = this.#uploads.get(number);
    this.#tell({
      type: 'event',
      upload: number,
      event: this.#crossing(event),
      snapshot: this.#crossing(snapshot),
      sessionId: hosted?.upload.sessionId,
      wish: hosted?.wish ?? 0,
    });
    // One that has failed can still be cancelled, with what it has left.
    if (snapshot.status === 'done') this.#uploads.delete(number);
  }

  async #reply(call: number, question: Question): Promise<void> {
    try {
      this.#tell({ type: 'reply', call, value: await this.#answer(question) });
    } catch (reason) {
      this.#tell({ type: 'excuse', call, reason: this.#pack(reason) });
    }
  }

  async #answer(question: Question): Promise<Answers[keyof Answers]> {
    switch (question.type) {
      case 'cancel':
        return await this.#cancel(question);
      case 'unfinished':
        return await this.#opened.unfinished();
      case 'discard':
        return await this.#opened.discard(question.record);
      case 'close':
        return await this.#opened.close();
    }
  }

  async #cancel({ upload: number, about }: CancelQuestion): Promise<void> {
    const hosted = this.#uploads.get(number);
    const { file, options, session } = about;
    if (hosted !== undefined) {
      await hosted.upload.cancel();
      this.#uploads.delete(number);
    } else if (session !== undefined) {
      const sessions = await this.#opened.unfinished();
      const left = sessions.find(({ record }) => record.id === session.id);
      if (left !== undefined) await this.#opened.discard(left.record);
    } else {
      await this.#opened.upload(file, options, undefined, NOBODY).cancel();
    }
  }

  #ask(name: keyof AppFunctions, argument: unknown): Promise<unknown> {
    this.#lastCall += 1;
    const call = this.#lastCall;
    const answer = this.#calls.add(call, name);
    this.#tell({ type: 'ask', call, name, argument });
    return answer;
  }

  #refuse(call: number, reason: CrossingError): void {
    const error = unpack(reason);
    if (typeof error === 'object' && error !== null) this.#thrown.set(error, call);
    this.#calls.refuse(call, error);
  }

  #crossing<Value extends UploadEvent | UploadSnapshot>(value: Value): Crossing<Value> {
    const packed =
      'error' in value && value.error !== undefined
        ? { ...value, error: this.#pack(value.error) }
        : value;
    return packed as Crossing<Value>;
  }

  #pack(error: unknown): CrossingError {
    return pack(error, (each) =>
      typeof each === 'object' && each !== null ? this.#thrown.get(each) : undefined,
    );
  }
}
