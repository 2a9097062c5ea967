import { UploadError } from '../errors.ts';
import type { CheckpointStore, Clock, ConfirmedPart, PageLife, SessionRecord } from '../ports.ts';

/**
 * Parts confirmed within this time after a write are written together, in milliseconds. On most links each part is
 * thus written at once, which does not hang on what a browser lets a page write while it goes away: WebKit nothing.
 */
const BATCH = 250;

export interface CheckpointDependencies {
  readonly checkpoints: CheckpointStore;
  readonly clock: Clock;
  readonly pageLife: PageLife;
  /** The store refused; called at most once. The upload goes on without it. */
  readonly onFailure: (error: UploadError) => void;
}

/** Keeps one session's checkpoint up to date, at a cost per part that does not grow with their number. */
export class Checkpoint {
  readonly #deps: CheckpointDependencies;
  #record: SessionRecord;
  #pending: ConfirmedPart[] = [];
  #lastWrite = Number.NEGATIVE_INFINITY;
  #takeTimerBack: (() => void) | undefined;
  #stopListening: (() => void) | undefined;
  #hasFailed = false;

  constructor(deps: CheckpointDependencies, record: SessionRecord) {
    this.#deps = deps;
    this.#record = record;
  }

  get record(): SessionRecord {
    return this.#record;
  }

  /** Writes the record as it is now. */
  async save(changes: Partial<SessionRecord> = {}): Promise<void> {
    this.#record = { ...this.#record, ...changes };
    await this.#attempt(this.#deps.checkpoints.putSession(this.#record));
  }

  add(part: ConfirmedPart): void {
    const { clock, pageLife } = this.#deps;
    this.#pending.push(part);
    this.#stopListening ??= pageLife.onHide(() => void this.flush());
    // A hidden page may be frozen or thrown away at any moment, and its timers are held back.
    if (pageLife.isHidden() || clock.now() - this.#lastWrite >= BATCH) void this.flush();
    else this.#takeTimerBack ??= clock.after(BATCH, () => void this.flush());
  }

  /** Writes what is still to be written; the write is issued before this returns. */
  async flush(): Promise<void> {
    this.#takeTimerBack?.();
    this.#takeTimerBack = undefined;
    if (this.#pending.length === 0) return;
    const parts = this.#pending;
    this.#pending = [];
    this.#lastWrite = this.#deps.clock.now();
    await this.#attempt(this.#deps.checkpoints.putParts(this.#record.id, parts));
  }

  /** The run is over; what was confirmed stays. */
  async rest(): Promise<void> {
    this.#stopListening?.();
    this.#stopListening = undefined;
    await this.flush();
  }

  async delete(): Promise<void> {
    this.#pending = [];
    await this.rest();
    await this.#attempt(this.#deps.checkpoints.delete(this.#record.id));
  }

  async #attempt(write: Promise<void>): Promise<void> {
    try {
      await write;
    } catch (cause) {
      if (this.#hasFailed) return;
      this.#hasFailed = true;
      this.#deps.onFailure(storageError(cause));
    }
  }
}

export function storageError(cause: unknown): UploadError {
  return new UploadError('storage', 'The browser stores no checkpoint.', {
    advice:
      'The upload goes on and would not survive a reload: storage is full, or blocked for this page (private window, settings).',
    cause,
  });
}
