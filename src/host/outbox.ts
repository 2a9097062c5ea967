import type { Clock } from '../ports.ts';
import type { FromWorker } from './messages.ts';

/** How long news may wait that nobody waits for, in milliseconds. */
const PATIENCE = 50;

/**
 * Gathers what a worker has to say, as each message costs its page a turn: how uploads move on is told a few times in a
 * second, anything else with all that came before it, at the end of the turn in which it came up.
 */
export class Outbox {
  readonly #clock: Clock;
  readonly #post: (messages: readonly FromWorker[]) => void;
  #messages: FromWorker[] = [];
  #isDue = false;
  #takeTimerBack: (() => void) | undefined;

  constructor(clock: Clock, post: (messages: readonly FromWorker[]) => void) {
    this.#clock = clock;
    this.#post = post;
  }

  add(message: FromWorker): void {
    this.#messages.push(message);
    if (this.#isDue) return;
    if (canWait(message)) {
      this.#takeTimerBack ??= this.#clock.after(PATIENCE, () => this.#flush());
      return;
    }
    this.#isDue = true;
    queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    this.#takeTimerBack?.();
    this.#takeTimerBack = undefined;
    this.#isDue = false;
    const messages = this.#messages;
    this.#messages = [];
    if (messages.length > 0) this.#post(messages);
  }
}

// How an upload has ended is told at once.
function canWait(message: FromWorker): boolean {
  if (message.type === 'parts') return true;
  return message.type === 'event' && !['done', 'failed'].includes(message.snapshot.status);
}
