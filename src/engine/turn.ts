import type { UploadResult } from '../events.ts';
import type { Channel, Channels, LockRequest, Locks, SessionRecord } from '../ports.ts';
import { race } from '../waiting.ts';
import type { UploadContext } from './context.ts';
import { fingerprint } from './fingerprint.ts';
import { dropOpened } from './head-start.ts';
import { isOfBytes } from './integrity.ts';
import { nextPartSize } from './part-sizes.ts';
import { isOneRequest } from './plan.ts';
import type { Waiting } from './wait-for-turn.ts';

/** How long the lock is kept after the result was told: whoever waits for it hears the result first. Milliseconds. */
const RELEASE_DELAY = 100;

/** What tabs with the same file say to each other. */
type News =
  | { readonly type: 'ask' }
  | { readonly type: 'working' }
  | ({ readonly type: 'done'; readonly wish: string } & Told);

/** What a tab has made of a file. */
interface Told {
  readonly result: UploadResult;
  /** Of the bytes, where they were hashed. */
  readonly crc64: string | undefined;
}

/**
 * Does the work while no other tab works on the same file, or waits until another tab has done it, and takes its
 * result. A pause ends the turn, like any other end of the work.
 *
 * It saves bytes and is no more than that: without it the file is sent twice, to the same end. So what goes in one
 * request waits for nobody, and where the browser has no locks, nobody does.
 */
export async function inTurn(
  context: UploadContext,
  work: () => Promise<UploadResult>,
): Promise<UploadResult> {
  const { file, chosen, shared } = context;
  if (shared.sendByForm !== undefined) return await work();
  const isOne = isOneRequest(file.size, await nextPartSize(shared, file.size));
  if (chosen === undefined && isOne) return await work();
  await takePlace(context);
  return context.turn === undefined ? await work() : await context.turn.run(work);
}

/** What tells the work on a file from that on others. */
export type LockedFile = Pick<SessionRecord, 'bucket' | 'endpoint' | 'key' | 'fingerprint'>;

// The number changes with what is said on the channel, so that tabs with different versions of a page do not talk.
export function lockName({ bucket, endpoint, key, fingerprint: digest }: LockedFile): string {
  return `partway 1 ${JSON.stringify([bucket, endpoint, key, digest])}`;
}

// A file that was picked since has a place of its own: what was told of the other says nothing of it.
async function takePlace(context: UploadContext): Promise<void> {
  const { locks, channels, endpoint, address } = context.shared;
  const { bucket } = endpoint;
  const { key } = context;
  const file = { bucket, endpoint: address, key, fingerprint: await fingerprint(context) };
  const name = lockName(file);
  if (context.turn?.isOf(context, name) === true) return;
  context.turn?.close();
  context.turn = undefined;
  try {
    if (locks !== undefined && channels !== undefined)
      context.turn = new Turn(context, locks, channels, name);
  } catch {
    // A page that may not open a channel, such as one in a sandbox.
  }
  if (context.turn === undefined) noteNoLock(context);
}

/** An upload's place among the tabs that have the same file, from its first run to its end. */
export class Turn {
  readonly #context: UploadContext;
  readonly #locks: Locks;
  readonly #name: string;
  readonly #channel: Channel<News>;
  readonly #wish: string;
  /** Gives the lock back; there while it is ours. */
  #release: (() => void) | undefined;
  /** What this upload has come to. */
  #made: Told | undefined;
  /** What another tab has made of the file. */
  #told: Told | undefined;
  /** Checksums of what was told of, and turned out to be of other bytes. */
  readonly #others = new Set<string | undefined>();
  /** Who waits for the turn. */
  #waiting: Waiting | undefined;

  constructor(context: UploadContext, locks: Locks, channels: Channels, name: string) {
    this.#context = context;
    this.#locks = locks;
    this.#name = name;
    this.#wish = wishOf(context);
    this.#channel = channels.open(name, (news: News) => this.#hear(news));
  }

  /** Whether it is of the file that the upload has now. */
  isOf(context: UploadContext, name: string): boolean {
    return name === this.#name && wishOf(context) === this.#wish;
  }

  async run(work: () => Promise<UploadResult>): Promise<UploadResult> {
    for (;;) {
      if (this.#told === undefined) await this.#acquire();
      const told = this.#told;
      if (told === undefined) break;
      this.#giveBack();
      if (await isOfFile(this.#context, told)) return await accept(this.#context, told.result);
      this.#others.add(told.crc64);
      this.#told = undefined;
    }
    try {
      const result = await work();
      this.#tell(result);
      return result;
    } catch (error) {
      this.#giveBack();
      throw error;
    }
  }

  /** The upload has ended. Once it has a result, that is told for a little longer. */
  close(): void {
    if (this.#made === undefined) this.#channel.close();
  }

  async #acquire(): Promise<void> {
    const { signal } = this.#context.control;
    try {
      this.#release = (await this.#request('if-free')) ?? (await this.#wait(signal));
    } catch {
      signal.throwIfAborted();
      noteNoLock(this.#context);
    }
    if (this.#release !== undefined) this.#channel.post({ type: 'working' });
  }

  /** Nothing is returned when a result was told meanwhile. */
  async #wait(signal: AbortSignal): Promise<(() => void) | undefined> {
    signal.throwIfAborted();
    this.#context.setStatus('waiting-for-tab');
    void dropOpened(this.#context);
    const { waitForTurn } = await race(this.#context.shared.trouble(), signal);
    try {
      return await waitForTurn(this.#context, {
        ask: () => this.#channel.post({ type: 'ask' }),
        request: (...how) => this.#request(...how),
        listen: (waiting) => {
          this.#waiting = waiting;
          if (this.#told !== undefined) waiting.onTold();
        },
        isTold: () => this.#told !== undefined,
      });
    } finally {
      this.#waiting = undefined;
      this.#context.shared.storedSessions.lookAnew();
    }
  }

  #request(how: LockRequest['how'], signal?: AbortSignal): Promise<(() => void) | undefined> {
    const onStolen = (): void => {
      if (this.#release === undefined) return;
      this.#release = undefined;
      this.#context.control.interrupt();
    };
    const request = { how, onStolen, ...(signal === undefined ? {} : { signal }) };
    return this.#locks.request(this.#name, request);
  }

  #hear(news: News): void {
    switch (news.type) {
      case 'ask':
        if (this.#made !== undefined) this.#post(this.#made);
        else if (this.#release !== undefined) this.#channel.post({ type: 'working' });
        return;
      case 'working':
        this.#waiting?.onWorking();
        return;
      case 'done':
        if (this.#release !== undefined || news.wish !== this.#wish) return;
        if (this.#others.has(news.crc64)) return;
        this.#told = news;
        this.#waiting?.onTold();
        return;
    }
  }

  #tell(result: UploadResult): void {
    if (this.#release === undefined) return;
    const crc64 = this.#context.session?.checkpoint.record.completing?.crc64;
    this.#made = { result, crc64 };
    this.#post(this.#made);
    this.#context.shared.clock.after(RELEASE_DELAY, () => {
      this.#giveBack();
      this.#channel.close();
    });
  }

  #post(made: Told): void {
    this.#channel.post({ type: 'done', wish: this.#wish, ...made });
  }

  #giveBack(): void {
    this.#release?.();
    this.#release = undefined;
  }
}

// The date tells files apart, as it does for sessions; and who wants the app's server to be told of this object does
// not want another message to have been sent.
function wishOf({ lastModified, callback }: UploadContext): string {
  return JSON.stringify([lastModified, callback?.headers]);
}

// What has no date of its own, as a blob, may have been changed where no sample is taken.
async function isOfFile(context: UploadContext, { crc64 }: Told): Promise<boolean> {
  return context.file instanceof File || (await isOfBytes(context, crc64));
}

async function accept(context: UploadContext, result: UploadResult): Promise<UploadResult> {
  const { session, shared, progress, file } = context;
  if (session !== undefined) {
    const { record } = session.checkpoint;
    await session.checkpoint.delete();
    if (record.uploadId !== result.uploadId)
      shared.trouble().then(({ abandon }) => abandon(shared, record), nothing);
  }
  progress.start(file.size);
  return result;
}

function noteNoLock(context: UploadContext): void {
  if (context.refusals.has('lock-unavailable')) return;
  context.refusals.add('lock-unavailable');
  const advice =
    'Two tabs with the same file send it twice; the object is right all the same. Browsers grant locks to pages that come by https, outside of sandboxes.';
  context.emit({ type: 'lock-unavailable', advice });
}

function nothing(): void {
  // It stays on the server until the bucket's own rules remove it.
}
