import { UploadError } from '../errors.ts';
import type {
  CheckpointStore,
  Clock,
  ConfirmedPart,
  ExpectedObject,
  PageLife,
  SessionRecord,
} from '../ports.ts';
import type { Shared } from './context.ts';

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

/** A record out of the store, if it is one that this version wrote whole; anything else is not ours to read. */
export function readSession(value: unknown): SessionRecord | undefined {
  return isSession(value) ? value : undefined;
}

/** Whether a session is of the uploader's bucket, by whichever of its endpoints it was begun. */
export function isOfBucket(
  { endpoint: { bucket }, bases }: Pick<Shared, 'endpoint' | 'bases'>,
  record: SessionRecord,
): boolean {
  const { endpoints = [record.endpoint] } = record;
  return record.bucket === bucket && endpoints.some((base) => bases.includes(base));
}

function isSession(value: unknown): value is SessionRecord {
  if (typeof value !== 'object' || value === null) return false;
  const record: Partial<Record<keyof SessionRecord, unknown>> = value;
  const { headers, endpoints = [], lastModified, fileName, hasCallback, completing } = record;
  const texts = [
    record.id,
    record.bucket,
    record.endpoint,
    record.key,
    record.uploadId,
    record.fingerprint,
  ];
  const numbers = [record.size, record.unit, record.createdAt, record.initiatedAt];
  return (
    record.version === 1 &&
    texts.every((text) => typeof text === 'string' && text !== '') &&
    Array.isArray(endpoints) &&
    endpoints.every((base) => typeof base === 'string') &&
    numbers.every((number) => typeof number === 'number' && number > 0) &&
    typeof headers === 'object' &&
    headers !== null &&
    (lastModified === undefined || typeof lastModified === 'number') &&
    (fileName === undefined || typeof fileName === 'string') &&
    (hasCallback === undefined || typeof hasCallback === 'boolean') &&
    (completing === undefined || isCompleting(completing))
  );
}

function isCompleting(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { etag, crc64, startedAt }: Partial<Record<keyof ExpectedObject, unknown>> = value;
  const isCrc64 = crc64 === undefined || typeof crc64 === 'string';
  return typeof etag === 'string' && isCrc64 && typeof startedAt === 'number';
}
