import type { Shared } from './engine/context.ts';
import { walk } from './engine/plan.ts';
import { type ResolvedUploadOptions, resolveUploadOptions, type UploadOptions } from './options.ts';
import type { SessionRecord } from './ports.ts';
import type { Upload } from './upload.ts';

/** An upload that an earlier page began. */
export interface Unfinished {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly fileName: string | undefined;
  /** Bytes that OSS had confirmed. */
  readonly confirmedBytes: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /**
   * Reads the file where it was picked, if the page gave its `handle`: the browser asks the user for permission, so call it
   * when a button was pressed. Rejects with a NotAllowedError when it is refused, with a NotFoundError when the file is gone.
   */
  readonly file?: () => Promise<File>;
  /** Whether it was begun with a callback, which has to be given again: it is not kept in the browser. */
  readonly hasCallback: boolean;
  /**
   * Goes on with this file; `done` rejects with an `UploadError` of kind `source` if it is another one.
   *
   * @throws TypeError or RangeError naming the option, also where the callback that it was begun with is missing.
   */
  resume(file: File | Blob, options?: Pick<UploadOptions, 'callback'>): Upload;
  /** Forgets it, and aborts it on the server, best effort. */
  discard(): Promise<void>;
}

/** What only the uploader can do for it. */
export interface UnfinishedDependencies {
  /** Starts an upload that goes on with a session, or gives the one that does so already. */
  goOn(file: Blob, options: ResolvedUploadOptions, sessionId: string): Upload;
  readAgain(handle: FileSystemFileHandle): Promise<File>;
}

/** What earlier pages began and did not finish, newest first, without what a tab is uploading now. */
export async function listUnfinished(
  shared: Shared,
  deps: UnfinishedDependencies,
): Promise<Unfinished[]> {
  const { findWorkedOn, readSessions, isExpired } = await shared.trouble();
  const isWorkedOn = await findWorkedOn(shared);
  const stored = await shared.checkpoints.sessions().catch(() => []);
  const listed = readSessions(shared, stored)
    .filter((record) => !isExpired(shared, record))
    .filter((record) => !shared.claimed.has(record.id) && !isWorkedOn(record))
    .toSorted((a, b) => b.createdAt - a.createdAt);
  return await Promise.all(listed.map((record) => describe(shared, record, deps)));
}

/** Aborts and forgets what nobody came back for: it costs storage on the server for as long as it stays open. */
export async function dropExpired(shared: Shared, stored: readonly unknown[]): Promise<void> {
  const { findWorkedOn, readSessions, isExpired } = await shared.trouble();
  const isWorkedOn = await findWorkedOn(shared);
  const expired = readSessions(shared, stored)
    .filter((record) => isExpired(shared, record))
    .filter((record) => !isWorkedOn(record));
  for (const record of expired) await forget(shared, record);
}

async function describe(
  shared: Shared,
  record: SessionRecord,
  deps: UnfinishedDependencies,
): Promise<Unfinished> {
  const { id, key, size, unit, fileName, createdAt, headers, lastModified, handle } = record;
  const hasCallback = record.hasCallback === true;
  const parts = await shared.checkpoints.parts(id).catch(() => []);
  const byNumber = new Map(parts.map((part) => [part.partNumber, part]));
  const { held } = walk({ size, unit }, byNumber.values());
  return {
    key,
    size,
    fileName,
    createdAt,
    confirmedBytes: held.reduce((sum, part) => sum + part.size, 0),
    hasCallback,
    ...(handle === undefined ? {} : { file: () => deps.readAgain(handle) }),
    resume: (file, { callback } = {}) => {
      if (hasCallback && callback === undefined) throw callbackMissing();
      const given = callback === undefined ? { key } : { key, callback };
      const { lastModified: picked, callback: encoded } = resolveUploadOptions(file, given);
      const options = {
        key,
        fileName,
        headers,
        lastModified: picked ?? lastModified,
        callback: encoded,
        handle,
      };
      return deps.goOn(file, options, id);
    },
    discard: async () => {
      const { findWorkedOn } = await shared.trouble();
      if (shared.claimed.has(id) || (await findWorkedOn(shared))(record)) return;
      await forget(shared, record);
    },
  };
}

async function forget(shared: Shared, record: SessionRecord): Promise<void> {
  const { abandon } = await shared.trouble();
  await abandon(shared, record);
  await shared.checkpoints.delete(record.id).catch(() => undefined);
}

function callbackMissing(): TypeError {
  return new TypeError(
    'Expected `callback`: this upload was begun with one, which is not kept in the browser.',
  );
}
