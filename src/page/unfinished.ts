import type { UnfinishedSession } from '../host/messages.ts';
import {
  type ResolvedUploadOptions,
  resolveUploadOptions,
  type UploadOptions,
} from '../options.ts';
import type { ChosenSession, SessionRecord } from '../ports.ts';
import type { Upload } from '../upload.ts';

/** An upload that an earlier page began. */
export interface Unfinished {
  /** Of this upload alone, the same each time it is listed. */
  readonly id: string;
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
  resume(file: File | Blob, options?: Pick<UploadOptions, 'callback' | 'signal'>): Upload;
  /** Forgets it, and aborts it on the server, best effort. */
  discard(): Promise<void>;
}

/** What only the uploader can do for it. */
export interface UnfinishedDependencies {
  /** Starts an upload that goes on with a session, or gives the one that does so already. */
  goOn(
    file: Blob,
    options: ResolvedUploadOptions,
    session: ChosenSession,
    signal: AbortSignal | undefined,
  ): Upload;
  readAgain(handle: FileSystemFileHandle): Promise<File>;
  discard(record: SessionRecord): Promise<void>;
}

/** A session as a page sees it. */
export function presentUnfinished(
  { record, confirmedBytes }: UnfinishedSession,
  deps: UnfinishedDependencies,
): Unfinished {
  const { id, key, size, fileName, createdAt, headers, lastModified, handle, fingerprint } = record;
  const hasCallback = record.hasCallback === true;
  return {
    id,
    key,
    size,
    fileName,
    createdAt,
    confirmedBytes,
    hasCallback,
    ...(handle === undefined ? {} : { file: () => deps.readAgain(handle) }),
    resume: (file, { callback, signal } = {}) => {
      if (hasCallback && callback === undefined) throw callbackMissing();
      const given = { key, callback, signal };
      const { lastModified: picked, callback: encoded } = resolveUploadOptions(file, given);
      const options = {
        key,
        fileName,
        headers,
        lastModified: picked ?? lastModified,
        callback: encoded,
        handle,
      };
      return deps.goOn(file, options, { id, fingerprint }, signal);
    },
    discard: () => deps.discard(record),
  };
}

function callbackMissing(): TypeError {
  return new TypeError(
    'Expected `callback`: this upload was begun with one, which is not kept in the browser.',
  );
}
