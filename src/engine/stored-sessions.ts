import type { CheckpointStore, Clock, SessionRecord } from '../ports.ts';
import type { UploadContext } from './context.ts';
import { MAX_SINGLE_REQUEST } from './plan.ts';

/** How old a look may be that serves small files, in milliseconds. */
const RECENT = 1000;

/**
 * What earlier pages have left in the browser. Pages start a thousand small files in one go, and to look for each took a
 * seventh of the time of all: for those a look of the last second will do. What was stored since is found by the next page.
 */
export class StoredSessions {
  readonly #checkpoints: CheckpointStore;
  readonly #clock: Clock;
  #look: { readonly sessions: Promise<unknown[]>; readonly at: number } | undefined;

  constructor(checkpoints: CheckpointStore, clock: Clock) {
    this.#checkpoints = checkpoints;
    this.#clock = clock;
  }

  /** What was stored since is wanted, too: another tab has worked on the same file. */
  lookAnew(): void {
    this.#look = undefined;
  }

  /** Rejects where it cannot be read. */
  async for(file: Blob): Promise<unknown[]> {
    const age = this.#clock.now() - (this.#look?.at ?? Number.NEGATIVE_INFINITY);
    // A clock that was set back has no say.
    if (this.#look !== undefined && file.size <= MAX_SINGLE_REQUEST && age >= 0 && age <= RECENT)
      return await this.#look.sessions;
    const sessions = this.#checkpoints.sessions();
    this.#look = { sessions, at: this.#clock.now() };
    sessions.catch(() => {
      this.#look = undefined;
    });
    return await sessions;
  }
}

/** What earlier pages have left that may be of this upload, unchecked. Rejects where it cannot be read. */
export async function leftBehind(context: UploadContext): Promise<unknown[]> {
  const { shared, file } = context;
  const stored = await shared.storedSessions.for(file);
  return stored.filter((record) => isLikely(context, record));
}

function isLikely({ chosen, key, file, shared }: UploadContext, value: unknown): boolean {
  const record: Partial<Record<keyof SessionRecord, unknown>> = Object(value);
  if (chosen !== undefined) return record.id === chosen.id;
  return record.key === key && record.size === file.size && !shared.claimed.has(String(record.id));
}
