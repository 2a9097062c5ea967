import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Answer } from './answer.ts';
import { OssError } from './errors.ts';
import type { Network } from './network.ts';
import type { OssRequest } from './request.ts';
import { ClientLeft, RequestBody } from './request-body.ts';
import type { LiveLogEntry, RequestLog } from './request-log.ts';
import type { Traffic } from './traffic.ts';

const PREMATURE_CLOSE = 'ERR_STREAM_PREMATURE_CLOSE';

/** What a request passes through, and who counts it. */
export interface ExchangeSurroundings {
  readonly log: RequestLog;
  readonly network: Network;
  readonly traffic: Traffic;
  /** Milliseconds without a byte of a body that is still to come. */
  readonly idleTimeout: number | undefined;
}

/** One request and its answer, from the socket's point of view. */
export class Exchange {
  readonly request: OssRequest;
  readonly body: RequestBody;
  readonly entry: LiveLogEntry;
  readonly clientAddress: string;
  /** Resolves when the answer is out or the connection is gone. */
  readonly closed: Promise<void>;
  readonly #response: ServerResponse;
  readonly #socket: Socket;
  readonly #log: RequestLog;

  constructor(
    { message, response }: { message: IncomingMessage; response: ServerResponse },
    request: OssRequest,
    entry: LiveLogEntry,
    { log, network, traffic, idleTimeout }: ExchangeSurroundings,
  ) {
    this.request = request;
    this.entry = entry;
    this.clientAddress = message.socket.remoteAddress ?? '';
    this.#response = response;
    this.#socket = message.socket;
    this.#log = log;
    this.closed = new Promise((resolve) => {
      response.once('close', () => {
        log.finish(entry, response.writableFinished ? 'answered' : 'client-left');
        traffic.end(entry);
        resolve();
      });
    });
    const onBytes = (count: number): void => {
      entry.bodyBytes += count;
      traffic.receive(entry, count);
      if (network.wearsOut(message.socket, count)) this.cut();
    };
    this.body = new RequestBody(message, {
      shared: [network.total, network.bandwidthOf(message.socket)],
      closed: this.closed,
      onBytes,
      onEnd: () => traffic.endBody(entry),
      idleTimeout,
    });
    const { isAnnounced, length } = this.body;
    traffic.begin(entry, isAnnounced && length !== 0);
  }

  isOn(socket: Socket): boolean {
    return this.#socket === socket;
  }

  /** Sends the answer; the body must have been read. Rejects with ClientLeft when there is nobody to answer. */
  async send(answer: Answer, headers: Readonly<Record<string, string>>): Promise<void> {
    this.#assertPending();
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
    this.#assertPending();
    const text = this.#writeHead(answer, headers);
    this.#response.flushHeaders();
    if (text.length > 0) this.#response.write(text);
    await this.body.drain();
    this.#response.end();
    await this.closed;
  }

  /** Sends the answer at once and closes the connection; a client that still sends may never see the answer. */
  async sendAndClose(answer: Answer, headers: Readonly<Record<string, string>>): Promise<void> {
    const text = this.#writeHead(answer, { ...headers, Connection: 'close' });
    this.#response.end(text);
    await this.closed;
  }

  /** Waits in real time, whatever the emulator's clock says, or until the connection is gone. */
  async pause(milliseconds: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const elapsed = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, milliseconds);
    });
    await Promise.race([elapsed, this.closed]);
    clearTimeout(timer);
  }

  /**
   * The client has ended its side before the body was complete. It may have left or not, nobody can tell: it counts as
   * having left, and is answered.
   */
  breakOff(): void {
    this.#log.finish(this.entry, 'client-left');
    this.body.breakOff(new OssError('IncompleteBody'));
  }

  /** Resets the connection. */
  cut(): void {
    this.#log.finish(this.entry, 'cut');
    this.body.breakOff(new ClientLeft());
    this.#response.socket?.resetAndDestroy();
  }

  /** Closes the connection without an answer. */
  hangUp(): void {
    this.#log.finish(this.entry, 'cut');
    this.#response.socket?.destroy();
  }

  #assertPending(): void {
    if (this.entry.outcome !== 'pending') throw new ClientLeft();
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
    if (this.entry.outcome === 'pending') {
      this.entry.status = answer.status;
      if (answer.code !== undefined) this.entry.code = answer.code;
    }
    const text = Buffer.from(typeof answer.body === 'string' ? answer.body : '');
    const hasOwnLength =
      typeof answer.body === 'object' ||
      answer.status === 204 ||
      answer.status === 304 ||
      this.request.method === 'HEAD';
    const length = hasOwnLength ? {} : { 'Content-Length': String(text.length) };
    this.#response.writeHead(answer.status, { ...headers, ...length, ...answer.headers });
    return text;
  }
}
