import { startWorker } from './host/start-worker.ts';
import type { UploaderOptions, UploadOptions } from './options.ts';
import { PageUploader } from './page/page-uploader.ts';
import type { Unfinished } from './page/unfinished.ts';
import { createConnectivity } from './platform/connectivity.ts';
import { readAgain } from './platform/file-handle.ts';
import { followPage } from './platform/follow-page.ts';
import { systemClock } from './platform/system-clock.ts';
import type { Upload } from './upload.ts';

/** Uploads files into one bucket. */
export interface Uploader {
  /**
   * Starts to upload a file, or goes on where an earlier page stopped with the same file for the same key. While one
   * is under way, the same file for the same key is the same upload; while another tab uploads it, this one waits,
   * and is done when that is.
   *
   * @throws TypeError or RangeError naming the option, before anything is sent.
   */
  upload(file: File | Blob, options: UploadOptions): Upload;
  /** Those of this page that have not ended, in the order in which they were begun. */
  readonly uploads: readonly Upload[];
  /**
   * What earlier pages of this origin began for this bucket and did not finish, newest first, without what a tab is
   * uploading now. Rejects with an `UploadError` when the code for it cannot be loaded.
   */
  unfinished(): Promise<Unfinished[]>;
  /** Stops everything and keeps the sessions; for pages that go on without this uploader. */
  close(): Promise<void>;
}

/**
 * @throws TypeError or RangeError naming the option.
 */
export function createUploader(options: UploaderOptions): Uploader {
  const { worker = startWorker } = options;
  // Who lives in a worker is off the page already.
  const isInPage = globalThis.document !== undefined;
  return new PageUploader(options, {
    startWorker: isInPage && worker !== false ? worker : undefined,
    loadHost: async () => (await import('./host/here.ts')).createHostHere,
    pageUrl: globalThis.location?.href,
    clock: systemClock,
    followPage,
    readAgain,
    connectivity: createConnectivity(),
  });
}
