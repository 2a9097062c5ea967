import type { CallbackOutcome } from './callback/outcome.ts';
import type { Operation, UploadError } from './errors.ts';
import type { WorkerLoss } from './ports.ts';

/**
 * Where an upload stands:
 * `queued` nothing sent yet · `waiting-for-tab` another tab uploads this file: goes on when that stops, is done when
 * that is · `opening` looking for what is there already, or asking OSS for an upload id · `uploading` ·
 * `waiting-for-network` · `completing` OSS puts the object together · `verifying` looking whether it did · `paused` · `needs-file` the file cannot be read any more · `done` · `failed` · `cancelled`.
 */
export type UploadStatus =
  | 'queued'
  | 'waiting-for-tab'
  | 'opening'
  | 'uploading'
  | 'waiting-for-network'
  | 'completing'
  | 'verifying'
  | 'paused'
  | 'needs-file'
  | 'done'
  | 'failed'
  | 'cancelled';

export interface UploadResult {
  readonly bucket: string;
  readonly key: string;
  /** Unquoted; empty where the bucket's CORS rule hides it (possible for files sent in one request). */
  readonly etag: string;
  /** Absent for files sent in one request. */
  readonly uploadId?: string;
  /** Bytes. */
  readonly size: number;
  /** The object's address, unsigned. */
  readonly location: string;
  /** OSS's id of the last request; absent where the bucket's CORS rule hides it. */
  readonly requestId?: string;
  /**
   * What proves that the object is this file: `crc64` its CRC-64 is that of the bytes that were read · `etag` its ETag is
   * the one that its parts make · `size` it has the size, was made in time, and nothing else could be read · `false` OSS
   * said so, nothing was compared.
   */
  readonly verified: 'crc64' | 'etag' | 'size' | false;
  /** What became of the callback, where one was asked for. The object is stored whatever it says. */
  readonly callback?: CallbackOutcome;
}

/** An upload at one moment. Frozen; replaced, never changed. */
export interface UploadSnapshot {
  readonly status: UploadStatus;
  readonly key: string;
  readonly fileName: string | undefined;
  /** Bytes of the file. */
  readonly size: number;
  /** Bytes that OSS has said to hold. Never goes back: after a restart it stands until it is passed again. */
  readonly confirmedBytes: number;
  /** Confirmed bytes, and those given to the network. Never goes back. */
  readonly sentBytes: number;
  /** Confirmed bytes per second over the last 20 seconds; absent before the first confirmation. */
  readonly bytesPerSecond: number | undefined;
  /** Milliseconds; absent where the speed is. */
  readonly timeLeft: number | undefined;
  readonly uploadId: string | undefined;
  /** Set when the status is `done`. */
  readonly result: UploadResult | undefined;
  /** Set when the status is `failed`, but for a fault of the library, which `done` rejects with as it is. */
  readonly error: UploadError | undefined;
}

/** Something that happened to an upload. */
export type UploadEvent =
  | { readonly type: 'status' }
  /** Bytes moved; at most one in 50 ms. */
  | { readonly type: 'progress' }
  /** The file is so large that its parts are counted in units of more than 100 KiB. Bytes. */
  | { readonly type: 'unit-enlarged'; readonly unit: number }
  /** The callback is more than OSS advises; it is asked for all the same. */
  | { readonly type: 'callback-unadvised'; readonly advice: string }
  /** An earlier session goes on; so many bytes of it are held by the server. */
  | { readonly type: 'resumed'; readonly heldBytes: number; readonly createdAt: number }
  | { readonly type: 'part-confirmed'; readonly partNumber: number; readonly size: number }
  /** A request failed and is sent again after `delay` milliseconds. */
  | {
      readonly type: 'retry';
      readonly operation: Operation;
      readonly partNumber: number | undefined;
      readonly failures: number;
      readonly delay: number;
      readonly error: UploadError;
    }
  /** The link keeps breaking under a body of that many bytes: they are sent in smaller parts. */
  | {
      readonly type: 'part-split';
      readonly partNumber: number;
      readonly size: number;
      readonly error: UploadError;
    }
  /** The credentials were refused: new ones are asked for. */
  | { readonly type: 'credentials-refused'; readonly error: UploadError }
  /** The server's clock is not ours: requests are signed by its time from now on. Milliseconds, ours minus its. */
  | { readonly type: 'clock-corrected'; readonly error: UploadError }
  /**
   * Requests that would go `from` one endpoint go to another: OSS named the right one, or, with several `endpoints`, the
   * one before gave no answer; `error` tells. Both are addresses of the bucket.
   */
  | {
      readonly type: 'endpoint-switched';
      readonly from: string;
      readonly endpoint: string;
      readonly error: UploadError;
    }
  /** An endpoint that gave no answer is well again: requests go there as before. */
  | { readonly type: 'endpoint-recovered'; readonly endpoint: string }
  /**
   * The bucket's CORS rule hides ETag: parts are put together by what OSS lists. Add ETag to its ExposeHeader to spare
   * the look-up, and to be sure of every part at once.
   */
  | { readonly type: 'etag-hidden'; readonly advice: string }
  /** The network has been away for 30 seconds; `error.advice` says what to do. */
  | { readonly type: 'still-waiting-for-network'; readonly error: UploadError }
  /** What the server holds is looked at anew; only what is missing or differs is sent again. */
  | { readonly type: 'reopened'; readonly error: UploadError }
  /** The file was changed, moved or unplugged: `resume(file)` goes on with it, once it has been picked again. */
  | { readonly type: 'needs-file'; readonly error: UploadError }
  /** So many parts that an earlier page has sent hold other bytes than the file has now: they are sent again. */
  | { readonly type: 'parts-differ'; readonly count: number }
  /** The server has lost the upload: everything is sent again. */
  | { readonly type: 'restarted'; readonly error: UploadError }
  /** The credentials do not allow to list parts: the checkpoint is believed. */
  | { readonly type: 'list-refused'; readonly error: UploadError }
  /** The credentials do not allow to look at objects: whether a lost Complete has worked is found out by another one. */
  | { readonly type: 'look-refused'; readonly error: UploadError }
  /** OSS refused to abort, or failed each time: `error` tells. A lifecycle rule of the bucket has to remove what is left. */
  | { readonly type: 'abort-refused'; readonly error: UploadError }
  /** What other tabs do cannot be known: the upload goes on, and another of the same file beside it. */
  | { readonly type: 'lock-unavailable'; readonly advice: string }
  /**
   * No worker can be had, or none that may send: the page does it all itself from now on. Told once by each uploader, to
   * one of its uploads.
   */
  | { readonly type: 'worker-unavailable'; readonly reason: WorkerLoss }
  /** The browser stores no checkpoint: the upload goes on, and would not survive a reload. */
  | { readonly type: 'checkpoint-unavailable'; readonly error: UploadError };

/** A part as a map of the file shows it. */
export interface PartView {
  /** From 1; its place, not its rank: numbers have gaps. */
  readonly partNumber: number;
  /** Bytes. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
  readonly state: 'waiting' | 'in-flight' | 'confirmed';
  /** Whether it was sent more than once. */
  readonly isRetried: boolean;
}

export type UploadListener = (snapshot: UploadSnapshot, event: UploadEvent) => void;
