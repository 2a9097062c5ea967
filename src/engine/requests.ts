import type { RetrySettings } from '../backoff.ts';
import { type Operation, UploadError, type UploadErrorKind } from '../errors.ts';
import type { UploadEvent } from '../events.ts';
import type { FindNamed, SendOptions } from '../oss/operations.ts';
import type { Clock } from '../ports.ts';
import { race } from '../waiting.ts';
import type { Trouble } from './context.ts';
import type { Network } from './network.ts';
import type { Route, Way } from './route.ts';
import type { Scheduler } from './scheduler.ts';
import type { Traffic } from './traffic.ts';
import { underWatch, type WatchdogSettings } from './watchdog.ts';

/** Who signs the requests, as far as it can set right what was wrong with a signature. */
export interface SigningClient {
  /** Whether all that can be done is to ask the app for another signature. */
  readonly asksApp: boolean;
  /** What this error's request was signed with is not used again. */
  refuseSignatureOf(error: UploadError): void;
  /** Takes the server's time from an answer that complains of ours. Tells whether the answer named it. */
  learnTimeFrom(error: UploadError): boolean;
  /** Goes on at the endpoint that an answer named, once. Returns nothing when that must not be. */
  followTo(
    error: UploadError,
    findNamed: FindNamed,
  ): { readonly from: string; readonly base: string; readonly isNews: boolean } | undefined;
}

export interface RequestDependencies {
  readonly client: SigningClient;
  readonly clock: Clock;
  readonly network: Network;
  /** Where attempts go, where the bucket has several endpoints. */
  readonly route?: Route | undefined;
  readonly scheduler: Scheduler;
  readonly traffic: Traffic;
  readonly watchdog: WatchdogSettings;
  readonly retry: RetrySettings;
  /** Loads what deals with failures. */
  readonly trouble: () => Promise<Pick<Trouble, 'tryAgain'>>;
}

/** One request as long as it takes: what it is, what ends it, and whom it tells. */
export interface Request<Result> {
  readonly operation: Operation;
  readonly partNumber?: number;
  /** Bytes of its body. */
  readonly size?: number;
  /** Bytes of the file that it is of. */
  readonly fileSize: number;
  /** Ends the waiting between attempts, and, but for `uncut` requests, the attempt. */
  readonly signal: AbortSignal;
  /** Once sent, its attempts are not cut off: their answer is awaited whatever happens. */
  readonly isUncut?: boolean;
  /** Whether an attempt may be given up early, when others get through and it does not. */
  readonly isRepeatable?: boolean;
  /** Asked when the link broke so often under its body: whether smaller ones are to be sent in its place. */
  readonly mustSplit?: (breaks: number) => boolean;
  readonly onSent?: (bytes: number) => void;
  /** How many parts of this upload have been confirmed so far: more of them refill the budget. */
  readonly confirmations: () => number;
  readonly emit: (event: UploadEvent) => void;
  readonly send: (options: SendOptions) => Promise<Result>;
}

/** What is not the network's or the server's to mend, but the app's or the user's. */
const FINAL: readonly UploadErrorKind[] = ['credentials', 'source'];

/** The link does not bear a body of this size; `cause` is its last failure. */
export class BodyTooLarge extends Error {
  override readonly cause: UploadError;

  constructor(cause: UploadError) {
    super('The link does not bear a body of this size.');
    this.cause = cause;
  }
}

/**
 * Sends a request until it succeeds, or until `recovery.ts` says that repeating it is no use, or until its budget
 * is spent. Rejects with the last error, with the signal's reason, or with `BodyTooLarge` if the task wishes it.
 */
export async function request<Result>(
  deps: RequestDependencies,
  task: Request<Result>,
): Promise<Result> {
  const { signal } = task;
  signal.throwIfAborted();
  const attempts = new Attempts(deps, task);
  try {
    return await attempts.run();
  } catch (error) {
    signal.throwIfAborted();
    const { tryAgain } = await troubleAfter(error, deps.trouble, signal);
    return await tryAgain(deps, task, attempts, error);
  }
}

/** Looks at the server before a request is sent again: that is waited for, and cut off, as a look and not as that request. */
export async function lookFirst<Found>(
  { watchdog }: Pick<RequestDependencies, 'watchdog'>,
  options: SendOptions,
  look: (options: SendOptions) => Promise<Found>,
): Promise<Found> {
  const { signal } = options;
  const watched = { operation: 'HeadObject', size: 0, timeouts: 0, signal } as const;
  return await underWatch(watchdog, watched, (own) => look({ ...options, ...own }));
}

/**
 * Loads what deals with a failure.
 *
 * @throws the failure itself, if nothing mends it, as it is a fault of ours, of the app or of the file; an `UploadError` that
 * tells of both where nothing can be loaded.
 */
export async function troubleAfter<Loaded>(
  failure: unknown,
  load: () => Promise<Loaded>,
  signal: AbortSignal,
): Promise<Loaded> {
  if (!(failure instanceof UploadError) || FINAL.includes(failure.kind)) throw failure;
  try {
    return await race(load(), signal);
  } catch (error) {
    signal.throwIfAborted();
    const cause = new AggregateError([failure, error], 'Two things went wrong.');
    throw new UploadError('credentials', 'What mends a failure could not be loaded.', {
      operation: failure.operation,
      partNumber: failure.partNumber,
      code: 'LibraryUnavailable',
      advice: 'See that all files of the library are served. `cause` has both errors.',
      cause,
    });
  }
}

/** The attempts of one request, and what is known of the last one. */
export class Attempts<Result> {
  readonly #deps: RequestDependencies;
  readonly #task: Request<Result>;
  /** How often it ran out of time. */
  timeouts = 0;
  /** How often it was given up early, as others got through. */
  stalls = 0;
  /** Of the scheduler. */
  round = 0;
  /** Absent where the bucket has one endpoint. */
  way: Way | undefined;
  hasSent = false;
  /** Whether the machine or the tab has slept meanwhile. */
  hasSlept = false;

  constructor(deps: RequestDependencies, task: Request<Result>) {
    this.#deps = deps;
    this.#task = task;
  }

  async run(): Promise<Result> {
    const { network, scheduler } = this.#deps;
    const { size = 0, signal } = this.#task;
    await network.whenThere(signal);
    if (size === 0) return await this.#attempt();
    const leave = await scheduler.enterBody(signal);
    try {
      const result = await this.#attempt();
      scheduler.speedUp();
      return result;
    } finally {
      leave();
    }
  }

  async #attempt(): Promise<Result> {
    const { route, scheduler, watchdog } = this.#deps;
    const { fileSize, size = 0, signal, send } = this.#task;
    const way = await route?.take(size > 0);
    const { round } = scheduler;
    this.round = round;
    this.way = way;
    this.hasSent = false;
    this.hasSlept = false;
    const { endpoint } = way ?? {};
    const watched = {
      ...this.#task,
      size,
      endpoint,
      lost: way?.lost,
      timeouts: this.timeouts,
      stalls: this.stalls,
      onSent: (bytes: number) => {
        this.hasSent = true;
        this.#task.onSent?.(bytes);
      },
      onSlept: () => {
        this.hasSlept = true;
      },
    };
    const onThrottled = (): void => scheduler.slowDown(round);
    try {
      signal.throwIfAborted();
      const result = await underWatch(watchdog, watched, (options) =>
        send({ ...options, endpoint, fileSize, onThrottled }),
      );
      way?.answered();
      return result;
    } finally {
      way?.leave();
    }
  }
}
