import type { FromHost, FromWorker, ToHost, ToWorker } from '../host/messages.ts';
import { PROTOCOL } from '../host/messages.ts';
import type { Clock, WorkerLoss } from '../ports.ts';

/** How long a worker may take to start before the page works in its stead, in milliseconds. */
const START_PATIENCE = 30_000;
/** So many workers that die one after the other, with nothing confirmed between, are enough. */
const MAX_DEATHS = 3;
/** A worker that has work and says nothing is asked that often, in milliseconds. */
const PING_INTERVAL = 5000;
/** So often in a row without a word: it is dead. Counted, not timed: page and worker may sleep together. */
const SILENT_PINGS = 3;

/** What is needed of a worker. */
export type WorkerPort = Pick<Worker, 'addEventListener' | 'postMessage' | 'terminate'>;

/** What is needed of a host in the page. */
export interface HostPort {
  hear(message: ToHost): void;
}

export interface LineOptions {
  /** Starts a worker; what it throws is a worker that cannot be had. Absent, the page works itself. */
  readonly startWorker: (() => WorkerPort) | undefined;
  /** Loads a host into the page. Rejects when it cannot be had. */
  readonly loadHost: () => Promise<(tell: (message: FromHost) => void) => HostPort>;
  readonly clock: Clock;
  /** Tells a worker of the page, until what it returns is called. */
  readonly followPage: (tell: (news: ToWorker) => void) => () => void;
  /** Whether an answer is waited for. */
  readonly isBusy: () => boolean;
  /** There is somebody at the other end who knows of nothing yet. */
  readonly onBegin: () => void;
  readonly onMessage: (message: FromHost) => void;
  /** No worker is to be had: the page itself works from now on. */
  readonly onFallback: (loss: WorkerLoss) => void;
  /**
   * Waits when nobody could be had; rejects to give up. Gets how many failures have counted so far, and tells how many have
   * now.
   */
  readonly afterFailure: (failures: number) => Promise<number>;
  /** It was given up. */
  readonly onUnreachable: (error: unknown) => void;
}

/** Whoever is at the other end. */
interface Port {
  tell(message: ToWorker): void;
  close(): void;
}

/**
 * The line to the engine: in a worker, which no browser throttles and which leaves the page its time; in the page where
 * none is to be had. A worker that dies is replaced, and whoever comes anew is told all there is.
 */
export class Line {
  readonly #options: LineOptions;
  #startWorker: LineOptions['startWorker'];
  /** Why there is no worker. */
  #loss: WorkerLoss | undefined;
  /** Whom to tell; nobody while the host is loaded. */
  #port: Port | undefined;
  /** A host is being loaded, or waited for. */
  #isLoading = false;
  #isReady = false;
  #isClosed = false;
  #deaths = 0;
  #failures = 0;
  #silentPings = 0;
  #takePingBack: (() => void) | undefined;

  constructor(options: LineOptions) {
    this.#options = options;
    this.#startWorker = options.startWorker;
  }

  /** Calls somebody, unless there is one. */
  open(): void {
    if (this.#isClosed || this.#port !== undefined || this.#isLoading) return;
    if (this.#startWorker === undefined) void this.#load();
    else this.#start(this.#startWorker);
  }

  tell(message: ToHost): void {
    this.#port?.tell(message);
    this.#watch();
  }

  /** Tells whoever is there now, and nobody who comes after. */
  toWhoIsThere(): (message: ToHost) => void {
    const port = this.#port;
    return (message) => {
      if (this.#port === port) this.tell(message);
    };
  }

  /** Whether anybody would hear. */
  get isOpen(): boolean {
    return this.#port !== undefined;
  }

  close(): void {
    this.#isClosed = true;
    this.#hangUp();
  }

  #start(startWorker: () => WorkerPort): void {
    let worker: WorkerPort;
    try {
      worker = startWorker();
    } catch {
      return this.#lose('not-started');
    }
    const tell = (message: ToWorker): void => worker.postMessage(message);
    const leavePage = this.#options.followPage(tell);
    const takePatienceBack = this.#options.clock.after(START_PATIENCE, () => {
      if (this.#port === port && !this.#isReady) this.#lose('not-started');
    });
    const port = {
      tell,
      close() {
        takePatienceBack();
        leavePage();
        worker.terminate();
      },
    };
    const onLoss = (): void => {
      if (this.#port === port) this.#lose(this.#isReady ? 'died' : 'not-started');
    };
    worker.addEventListener('message', ({ data }: MessageEvent<readonly FromWorker[]>) => {
      // One of another release may say things another way.
      for (const message of [data].flat()) {
        // A listener of the page may have ended it in between.
        if (this.#port !== port) return;
        if (message.type === 'ready') takePatienceBack();
        this.#hear(message);
      }
    });
    worker.addEventListener('messageerror', onLoss);
    worker.addEventListener('error', (event) => {
      // Who cannot start is told of by an event of ours; a fault of one that had started is to be seen.
      if (!this.#isReady) event.preventDefault();
      onLoss();
    });
    this.#begin(port);
  }

  async #load(): Promise<void> {
    this.#isLoading = true;
    try {
      const createHost = await this.#options.loadHost();
      this.#isLoading = false;
      this.#failures = 0;
      if (this.#isClosed) return;
      if (this.#loss !== undefined) this.#options.onFallback(this.#loss);
      // As between threads: nobody is told within a call of theirs.
      const host = createHost((message) => queueMicrotask(() => this.#hear(message)));
      const tell = (message: ToHost): void => queueMicrotask(() => host.hear(message));
      // Only workers are told more than a host is.
      this.#begin({ tell: (message) => tell(message as ToHost), close: () => undefined });
    } catch (error) {
      await this.#tryAgain(error);
    }
  }

  // The network may be away just now: both are asked for again, as some browsers ask for no module twice.
  async #tryAgain(error: unknown): Promise<void> {
    try {
      this.#failures = await this.#options.afterFailure(this.#failures);
      this.#isLoading = false;
    } catch {
      this.#failures = 0;
      this.#isLoading = false;
      return this.#options.onUnreachable(error);
    }
    if (this.#loss === 'not-started') this.#startWorker = this.#options.startWorker;
    this.open();
  }

  #begin(port: Port): void {
    this.#port = port;
    this.#options.onBegin();
  }

  #hear(message: FromWorker): void {
    this.#silentPings = 0;
    if (message.type === 'pong') return;
    if (message.type === 'blocked') return this.#lose('blocked');
    if (message.type === 'ready') {
      this.#isReady = message.protocol === PROTOCOL;
      if (!this.#isReady) this.#lose('not-started');
      return;
    }
    if (message.type === 'event' && isProgress(message)) this.#deaths = 0;
    this.#options.onMessage(message);
  }

  // A worker that dies says nothing: some browsers fire no event even when it runs out of memory.
  #watch(): void {
    if (this.#startWorker === undefined) return;
    this.#takePingBack ??= this.#options.clock.after(PING_INTERVAL, () => {
      this.#takePingBack = undefined;
      if (!this.#options.isBusy()) return;
      if (this.#silentPings >= SILENT_PINGS) return this.#lose('died');
      if (this.#isReady) {
        this.#silentPings += 1;
        this.#port?.tell({ type: 'ping' });
      }
      this.#watch();
    });
  }

  #lose(loss: WorkerLoss): void {
    this.#hangUp();
    this.#deaths += 1;
    if (loss !== 'died' || this.#deaths >= MAX_DEATHS) {
      this.#startWorker = undefined;
      this.#loss = loss;
    }
    this.open();
  }

  #hangUp(): void {
    this.#takePingBack?.();
    this.#takePingBack = undefined;
    this.#silentPings = 0;
    this.#isReady = false;
    this.#port?.close();
    this.#port = undefined;
  }
}

/** Whether something was done that need not be done again. */
function isProgress({ event, snapshot }: Extract<FromHost, { readonly type: 'event' }>): boolean {
  return event.type === 'part-confirmed' || snapshot.status === 'done';
}
