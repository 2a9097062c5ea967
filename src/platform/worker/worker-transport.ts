import { abortError, UploadError } from '../../errors.ts';
import type { ByteRoom, Clock, WorkerLoss } from '../../ports.ts';
import { toResponse } from '../xhr.ts';
import { WorkerLink, type WorkerPort } from './worker-link.ts';

/** How long a worker may take to start before the page sends in its stead, in milliseconds. */
const START_PATIENCE = 3000;
/** So many workers that die one after the other, with nothing done between, are enough. */
const MAX_DEATHS = 3;

export interface WorkerTransportOptions {
  /** Starts a worker; what it throws is a worker that cannot be had. */
  readonly start: () => WorkerPort;
  /** Where everything is done that no worker can do. */
  readonly page: ByteRoom;
  readonly clock: Clock;
  /** Called once, when it is clear that the page has to handle the bytes itself from now on. */
  readonly onFallback?: ((loss: WorkerLoss) => void) | undefined;
}

/**
 * Has the bytes of files read, hashed and sent by a worker, whose timers no browser throttles and which leaves the page
 * its time. Requests that carry none of them are sent by the page.
 *
 * The worker is started by the first request. Where none can be had, the page does its work; one that dies is replaced.
 */
export function createWorkerTransport(options: WorkerTransportOptions): ByteRoom {
  const { page } = options;
  const workers = new Workers(options);
  return {
    transport: {
      async send({ body, ...request }) {
        request.signal?.throwIfAborted();
        if (body === undefined || typeof body === 'string' || body instanceof FormData) {
          workers.prepare();
          return await page.transport.send({ ...request, body });
        }
        const link = await workers.whenReady(request.signal);
        if (link === undefined) return await page.transport.send({ ...request, body });
        return toResponse(await link.send(request, body));
      },
      release: (source) => workers.release(source),
      close: () => workers.close(),
    },
    hasher: {
      async digest(range, algorithms, signal) {
        for (;;) {
          signal?.throwIfAborted();
          const link = await workers.whenReady(signal);
          if (link === undefined) return await page.hasher.digest(range, algorithms, signal);
          try {
            return await link.digest(range, algorithms, signal);
          } catch (error) {
            // Another worker, or the page, does what one was at that died.
            if (link.isReady || !(error instanceof UploadError)) throw error;
          }
        }
      },
    },
  };
}

/** The one worker there is at a time. */
class Workers {
  readonly #options: WorkerTransportOptions;
  #link: WorkerLink | undefined;
  #deaths = 0;
  #isOver = false;

  constructor(options: WorkerTransportOptions) {
    this.#options = options;
  }

  /** Starts a worker where there is none. */
  prepare(): WorkerLink | undefined {
    if (this.#isOver) return undefined;
    this.#link ??= this.#start();
    return this.#link;
  }

  /** A worker that can be given work; nothing where the page has to do it. */
  async whenReady(signal: AbortSignal | undefined): Promise<WorkerLink | undefined> {
    const link = this.prepare();
    if (link !== undefined && !link.isReady) {
      await this.#untilStarted(link, signal);
      signal?.throwIfAborted();
    }
    return link?.isReady === true ? link : undefined;
  }

  release(source: Blob): void {
    if (this.#link?.isReady === true) this.#link.release(source);
  }

  close(): void {
    this.#isOver = true;
    this.#link?.close(abortError('The worker was closed.'));
    this.#link = undefined;
  }

  #start(): WorkerLink | undefined {
    try {
      return new WorkerLink({
        worker: this.#options.start(),
        clock: this.#options.clock,
        onLoss: (loss) => this.#lose(loss),
        onDone: () => {
          this.#deaths = 0;
        },
      });
    } catch {
      this.#lose('not-started');
      return undefined;
    }
  }

  #lose(loss: WorkerLoss): void {
    this.#link = undefined;
    this.#deaths += 1;
    if (loss === 'died' && this.#deaths < MAX_DEATHS) return;
    this.#isOver = true;
    this.#options.onFallback?.(loss);
  }

  async #untilStarted(link: WorkerLink, signal: AbortSignal | undefined): Promise<void> {
    let takeBack = (): void => undefined;
    const enough = new Promise<void>((resolve) => {
      takeBack = this.#options.clock.after(START_PATIENCE, resolve);
      signal?.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([link.started, enough]);
    takeBack();
  }
}
