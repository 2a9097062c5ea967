import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Answer } from './answer.ts';
import type { Bandwidth } from './bandwidth.ts';
import type { OssRequest } from './request.ts';
import { ClientLeft, RequestBody } from './request-body.ts';
import type { LiveLogEntry, RequestLog } from './request-log.ts';

const PREMATURE_CLOSE = 'ERR_STREAM_PREMATURE_CLOSE';

/** One request and its answer, from the socket's point of view. */
export class Exchange {
  readonly request: OssRequest;
  readonly body: RequestBody;
  readonly entry: LiveLogEntry;
  /** Resolves when the answer is out or the connection is gone. */
  readonly closed: Promise<void>;
  readonly #response: ServerResponse;
  readonly #log: RequestLog;

  constructor(
    { message, response }: { message: IncomingMessage; response: ServerResponse },
    request: OssRequest,
    entry: LiveLogEntry,
    { log, bandwidth }: { log: RequestLog; bandwidth: Bandwidth },
  ) {
    this.request = request;
    this.entry = entry;
    this.#response = response;
    this.#log = log;
    this.closed = new Promise((resolve) => {
      response.once('close', () => {
        log.finish(entry, response.writableFinished ? 'answered' : 'client-left');
        resolve();
      });
    });
    const onBytes = (count: number): void => {
      entry.bodyBytes += count;
    };
    this.body = new RequestBody(message, { shared: bandwidth, closed: this.closed, onBytes });
  }

  /** Sends the answer; the body must have been read. Rejects with ClientLeft when there is nobody to answer. */
  async send(answer: Answer, headers: Readonly<Record<string, string>>): Promise<void> {
    const text = this.#writeHead(answer, headers);
    if (typeof answer.body === 'object') await this.#stream(answer.body);
    else this.#response.end(text);
    await this.closed;
  }

  /**
   * Sends the answer at once, and ends it only when the body has been read: a server that closes on unread bytes
   * resets the connection, and the client may lose the answer.
   */
  async sendEarly(answer: Answer, headers: Readonly<Record<string, string>>): Promise<void> {
    const text = this.#writeHead(answer, headers);
    this.#response.flushHeaders();
    if (text.length > 0) this.#response.write(text);
    await this.body.drain();
    this.#response.end();
    await this.closed;
  }

  /** Resets the connection. */
  cut(): void {
    this.#log.finish(this.entry, 'cut');
    this.#response.socket?.resetAndDestroy();
  }

  /** Closes the connection without an answer. */
  hangUp(): void {
    this.#log.finish(this.entry, 'cut');
    this.#response.socket?.destroy();
  }

  async #stream(body: Readable): Promise<void> {
    try {
      await pipeline(body, this.#response);
    } catch (error) {
      const isGone = error instanceof Error && 'code' in error && error.code === PREMATURE_CLOSE;
      throw isGone ? new ClientLeft() : error;
    }
  }

  /** Returns the body that is text, as bytes: Node writes headers in the encoding of a string that goes with them. */
  #writeHead(answer: Answer, headers: Readonly<Record<string, string>>): Buffer {
    if (this.entry.outcome !== 'pending') throw new ClientLeft();
    this.entry.status = answer.status;
    if (answer.code !== undefined) this.entry.code = answer.code;
    const text = Buffer.from(typeof answer.body === 'string' ? answer.body : '');
    const hasOwnLength =
      typeof answer.body === 'object' || answer.status === 204 || this.request.method === 'HEAD';
    const length = hasOwnLength ? {} : { 'Content-Length': String(text.length) };
    this.#response.writeHead(answer.status, { ...headers, ...length, ...answer.headers });
    return text;
  }
}
