export type { Clock } from './clock.ts';

export type HashAlgorithm = 'crc64' | 'md5';

/** What bytes came to: crc64 as OSS writes it (unsigned decimal), md5 as in ETags (upper-case hexadecimal). */
export interface Digests {
  readonly crc64?: string;
  readonly md5?: string;
}

/**
 * A run of bytes of a file: where it starts and how long it is, in bytes. Nobody reads it but a `Transport` or a
 * `Hasher`.
 */
export interface ByteRange {
  readonly source: Blob;
  readonly offset: number;
  readonly size: number;
  /** The bytes, where they have been read: they are hashed and sent from there. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
  /** What to make of the same bytes while they are sent. */
  readonly hash?: readonly HashAlgorithm[];
}

/** A signature with HMAC and SHA-256 that is still to be made. Nothing in it can be read as a secret. */
export interface SigningOrder {
  readonly key: CryptoKey;
  /** The request as it is signed: by its SHA-256, in hexadecimal. */
  readonly canonicalRequest: string;
  /** What stands before that in what is signed. */
  readonly beforeDigest: string;
  /** What stands before the signature, in hexadecimal, in the Authorization header. */
  readonly beforeSignature: string;
}

export interface TransportRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Has the transport add the Authorization header: the worker that sends has more time for it than the page. */
  readonly signing?: SigningOrder | undefined;
  /** A form's Content-Type, with its boundary, comes from the browser. */
  readonly body?: ByteRange | string | FormData | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * Whether the request is for its preflight, whose answer browsers keep for others to this address; its own answer is of
   * no interest, and may come from the HTTP cache.
   */
  readonly isForPreflight?: boolean | undefined;
  /**
   * Called with the bytes of the body handed to the socket so far; only when there are some. Absent, nobody listens,
   * which can spare a preflight.
   */
  readonly onSent?: ((bytes: number) => void) | undefined;
}

export interface TransportResponse {
  readonly status: number;
  /** The address that answered, after redirects. */
  readonly url: string;
  readonly body: string;
  /** Of the body, where its `hash` asked for them and they could be had. */
  readonly digests?: Digests | undefined;
  /** A response header, where the browser lets the page read it. */
  header(name: string): string | undefined;
}

/**
 * Sends one request, once.
 *
 * Rejects with the signal's reason when aborted, with an `UploadError` of kind `source` (code FileUnreadable) when its
 * bytes cannot be read, and of kind `network` when no readable answer came. Answers to GET and HEAD never come from the
 * browser's HTTP cache.
 */
export interface Transport {
  send(request: TransportRequest): Promise<TransportResponse>;
  /** Lets go of a file of which no more is to be sent; it may be sent again all the same. */
  release?(source: Blob): void;
  /** Lets go of everything. What is in flight then rejects; later requests are still sent. */
  close?(): void;
}

/** Reads bytes for their digests. */
export interface Hasher {
  /**
   * Rejects with the signal's reason when aborted, and with an `UploadError` of kind `source` (code FileUnreadable) when
   * the bytes cannot be read.
   */
  digest(
    range: ByteRange,
    algorithms: readonly HashAlgorithm[],
    signal?: AbortSignal,
  ): Promise<Digests>;
}

/** Why a worker is not to be had any more. */
export type WorkerLoss =
  /** It never came: forbidden, not found, of another release. */
  | 'not-started'
  /** The Content-Security-Policy that its script came with forbids it to send, or to load the rest of it. */
  | 'blocked'
  /** It came, and died. */
  | 'died';

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

/** What a page can tell its worker about itself. */
export type PageNews =
  | { readonly type: 'life'; readonly isHidden: boolean }
  | { readonly type: 'online' };

/** How to come by a lock. */
export interface LockRequest {
  /** `if-free` at once or not at all · `wait` in the queue · `steal` from whoever holds it, ahead of the queue. */
  readonly how: 'if-free' | 'wait' | 'steal';
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
  /** Called when it was ours and somebody else has stolen it. */
  readonly onStolen: () => void;
}

/** Locks that the tabs of one origin and their workers share. Each is held by one of them, until that goes away. */
export interface Locks {
  /**
   * Resolves with the function that gives the lock back; with nothing where it was wanted `if-free`, and is not.
   * Rejects when the signal is aborted, and where the browser grants no locks.
   */
  request(name: string, request: LockRequest): Promise<(() => void) | undefined>;
  /** The names of those that are held now, by whomever. */
  held(): Promise<readonly string[]>;
}

/** One end of a line between the tabs of one origin and their workers. */
export interface Channel<Message> {
  /** Every other end hears it, those in this page as well; this one does not. */
  post(message: Message): void;
  close(): void;
}

/** Opens lines by name. What is said before an end is opened, it does not hear. */
export interface Channels {
  open<Message>(name: string, onMessage: (message: Message) => void): Channel<Message>;
}

/** What a checkpoint remembers of one upload. Nothing in it is secret. */
export interface SessionRecord {
  readonly version: 1;
  readonly id: string;
  readonly bucket: string;
  /** Where the bucket was addressed, without the key; the first by name where it had several endpoints. */
  readonly endpoint: string;
  /** All of them, where there were several: any of them finds it again. */
  readonly endpoints?: readonly string[];
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
  /** Where the file can be read again, in browsers that tell. */
  readonly handle?: FileSystemFileHandle;
  /** Whether a callback was asked for. What it says is not kept: it may hold what is not for storage. */
  readonly hasCallback?: boolean;
  /** Set before Complete is sent: what the object will have, and when it was, by this machine's clock. */
  readonly completing?: ExpectedObject | undefined;
}

/** The session that a page goes on with. */
export interface ChosenSession {
  readonly id: string;
  /** Of its file, where the page knows it: no other is taken, even if nothing is left of the session. */
  readonly fingerprint?: string | undefined;
}

/** What the object of a session must come to. */
export interface ExpectedObject {
  /** Empty where it cannot be told. */
  readonly etag: string;
  /** Absent where not all parts were hashed. */
  readonly crc64?: string | undefined;
  /** Epoch milliseconds. */
  readonly startedAt: number;
}

/**
 * A part that the server has confirmed: its number from 1, its size in bytes, its ETag without quotes; empty where the
 * bucket's CORS rule hides it.
 */
export interface ConfirmedPart {
  readonly partNumber: number;
  readonly size: number;
  readonly etag: string;
  /** Of its bytes as they were read here; absent where they were not hashed. */
  readonly crc64?: string;
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
