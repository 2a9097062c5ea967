/** A run of bytes of a file: where it starts and how long it is, in bytes. Nobody reads it but a `Transport`. */
export interface ByteRange {
  readonly source: Blob;
  readonly offset: number;
  readonly size: number;
}

export interface TransportRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: ByteRange | string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes of the body handed to the socket so far; only when there are some. */
  readonly onSent?: ((bytes: number) => void) | undefined;
}

export interface TransportResponse {
  readonly status: number;
  /** The address that answered, after redirects. */
  readonly url: string;
  readonly body: string;
  /** A response header, where the browser lets the page read it. */
  header(name: string): string | undefined;
}

/**
 * Sends one request, once.
 *
 * Rejects with the signal's reason when aborted, and with an `UploadError` of kind `network` when no
 * readable answer came. Answers to GET and HEAD never come from the browser's HTTP cache.
 */
export interface Transport {
  send(request: TransportRequest): Promise<TransportResponse>;
}

/** Time as the engine sees it. */
export interface Clock {
  /** Epoch milliseconds; jumps when the machine wakes from sleep. */
  now(): number;
  /** Returns a function that takes the timer back. */
  after(milliseconds: number, callback: () => void): () => void;
}

/** What the browser can tell about the way to the server. */
export interface Connectivity {
  /** Whether any answer at all comes from this address, readable or not. */
  probe(url: string, signal: AbortSignal): Promise<boolean>;
  /** Called when the system reports a network; a hint only. Returns the unsubscriber. */
  onOnline(callback: () => void): () => void;
}

/** What the browser can tell about the page's life. */
export interface PageLife {
  isHidden(): boolean;
  /** Called synchronously when the page gets hidden, navigates away or reloads. Returns the unsubscriber. */
  onHide(callback: () => void): () => void;
}

/** What a checkpoint remembers of one upload. Nothing in it is secret. */
export interface SessionRecord {
  readonly version: 1;
  readonly id: string;
  readonly bucket: string;
  /** Where the bucket was addressed, without the key. */
  readonly endpoint: string;
  readonly key: string;
  readonly uploadId: string;
  /** Bytes of the file. */
  readonly size: number;
  /** Bytes of a unit: part number = offset / unit + 1. */
  readonly unit: number;
  readonly fileName?: string;
  /** Epoch milliseconds, as the file told. */
  readonly lastModified?: number;
  /** SHA-256 of samples of the file, hexadecimal. */
  readonly fingerprint: string;
  /** Headers that the object was opened with, for the case that it has to be opened anew. */
  readonly headers: Readonly<Record<string, string>>;
  /** Epoch milliseconds by this machine's clock. */
  readonly createdAt: number;
  /** Epoch milliseconds by the server's clock, where it can be known. */
  readonly initiatedAt: number;
  /** Whether a callback was asked for. What it says is not kept: it may hold what is not for storage. */
  readonly hasCallback?: boolean;
  /** Set before Complete is sent: the ETag that the object will have, and when, by this machine's clock. */
  readonly completing?: { readonly etag: string; readonly startedAt: number } | undefined;
}

/**
 * A part that the server has confirmed: its number from 1, its size in bytes, its ETag without quotes; empty where the
 * bucket's CORS rule hides it.
 */
export interface ConfirmedPart {
  readonly partNumber: number;
  readonly size: number;
  readonly etag: string;
}

/** How fast the way to an endpoint was last: it says how large parts should be at first. */
export interface LinkRecord {
  /** Where the bucket was addressed, without a key. */
  readonly endpoint: string;
  readonly bytesPerSecond: number;
  /** Epoch milliseconds. */
  readonly measuredAt: number;
}

/**
 * Keeps sessions over reloads. Writes are issued before the call returns, so that one made while the page goes
 * away is not lost. Any method may reject: a checkpoint is a hint, and an upload goes on without it.
 */
export interface CheckpointStore {
  /** Everything stored, in no order, unchecked: the store may hold records of other versions. */
  sessions(): Promise<unknown[]>;
  /** The parts of a session in the order in which they were confirmed; a later entry replaces an earlier one. */
  parts(sessionId: string): Promise<ConfirmedPart[]>;
  putSession(record: SessionRecord): Promise<void>;
  putParts(sessionId: string, parts: readonly ConfirmedPart[]): Promise<void>;
  delete(sessionId: string): Promise<void>;
  /** What was put last for this endpoint, unchecked. */
  link(endpoint: string): Promise<unknown>;
  putLink(record: LinkRecord): Promise<void>;
  close(): void;
}
