import pRetry from 'p-retry';
import { waitAfter } from '../backoff.ts';
import { UploadError } from '../errors.ts';
import type { Recovery } from '../oss/error-codes/entry.ts';
import { switchedEndpoint } from '../oss/switched-endpoint.ts';
import { sleep } from '../waiting.ts';
import { MAX_ASKED_AGAIN, MAX_REPAIRS, mayBeTooLarge, recoveryFor } from './recovery.ts';
import { type Attempts, BodyTooLarge, type Request, type RequestDependencies } from './requests.ts';
import type { Verdict } from './route.ts';

/** So often a request may fail to get a connection, five minutes each by default, before something else is wrong. */
const MAX_QUEUE_TIMEOUTS = 12;
/** So many attempts without any readable answer, while the server can be reached, are the fault of CORS. */
const UNREADABLE_ATTEMPTS = 3;

/** Goes on with a request whose first attempt has failed, for as long as there is hope. */
export async function tryAgain<Result>(
  deps: RequestDependencies,
  task: Request<Result>,
  attempts: Attempts<Result>,
  first: unknown,
): Promise<Result> {
  const failures = new Failures(deps, task, attempts);
  return await pRetry((number) => (number === 1 ? Promise.reject(first) : attempts.run()), {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: 0,
    // p-retry asks here first, for every failure: throwing gives up, returning tries again.
    onFailedAttempt: async ({ error }) => await failures.deal(error),
  });
}

/** What has gone wrong with one request so far. */
class Failures<Result> {
  readonly #deps: RequestDependencies;
  readonly #task: Request<Result>;
  readonly #attempts: Attempts<Result>;
  /** Those in a row that its budget has paid for. */
  #count = 0;
  #unreadable = 0;
  #queueTimeouts = 0;
  /** How often the link broke under the body. */
  #breaks = 0;
  readonly #repairs = new Map<Recovery, number>();
  #confirmations = 0;

  constructor(deps: RequestDependencies, task: Request<Result>, attempts: Attempts<Result>) {
    this.#deps = deps;
    this.#task = task;
    this.#attempts = attempts;
  }

  /** Resolves when it is time to try again. */
  async deal(error: unknown): Promise<void> {
    const { scheduler } = this.#deps;
    const { signal } = this.#task;
    signal.throwIfAborted();
    const recovery = recoveryFor(error);
    if (!(error instanceof UploadError) || !isRequestRepair(recovery)) throw error;
    if (recovery !== 'retry' && recovery !== 'slow-down') return this.#repair(recovery, error);

    const verdict = await this.#settle(error);
    // What a sleep broke says nothing of the link or of the server.
    if (verdict === 'moved' || this.#attempts.hasSlept) return;
    const wasAway = verdict === 'was-away';
    this.#countBreak(error, wasAway);
    if (wasAway) return;
    if (error.code === 'SocketQueueTimeout') return this.#queueAgain(error);
    if (error.code === 'ConnectionStalled') this.#attempts.stalls += 1;
    else if (error.kind === 'timeout') this.#attempts.timeouts += 1;
    if (recovery === 'slow-down') scheduler.slowDown(this.#attempts.round);
    await this.#spend(error);
  }

  /** Whether there was no network, or nobody at this endpoint; resolves when it makes sense to go on. */
  async #settle(error: UploadError): Promise<Verdict> {
    const { network, route } = this.#deps;
    const { signal } = this.#task;
    if (error.kind !== 'network' && error.kind !== 'timeout') return 'reachable';
    if (this.#attempts.way !== undefined && route !== undefined)
      return await route.settle(error, this.#attempts.way, signal);
    return error.code === 'ConnectionStalled' ? 'reachable' : await network.settle(error, signal);
  }

  // A link that goes away each time under a body counts, too, or it would be tried with that body for ever.
  #countBreak(error: UploadError, wasAway: boolean): void {
    if (!mayBeTooLarge(error) || (wasAway && !this.#attempts.hasSent)) return;
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
        const followed = client.followTo(error, switchedEndpoint);
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
    if (confirmed !== this.#confirmations) this.#count = 0;
    this.#confirmations = confirmed;
    this.#count += 1;
    if (error.kind === 'network' && !network.hasAnswered) {
      this.#unreadable += 1;
      if (this.#unreadable >= UNREADABLE_ATTEMPTS) throw unreadable(error);
    }
    if (this.#count >= retry.limit) throw error;
    const isOwnFault = error.code === 'ConnectionStalled';
    const delay = isOwnFault ? 0 : waitAfter(this.#count, error, retry);
    emit({ type: 'retry', operation, partNumber, failures: this.#count, delay, error });
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
