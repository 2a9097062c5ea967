import type { IncomingMessage } from 'node:http';
import { Bandwidth } from './bandwidth.ts';

/** The client went away before its body was complete. There is nobody to answer. */
export class ClientLeft extends Error {
  override readonly name = 'ClientLeft';
}

/** Receives a chunk as it came from the socket; reading goes on when the returned promise resolves. */
export type ChunkConsumer = (chunk: Buffer) => void | Promise<void>;

/** What a body needs to know of its surroundings. */
export interface BodyOptions {
  /** The limit that all bodies share. */
  readonly shared: Bandwidth;
  /** Resolves when the exchange is over, for whatever reason. */
  readonly closed: Promise<void>;
  /** Told of every chunk that is read. */
  readonly onBytes: (count: number) => void;
}

/**
 * The body of a request, read as slowly as the limits say.
 *
 * Whatever is not read here stays with the client only in part: Node hands over up to 64 KiB per read, and the
 * kernel's socket buffers on both sides swallow more, on loopback often some MiB. A client that counts what it has
 * handed to its socket is therefore ahead of `onBytes` by that much.
 */
export class RequestBody {
  /** Content-Length; undefined for chunked bodies, and without one. */
  readonly length: number | undefined;
  readonly #message: IncomingMessage;
  readonly #limits: Bandwidth[];
  readonly #onBytes: (count: number) => void;
  readonly #closed: Promise<void>;
  #received = 0;

  constructor(message: IncomingMessage, { shared, closed, onBytes }: BodyOptions) {
    const length = message.headers['content-length'];
    this.length = length === undefined ? undefined : Number(length);
    this.#message = message;
    this.#limits = [shared];
    this.#onBytes = onBytes;
    this.#closed = closed;
  }

  /** Whether the request announced a body at all, be it an empty one. */
  get isAnnounced(): boolean {
    return this.length !== undefined || this.#message.headers['transfer-encoding'] !== undefined;
  }

  /** Limits this body alone, in addition to the limit that all bodies share. */
  slowDown(bytesPerSecond: number): void {
    this.#limits.push(new Bandwidth(bytesPerSecond));
  }

  /** Reads to the end. Rejects with ClientLeft when the end does not come. */
  read(consume: ChunkConsumer): Promise<void> {
    return this.#read(consume, Number.POSITIVE_INFINITY);
  }

  /** Reads what is left, and throws it away. */
  drain(): Promise<void> {
    return this.read(() => undefined);
  }

  /** Reads and throws away the first half, of a chunked body the first chunk; then leaves the rest unread. */
  readHalf(): Promise<void> {
    return this.#read(() => undefined, this.length === undefined ? 1 : this.length / 2);
  }

  /** Reads to the end as UTF-8. Undefined when there is more than the limit, in bytes. */
  async readText(limit: number): Promise<string | undefined> {
    const chunks: Buffer[] = [];
    let size = 0;
    await this.read((chunk) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
    });
    return size <= limit ? Buffer.concat(chunks).toString('utf8') : undefined;
  }

  #read(consume: ChunkConsumer, upTo: number): Promise<void> {
    const message = this.#message;
    if (message.readableEnded || this.#received >= upTo) return Promise.resolve();
    if (message.destroyed) return Promise.reject(new ClientLeft());
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        message.pause();
        message.off('data', onData).off('end', onEnd).off('close', onClose);
      };
      const fail = (error: unknown): void => {
        stop();
        reject(error);
      };
      let wait: Promise<unknown> = Promise.resolve();
      // A stream ends as soon as its last chunk is out, paused or not; that chunk may still have to wait.
      const onEnd = (): void => {
        stop();
        const left = this.#closed.then(() => Promise.reject(new ClientLeft()));
        Promise.race([wait, left]).then(() => resolve(), reject);
      };
      const onClose = (): void => fail(new ClientLeft());
      const onData = (chunk: Buffer): void => {
        this.#received += chunk.length;
        this.#onBytes(chunk.length);
        const consumed = consume(chunk);
        if (this.#received >= upTo) {
          stop();
          return resolve();
        }
        const waits = this.#limits.map((limit) => limit.take(chunk.length));
        if (consumed === undefined && waits.every((each) => each === undefined)) return;
        message.pause();
        wait = Promise.all([consumed, ...waits]);
        wait.then(() => message.resume(), fail);
      };
      message.on('data', onData).on('end', onEnd).on('close', onClose);
      message.resume();
    });
  }
}
