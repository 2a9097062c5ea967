import type { NamedEndpoint } from '../errors.ts';
import type { Digests, TransportResponse } from '../ports.ts';
import type { Endpoint } from './endpoint.ts';

// What the operations of OSS need and give.

/** How one request is sent: what ends it, and who hears of it. */
export interface SendOptions {
  readonly signal: AbortSignal;
  /** Where it goes, where the bucket has several endpoints. @default the preferred one */
  readonly endpoint?: Endpoint | undefined;
  /** Bytes of the whole file, which an app's server that signs wants to know. */
  readonly fileSize: number;
  /** Called when the request has been signed and goes out. */
  readonly onStart: () => void;
  readonly onSent: (bytes: number) => void;
  /** Called when OSS says that it held the answer back because too much was asked of it. */
  readonly onThrottled?: () => void;
}

/** Where a bucket is that an answer says to be elsewhere; nothing where that is not to be believed. */
export type FindNamed = (current: Endpoint, named: NamedEndpoint) => Endpoint | undefined;

/** A part, by its place. */
export interface PartPlace {
  readonly partNumber: number;
  /** Bytes. */
  readonly size: number;
}

export interface InitiatedUpload {
  readonly uploadId: string;
  /** Epoch milliseconds by the server's clock, where the bucket exposes `Date`. */
  readonly serverTime: number | undefined;
}

/** What an answer tells of the bytes that it is about. */
export interface Checksums {
  /** As OSS computed it, an unsigned decimal; absent where it is not told, or hidden by the bucket's CORS rule. */
  readonly crc64: string | undefined;
}

/** A part as the server has stored it. */
export interface StoredPart extends Checksums {
  /** Unquoted; absent where the bucket's CORS rule hides it. */
  readonly etag: string | undefined;
  /** Of the bytes that were sent, where their `hash` asked for them. */
  readonly digests: Digests | undefined;
}

export interface StoredObject extends Checksums {
  /** Unquoted; absent where the bucket does not expose it. */
  readonly etag: string | undefined;
  readonly requestId: string | undefined;
}

export interface CompletedUpload extends StoredObject {
  readonly location: string | undefined;
}

/** An answer that tells of a callback, too, where one was asked for. */
export interface ToldOfCallback {
  readonly callbackAnswer: TransportResponse | undefined;
}

export interface ObjectHead extends Checksums {
  /** Bytes. */
  readonly size: number | undefined;
  /** Unquoted; absent where the bucket does not expose it. */
  readonly etag: string | undefined;
  /** Epoch milliseconds. */
  readonly lastModified: number;
  readonly requestId: string | undefined;
}
