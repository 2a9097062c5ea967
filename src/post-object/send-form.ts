import { type RequestDependencies, request } from '../engine/requests.ts';
import { isUnanswered } from '../engine/unanswered.ts';
import { UploadError, unreadableFile } from '../errors.ts';
import type { UploadEvent } from '../events.ts';
import type { SendOptions } from '../oss/operations.ts';
import { serviceError, wrongOrigin } from '../oss/service-error.ts';
import type { Transport, TransportResponse } from '../ports.ts';
import { race } from '../waiting.ts';
import type { FieldsSource } from './fields-source.ts';
import { createForm, type FormSource, type PostForm } from './form.ts';
import { readFormAnswer, type StoredForm } from './form-answer.ts';

/** Files below this are sent without upload listeners, whose price is a preflight. Bytes. */
const SMALL = 256 * 1024;
/** What a browser and its system hold, at most, of a body that they have taken but not sent (Chromium). Bytes. */
const BUFFERED = 4 * 1024 ** 2;

/** What forms are sent with; several may share it. */
export interface FormDependencies extends Omit<RequestDependencies, 'client'> {
  readonly transport: Transport;
}

/** A file that goes by form: what it is, what ends it, and whom it tells. */
export interface FormTask extends FormSource {
  readonly fields: FieldsSource;
  readonly signal: AbortSignal;
  /** Bytes given to the network by this attempt; not told of files below 256 KiB. */
  readonly onSent: (bytes: number) => void;
  readonly emit: (event: UploadEvent) => void;
}

/**
 * Sends a file as a form until it is stored, or until repeating it is no use. Sending it again after a lost answer does
 * no harm: it makes the same object again.
 *
 * @throws TypeError or RangeError for fields that OSS would refuse, before anything is sent; UploadError.
 */
export async function sendForm(deps: FormDependencies, task: FormTask): Promise<StoredForm> {
  task.signal.throwIfAborted();
  const attempts = new FormAttempts(deps, task);
  return await race(
    deps.scheduler.run(() => attempts.run()),
    task.signal,
  );
}

class FormAttempts {
  readonly #deps: FormDependencies;
  readonly #task: FormTask;
  /** Whether an attempt may have stored the file without our hearing of it. */
  #mayBeStored = false;
  /** Bytes of this attempt that must have left the machine. */
  #left = 0;

  constructor(deps: FormDependencies, task: FormTask) {
    this.#deps = deps;
    this.#task = task;
  }

  async run(): Promise<StoredForm> {
    const { file, fields, signal, emit } = this.#task;
    const stored = await request(
      { ...this.#deps, client: fields },
      {
        operation: 'PostObject',
        size: Math.min(file.size, BUFFERED),
        fileSize: file.size,
        signal,
        confirmations: () => 0,
        emit,
        ...(this.#isSmall ? {} : { onSent: (bytes) => this.#onSent(bytes) }),
        send: (options) => this.#attempt(options),
      },
    );
    this.#deps.scheduler.speedUp();
    return stored;
  }

  // A form is confirmed as a whole, which may be after hours. How fast the link is tell the bytes that no buffer holds.
  #onSent(bytes: number): void {
    const left = Math.min(bytes, this.#task.file.size) - BUFFERED;
    if (left > this.#left) {
      this.#deps.traffic.moved(left - this.#left);
      this.#left = left;
    }
    this.#task.onSent(bytes);
  }

  get #isSmall(): boolean {
    return this.#task.file.size < SMALL;
  }

  async #attempt(options: SendOptions): Promise<StoredForm> {
    const fields = await race(this.#task.fields.get(), options.signal);
    const form = createForm(this.#task, fields);
    try {
      return await readFormAnswer(await this.#send(form, options), form);
    } catch (error) {
      return await this.#judge(error, form);
    }
  }

  async #send(form: PostForm, options: SendOptions): Promise<TransportResponse> {
    const { transport, network } = this.#deps;
    const { url } = this.#task;
    const { signal, onStart, onSent, onThrottled } = options;
    onStart();
    this.#left = 0;
    // Nobody tells when a small form begins to move: its time begins at once.
    if (this.#isSmall) onSent(0);
    const response = await transport.send({
      method: 'POST',
      url,
      headers: {},
      body: form.data,
      signal,
      ...(this.#isSmall ? {} : { onSent }),
    });
    if (new URL(response.url).origin !== new URL(url).origin) {
      throw wrongOrigin('PostObject', response);
    }
    network.noteAnswer();
    if (response.header('x-oss-qos-delay-time') !== undefined) onThrottled?.();
    if (response.status < 200 || response.status >= 300) {
      throw serviceError('PostObject', withoutToken(response, form.token));
    }
    return response;
  }

  async #judge(error: unknown, form: PostForm): Promise<StoredForm> {
    if (!(error instanceof UploadError)) throw error;
    if (error.kind === 'network') await this.#checkReadable();
    if (error.code === 'FileAlreadyExists' && form.forbidsOverwrite && this.#mayBeStored) {
      return await this.#settleTaken(error, form);
    }
    this.#mayBeStored ||= isUnanswered(error);
    throw error;
  }

  /** A file that has changed on disk fails like a network. */
  async #checkReadable(): Promise<void> {
    try {
      await this.#task.file.slice(0, 1).arrayBuffer();
    } catch (cause) {
      throw unreadableFile(cause);
    }
  }

  /**
   * The key is taken, perhaps by an attempt of ours whose answer was lost; a form has no right to look. Where the app's
   * server was to be called back it knows, and is to be asked; else the error says how it stands.
   */
  async #settleTaken(error: UploadError, form: PostForm): Promise<StoredForm> {
    if (!form.hasCallback) {
      error.advise(
        'An earlier attempt of this form got no answer, so that the object under this key is probably this file: let your server compare its size and ETag before you choose another key.',
      );
      throw error;
    }
    const { lostCallbackOutcome } = await import('../callback/index.ts');
    return {
      bucket: form.bucket,
      key: form.key,
      location: form.location,
      etag: '',
      status: error.status ?? 0,
      requestId: error.requestId,
      callback: lostCallbackOutcome(),
    };
  }
}

// OSS repeats conditions of the policy word for word, and V4's contain the token.
function withoutToken(response: TransportResponse, token: string | undefined): TransportResponse {
  if (token === undefined || token === '') return response;
  return {
    ...response,
    header: (name) => response.header(name),
    body: response.body.replaceAll(token, '…'),
  };
}
