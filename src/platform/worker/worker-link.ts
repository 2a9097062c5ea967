import { unreadableFile } from '../../errors.ts';
import type {
  ByteRange,
  Clock,
  Digests,
  HashAlgorithm,
  TransportRequest,
  WorkerLoss,
} from '../../ports.ts';
import { type Answer, noAnswer } from '../xhr.ts';
import { type FromWorker, PROTOCOL, type SourceRange, type ToWorker } from './messages.ts';

/** A worker that has work and says nothing is asked that often, in milliseconds. */
const PING_INTERVAL = 5000;
/** So often in a row without a word: it is dead. Counted, not timed: page and worker may sleep together. */
const SILENT_PINGS = 3;

/** What is needed of a worker. */
export type WorkerPort = Pick<Worker, 'addEventListener' | 'postMessage' | 'terminate'>;

export interface WorkerLinkOptions {
  readonly worker: WorkerPort;
  readonly clock: Clock;
  /** Called once, before the jobs reject. */
  readonly onLoss: (loss: WorkerLoss) => void;
  /** Called when a job has been done. */
  readonly onDone: () => void;
}

interface Job {
  readonly onSent: TransportRequest['onSent'];
  resolve(result: Answer | Digests): void;
  reject(reason: unknown): void;
}

/** One worker, and the jobs that it has been given. */
export class WorkerLink {
  /** Resolves when the worker is there, or lost. */
  readonly started: Promise<void>;
  readonly #options: WorkerLinkOptions;
  readonly #jobs = new Map<number, Job>();
  readonly #sources = new WeakMap<Blob, number>();
  #lastId = 0;
  #state: 'starting' | 'ready' | 'ended' = 'starting';
  #silentPings = 0;
  #takePingBack: (() => void) | undefined;
  #tellStarted = (): void => undefined;

  constructor(options: WorkerLinkOptions) {
    const { worker } = options;
    this.#options = options;
    this.started = new Promise((resolve) => {
      this.#tellStarted = resolve;
    });
    worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => this.#hear(data));
    worker.addEventListener('messageerror', () => this.#lose());
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.#lose();
    });
  }

  get isReady(): boolean {
    return this.#state === 'ready';
  }

  async send(request: Omit<TransportRequest, 'body'>, range: ByteRange): Promise<Answer> {
    const { method, url, headers, signing, signal, onSent } = request;
    const isWatched = onSent !== undefined;
    return await this.#run<Answer>({ signal, onSent }, (id) => {
      const order = { method, url, headers, signing, range: this.#rangeOf(range), isWatched };
      return { type: 'send', id, ...order };
    });
  }

  async digest(
    range: ByteRange,
    algorithms: readonly HashAlgorithm[],
    signal: AbortSignal | undefined,
  ): Promise<Digests> {
    return await this.#run<Digests>({ signal }, (id) => {
      return { type: 'digest', id, range: this.#rangeOf(range), algorithms };
    });
  }

  /** Lets go of a file. What is being sent of it goes on. */
  release(blob: Blob): void {
    const source = this.#sources.get(blob);
    if (source === undefined) return;
    this.#sources.delete(blob);
    this.#tell({ type: 'release', source });
  }

  /** Ends the worker; jobs reject with the reason. */
  close(reason: unknown): void {
    this.#state = 'ended';
    this.#takePingBack?.();
    this.#options.worker.terminate();
    this.#tellStarted();
    for (const job of this.#jobs.values()) job.reject(reason);
    this.#jobs.clear();
  }

  #run<Result extends Answer | Digests>(
    { signal, onSent }: Pick<TransportRequest, 'signal' | 'onSent'>,
    orderFor: (id: number) => ToWorker,
  ): Promise<Result> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise<Result>((resolve, reject) => {
      const onAbort = (): void => {
        this.#jobs.delete(id);
        this.#tell({ type: 'abort', id });
        reject(signal?.reason);
      };
      const forget = (): void => {
        this.#jobs.delete(id);
        signal?.removeEventListener('abort', onAbort);
      };
      this.#jobs.set(id, {
        onSent,
        resolve(result) {
          forget();
          // The answer to an order is of the order's kind.
          resolve(result as Result);
        },
        reject(reason) {
          forget();
          reject(reason);
        },
      });
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#tell(orderFor(id));
      this.#watch();
    });
  }

  #rangeOf({ source: blob, ...range }: ByteRange): SourceRange {
    let source = this.#sources.get(blob);
    if (source === undefined) {
      this.#lastId += 1;
      source = this.#lastId;
      this.#sources.set(blob, source);
      this.#tell({ type: 'source', source, blob });
    }
    return { ...range, source };
  }

  #tell(message: ToWorker): void {
    this.#options.worker.postMessage(message);
  }

  #hear(message: FromWorker): void {
    this.#silentPings = 0;
    switch (message.type) {
      case 'ready':
        if (message.protocol !== PROTOCOL) return this.#lose();
        this.#state = 'ready';
        return this.#tellStarted();
      case 'pong':
        return;
      case 'sent':
        for (const [id, bytes] of message.bytes) this.#jobs.get(id)?.onSent?.(bytes);
        return;
      case 'done':
        this.#options.onDone();
        return this.#jobs.get(message.id)?.resolve(message.result);
      case 'failed':
        return this.#jobs.get(message.id)?.reject(errorOf(message));
      case 'blocked':
        return this.#lose('blocked');
    }
  }

  // A worker that dies says nothing: some browsers fire no event even when it runs out of memory.
  #watch(): void {
    this.#takePingBack ??= this.#options.clock.after(PING_INTERVAL, () => {
      this.#takePingBack = undefined;
      if (this.#jobs.size === 0 || this.#state === 'ended') return;
      if (this.#silentPings >= SILENT_PINGS) return this.#lose();
      this.#silentPings += 1;
      this.#tell({ type: 'ping' });
      this.#watch();
    });
  }

  #lose(loss: WorkerLoss = this.isReady ? 'died' : 'not-started'): void {
    if (this.#state === 'ended') return;
    this.#options.onLoss(loss);
    this.close(noAnswer());
  }
}

function errorOf({ kind, cause }: Extract<FromWorker, { readonly type: 'failed' }>): unknown {
  if (kind === 'source') return unreadableFile(cause);
  return kind === 'network' ? noAnswer(cause) : cause;
}
