import type { IncomingMessage } from 'node:http';
import { Bandwidth } from './bandwidth.ts';
import { OssError } from './errors.ts';

/** The client went away before its body was complete. There is nobody to answer. */
export class ClientLeft extends Error {
  override readonly name = 'ClientLeft';
}

/** Receives a chunk as it came from the socket; reading goes on when the returned promise resolves, and ends on a throw. */
export type ChunkConsumer = (chunk: Buffer) => void | Promise<void>;

/** What a body needs to know of its surroundings. */
export interface BodyOptions {
  /** Limits that this body shares with others. */
  readonly shared: readonly Bandwidth[];
  /** Resolves when the exchange is over, for whatever reason. */
  readonly closed: Promise<void>;
  /** Told of every chunk that is read. */
  readonly onBytes: (count: number) => void;
  /** Told when no more will be read. */
  readonly onEnd: () => void;
  /** Milliseconds without a byte after which a body is given up; undefined: never. */
  readonly idleTimeout: number | undefined;
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
  readonly #onEnd: () => void;
  readonly #idleTimeout: number | undefined;
  #received = 0;
  #isCorrupt = false;
  #hold = 0;
  /** Fails the reading that goes on, or the next one. */
  #breakOff: (error: Error) => void = (error) => {
    this.#broken = error;
  };
  #broken: Error | undefined;

  constructor(message: IncomingMessage, options: BodyOptions) {
    const { shared, closed, onBytes, onEnd, idleTimeout } = options;
    const length = message.headers['content-length'];
    this.length = length === undefined ? undefined : Number(length);
    this.#message = message;
    this.#limits = [...shared];
    this.#onEnd = onEnd;
    this.#idleTimeout = idleTimeout;
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

  /** Changes the first byte, as a bad network would. */
  corrupt(): void {
    this.#isCorrupt = true;
  }

  /** Lets the body end so much later, in milliseconds, whether its client is still there or not. */
  holdBack(milliseconds: number): void {
    this.#hold = milliseconds;
  }

  /** Fails the reading of the body: no more of it will come. */
  breakOff(error: Error): void {
    this.#breakOff(error);
  }

  /** Reads to the end. Rejects with ClientLeft when the end does not come, RequestTimeout when it takes too long. */
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
    if (message.destroyed) return Promise.reject(this.#broken ?? new ClientLeft());
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const stop = (): void => {
        clearTimeout(timer);
        message.pause();
        message.off('data', onData).off('end', onEnd).off('close', onClose);
      };
      const fail = (error: unknown): void => {
        stop();
        reject(error);
      };
      this.#breakOff = (error) => {
        this.#broken = error;
        fail(error);
      };
      if (this.#idleTimeout !== undefined)
        timer = setTimeout(() => {
          if (message.isPaused()) timer?.refresh();
          else fail(new OssError('RequestTimeout'));
        }, this.#idleTimeout);
      let wait: Promise<unknown> = Promise.resolve();
      // A stream ends as soon as its last chunk is out, paused or not; that chunk may still have to wait.
      const onEnd = (): void => {
        stop();
        this.#onEnd();
        this.#atLast(wait).then(() => resolve(), reject);
      };
      const onClose = (): void => fail(new ClientLeft());
      const onData = (chunk: Buffer): void => {
        timer?.refresh();
        if (this.#isCorrupt) corruptFirstByte(chunk, this.#received);
        this.#received += chunk.length;
        this.#onBytes(chunk.length);
        // The connection may have broken under it.
        if (this.#broken !== undefined) return;
        let consumed: void | Promise<void>;
        try {
          consumed = consume(chunk);
        } catch (error) {
          return fail(error);
        }
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

  /** Once the last chunk has had its time. Rejects when the client leaves before, unless the end is held back anyway. */
  async #atLast(wait: Promise<unknown>): Promise<void> {
    if (this.#hold === 0) {
      const left = this.#closed.then(() => Promise.reject(new ClientLeft()));
      await Promise.race([wait, left]);
      return;
    }
    await wait;
    await this.#late();
  }

  /** Rejects when the body is broken off meanwhile. */
  #late(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, this.#hold);
      this.#breakOff = (error) => {
        clearTimeout(timer);
        reject(error);
      };
    });
  }
}

function corruptFirstByte(chunk: Buffer, offset: number): void {
  if (offset === 0 && chunk.length > 0) chunk.writeUInt8(chunk.readUInt8(0) ^ 0xff, 0);
}
