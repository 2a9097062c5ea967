import pRetry from 'p-retry';
import { type Operation, UploadError } from '../errors.ts';
import type { UploadEvent } from '../events.ts';
import type { Recovery } from '../oss/error-codes/entry.ts';
import type { SendOptions } from '../oss/operations.ts';
import type { Clock } from '../ports.ts';
import { sleep } from '../waiting.ts';
import { type RetrySettings, waitAfter } from './backoff.ts';
import type { Network } from './network.ts';
import { MAX_ASKED_AGAIN, MAX_REPAIRS, mayBeTooLarge, recoveryFor } from './recovery.ts';
import type { Route, Verdict, Way } from './route.ts';
import type { Scheduler } from './scheduler.ts';
import type { Traffic } from './traffic.ts';
import { underWatch, type WatchdogSettings } from './watchdog.ts';

/** So often a request may fail to get a connection, five minutes each by default, before something else is wrong. */
const MAX_QUEUE_TIMEOUTS = 12;
/** So many attempts without any readable answer, while the server can be reached, are the fault of CORS. */
const UNREADABLE_ATTEMPTS = 3;

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
  const attempts = new Attempts(deps, task);
  task.signal.throwIfAborted();
  return await pRetry(() => attempts.run(), {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: 0,
    // p-retry asks here first, for every failure: throwing gives up, returning tries again.
    onFailedAttempt: async ({ error }) => await attempts.afterFailure(error),
  });
}

class Attempts<Result> {
  readonly #deps: RequestDependencies;
  readonly #task: Request<Result>;
  #failures = 0;
  #unreadable = 0;
  #timeouts = 0;
  #queueTimeouts = 0;
  /** How often the link broke under the body. */
  #breaks = 0;
  /** Of the attempt under way, or the last. */
  #round = 0;
  /** Absent where the bucket has one endpoint. */
  #way: Way | undefined;
  #hasSent = false;
  /** Whether the machine or the tab has slept during the last attempt. */
  #hasSlept = false;
  readonly #repairs = new Map<Recovery, number>();
  #confirmations: number;

  constructor(deps: RequestDependencies, task: Request<Result>) {
    this.#deps = deps;
    this.#task = task;
    this.#confirmations = task.confirmations();
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
    this.#round = round;
    this.#way = way;
    this.#hasSent = false;
    this.#hasSlept = false;
    const { endpoint } = way ?? {};
    const watched = {
      ...this.#task,
      size,
      endpoint,
      lost: way?.lost,
      timeouts: this.#timeouts,
      onSent: (bytes: number) => {
        this.#hasSent = true;
        this.#task.onSent?.(bytes);
      },
      onSlept: () => {
        this.#hasSlept = true;
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

  /** Resolves when it is time to try again. */
  async afterFailure(error: unknown): Promise<void> {
    const { scheduler } = this.#deps;
    const { signal } = this.#task;
    signal.throwIfAborted();
    const recovery = recoveryFor(error);
    if (!(error instanceof UploadError) || !isRequestRepair(recovery)) throw error;
    if (recovery !== 'retry' && recovery !== 'slow-down') return this.#repair(recovery, error);

    const verdict = await this.#settle(error);
    // What a sleep broke says nothing of the link or of the server.
    if (verdict === 'moved' || this.#hasSlept) return;
    const wasAway = verdict === 'was-away';
    this.#countBreak(error, wasAway);
    if (wasAway) return;
    if (error.code === 'SocketQueueTimeout') return this.#queueAgain(error);
    if (error.kind === 'timeout') this.#timeouts += 1;
    if (recovery === 'slow-down') scheduler.slowDown(this.#round);
    await this.#spend(error);
  }

  /** Whether there was no network, or nobody at this endpoint; resolves when it makes sense to go on. */
  async #settle(error: UploadError): Promise<Verdict> {
    const { network, route } = this.#deps;
    const { signal } = this.#task;
    if (error.kind !== 'network' && error.kind !== 'timeout') return 'reachable';
    if (this.#way !== undefined && route !== undefined)
      return await route.settle(error, this.#way, signal);
    return error.code === 'ConnectionStalled' ? 'reachable' : await network.settle(error, signal);
  }

  // A link that goes away each time under a body counts, too, or it would be tried with that body for ever.
  #countBreak(error: UploadError, wasAway: boolean): void {
    if (!mayBeTooLarge(error) || (wasAway && !this.#hasSent)) return;
    this.#breaks += 1;
    if (this.#task.mustSplit?.(this.#breaks) === true) throw new BodyTooLarge(error);
  }

  // Other tabs may hold all sockets for long: that is no failure, but nobody waits for ever without being told.
  #queueAgain(error: UploadError): void {
    this.#queueTimeouts += 1;
    if (this.#queueTimeouts >= MAX_QUEUE_TIMEOUTS) throw error;
  }

  /** What can be set right at once is, and the request is signed anew; each of these has a bound of its own. */
  #repair(recovery: SigningRepair, error: UploadError): void {
    const { client } = this.#deps;
    const { emit } = this.#task;
    // The app's server has its own clock and keys: whatever is wrong with a signature, it is asked for another.
    const isAsked = client.asksApp && recovery !== 'switch-endpoint';
    const repair = isAsked ? 'renew-credentials' : recovery;
    const times = (this.#repairs.get(repair) ?? 0) + 1;
    this.#repairs.set(repair, times);
    if (times > (isAsked ? MAX_ASKED_AGAIN : MAX_REPAIRS[repair])) throw error;
    switch (repair) {
      case 'sign-again':
        return;
      case 'renew-credentials':
        client.refuseSignatureOf(error);
        return emit({ type: 'credentials-refused', error });
      case 'resync-clock':
        if (!client.learnTimeFrom(error)) throw error;
        return emit({ type: 'clock-corrected', error });
      case 'switch-endpoint': {
        const followed = client.followTo(error);
        if (followed === undefined) throw error;
        if (!followed.isNews) return;
        const { from, base } = followed;
        emit({ type: 'endpoint-switched', from, endpoint: base, error });
        return;
      }
    }
  }

  async #spend(error: UploadError): Promise<void> {
    const { clock, network, retry } = this.#deps;
    const { operation, partNumber, signal, confirmations, emit } = this.#task;
    const confirmed = confirmations();
    if (confirmed !== this.#confirmations) this.#failures = 0;
    this.#confirmations = confirmed;
    this.#failures += 1;
    if (error.kind === 'network' && !network.hasAnswered) {
      this.#unreadable += 1;
      if (this.#unreadable >= UNREADABLE_ATTEMPTS) throw unreadable(error);
    }
    if (this.#failures >= retry.limit) throw error;
    const isOwnFault = error.code === 'ConnectionStalled';
    const delay = isOwnFault ? 0 : waitAfter(this.#failures, error, retry);
    emit({ type: 'retry', operation, partNumber, failures: this.#failures, delay, error });
    await sleep(clock, delay, signal);
  }
}

type SigningRepair = 'sign-again' | 'resync-clock' | 'renew-credentials' | 'switch-endpoint';

function isRequestRepair(recovery: Recovery): recovery is SigningRepair | 'retry' | 'slow-down' {
  return !['look', 'reopen', 'restart', 'needs-file', 'fail'].includes(recovery);
}

function unreadable(error: UploadError): UploadError {
  return new UploadError('network', 'The server answers, but this page may not read its answers.', {
    operation: error.operation,
    partNumber: error.partNumber,
    code: 'AnswersUnreadable',
    advice:
      "Most often the bucket has no CORS rule for this page's origin, methods and headers; else look for an ad-blocker, and for a connect-src in the page's Content-Security-Policy that leaves out the endpoint.",
    cause: error,
  });
}
