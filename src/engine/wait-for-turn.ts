import type { LockRequest } from '../ports.ts';
import type { UploadContext } from './context.ts';

/** How often a tab that waits asks the one that it waits for whether it lives, in milliseconds. */
const ASK_INTERVAL = 10_000;
/** So many questions without an answer, 30 seconds, and it is taken for hung. */
const MAX_UNANSWERED = 3;

/** What whoever waits hears of the others. */
export interface Waiting {
  /** The one that is waited for lives. */
  readonly onWorking: () => void;
  /** It has a result. */
  readonly onTold: () => void;
}

/** What is needed to wait for a turn. */
export interface Queue {
  /** Asks the others whether they live. */
  ask(): void;
  request(how: LockRequest['how'], signal?: AbortSignal): Promise<(() => void) | undefined>;
  /** Has `waiting` hear of them. */
  listen(waiting: Waiting): void;
  /** Whether somebody has told of a result. */
  isTold(): boolean;
}

/**
 * Waits in the queue, and steals from who does not answer. Gives what ends the turn; nothing when a result was told
 * meanwhile.
 */
export async function waitForTurn(
  { shared, control: { signal } }: UploadContext,
  queue: Queue,
): Promise<(() => void) | undefined> {
  signal.throwIfAborted();
  const waiting = new AbortController();
  const stop = (): void => waiting.abort();
  signal.addEventListener('abort', stop);
  // Questions are counted, not seconds: after a sleep of the machine both tabs have been silent for long.
  let unanswered = 0;
  let takeTimerBack: (() => void) | undefined;
  const ask = (): void => {
    if (unanswered === MAX_UNANSWERED) return stop();
    unanswered += 1;
    queue.ask();
    takeTimerBack = shared.clock.after(ASK_INTERVAL, ask);
  };
  const onWorking = (): void => {
    unanswered = 0;
  };
  queue.listen({ onWorking, onTold: stop });
  ask();
  try {
    return await queue.request('wait', waiting.signal);
  } catch (error) {
    if (signal.aborted || !waiting.signal.aborted) throw error;
    return queue.isTold() ? undefined : await queue.request('steal');
  } finally {
    takeTimerBack?.();
    signal.removeEventListener('abort', stop);
  }
}
