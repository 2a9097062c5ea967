import { UploadError } from '../errors.ts';
import type { Clock, Connectivity } from '../ports.ts';
import { race, sleep } from '../waiting.ts';

/** How long it is waited before the page is told why, in milliseconds. */
const PATIENCE = 30_000;
const FIRST_WAIT = 1000;
/** An answer that comes within so many milliseconds comes over a link that is well. */
const AT_ONCE = 1000;
const LONGEST_WAIT = 30_000;

export interface NetworkDependencies {
  readonly clock: Clock;
  readonly connectivity: Connectivity;
  /** What is probed: the bucket's own address. */
  readonly url: string;
  /** How long a probe may take, in milliseconds. */
  readonly probeTimeout: number;
}

export interface NetworkListener {
  /** The network went away or came back. */
  onChange(): void;
  /** It has been away for a while. */
  onLongWait(cause: UploadError): void;
}

/**
 * Whether the server can be reached at all. A dead network and a missing CORS rule look alike to a page; a probe
 * that need not be readable tells them apart. Being offline is no failure: requests wait, for as long as the page
 * lives.
 */
export class Network {
  readonly #deps: NetworkDependencies;
  readonly #listeners = new Set<NetworkListener>();
  #search: AbortController | undefined;
  #check: Promise<'reachable' | 'was-away'> | undefined;
  #comeBack: (() => void) | undefined;
  #hasAnswered = false;
  #asking: Promise<boolean> | undefined;

  constructor(dependencies: NetworkDependencies) {
    this.#deps = dependencies;
  }

  /** Whether it is waited for the network just now. */
  get isAway(): boolean {
    return this.#comeBack !== undefined;
  }

  /** Whether any request was ever answered readably. Until then, CORS is the likeliest fault. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  subscribe(listener: NetworkListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A readable answer came: whatever else is thought of the network, it is there. */
  noteAnswer(): void {
    this.#hasAnswered = true;
    this.#comeBack?.();
  }

  /**
   * Called after a request without an answer. Resolves at once with `reachable` when the server can be reached,
   * else when the network is back. One probe serves all who wait.
   */
  async settle(cause: UploadError, signal: AbortSignal): Promise<'reachable' | 'was-away'> {
    this.#check ??= this.#run(cause).finally(() => {
      this.#check = undefined;
    });
    return await race(this.#check, signal);
  }

  /** Resolves when it is not waited for the network. */
  async whenThere(signal: AbortSignal): Promise<void> {
    while (this.isAway && this.#check !== undefined) await race(this.#check, signal);
  }

  /** Whether a probe is answered at once. */
  async answersAtOnce(): Promise<boolean> {
    this.#asking ??= this.#probe(AT_ONCE).finally(() => {
      this.#asking = undefined;
    });
    return await this.#asking;
  }

  close(): void {
    this.#search?.abort();
  }

  async #run(cause: UploadError): Promise<'reachable' | 'was-away'> {
    const { clock } = this.#deps;
    const search = new AbortController();
    this.#search = search;
    // A timer's turn, so that those who fail with us have let go of their sockets: the probe needs one.
    await sleep(clock, 0, search.signal);
    if (await this.#probe()) return 'reachable';
    const isBack = new Promise<void>((resolve) => {
      this.#comeBack = resolve;
    });
    this.#announce();
    const cancelNotice = clock.after(PATIENCE, () => {
      const error = longWait(cause, this.#hasAnswered);
      for (const listener of this.#listeners) listener.onLongWait(error);
    });
    try {
      await Promise.race([isBack, this.#probeUntilThere(search.signal)]);
    } finally {
      search.abort();
      cancelNotice();
      this.#comeBack = undefined;
      this.#announce();
    }
    return 'was-away';
  }

  async #probeUntilThere(signal: AbortSignal): Promise<void> {
    for (let wait = FIRST_WAIT; ; wait = Math.min(LONGEST_WAIT, wait * 2)) {
      await this.#sleepUntilOnline(wait, signal);
      if (await this.#probe()) return;
    }
  }

  // The system's word that a network is there is worth a probe at once, and no more.
  async #sleepUntilOnline(wait: number, signal: AbortSignal): Promise<void> {
    const { clock, connectivity } = this.#deps;
    const awake = new AbortController();
    const unsubscribe = connectivity.onOnline(() => awake.abort());
    try {
      await race(sleep(clock, wait, signal), awake.signal);
    } catch {
      signal.throwIfAborted();
    } finally {
      unsubscribe();
    }
  }

  async #probe(timeout: number = this.#deps.probeTimeout): Promise<boolean> {
    const { clock, connectivity, url } = this.#deps;
    const controller = new AbortController();
    const takeBack = clock.after(timeout, () => controller.abort());
    try {
      return await connectivity.probe(url, controller.signal);
    } finally {
      takeBack();
    }
  }

  #announce(): void {
    for (const listener of this.#listeners) listener.onChange();
  }
}

function longWait(cause: UploadError, hasAnswered: boolean): UploadError {
  const suspects = hasAnswered
    ? ''
    : " If this machine is online, look at the endpoint's name, at the Content-Security-Policy of the page and at ad-blockers.";
  return new UploadError('network', 'The server has not been reachable for 30 s.', {
    operation: cause.operation,
    partNumber: cause.partNumber,
    advice: `The upload goes on by itself as soon as the network is back. Nothing is lost meanwhile.${suspects}`,
    cause,
  });
}
