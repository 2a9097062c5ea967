import type { PartView, UploadListener, UploadResult, UploadSnapshot } from './events.ts';

/** One file on its way into the bucket. */
export interface Upload {
  /**
   * Settles once and for all: with what OSS stored, with an `UploadError`, when cancelled with the signal's reason, or, when its
   * uploader is closed, with an AbortError.
   * A page that never looks at it gets no unhandled rejection.
   */
  readonly done: Promise<UploadResult>;
  /** How it stands now. */
  readonly snapshot: UploadSnapshot;
  /**
   * The map of the parts, ascending, as it was a moment ago: up to 0.4 s for 1,000 of them. Empty before the upload is open,
   * and for files sent in one request.
   */
  readonly parts: readonly PartView[];
  /** Calls back with every event and the snapshot after it. Returns the unsubscriber. May be passed on by itself. */
  readonly subscribe: (listener: UploadListener) => () => void;
  /**
   * Starts nothing new and keeps what is there; parts more than half sent get two seconds to end. A Complete that is
   * under way goes on, and if it succeeds the upload is done. Another tab with the same file may go on meanwhile.
   */
  pause(): void;
  /**
   * Goes on after a pause, or, where the status is `needs-file`, with the file: picked again, or the same one if it can be
   * read again.
   *
   * @throws TypeError or RangeError for what is no file of the same size.
   */
  resume(file?: File | Blob): void;
  /**
   * Ends the upload: `done` rejects at once. Resolves when nothing of it is left on the server and in the browser, as
   * far as the credentials allow, and as no other tab goes on with it. A Complete that was under way may have made the object all the same.
   */
  cancel(): Promise<void>;
}
