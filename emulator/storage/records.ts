import type { BucketAcl } from '../types.ts';

/** Bytes in the store, by the id under which they can be read. */
export interface StoredBytes {
  readonly id: string;
  readonly size: number;
}

/** A part that was received whole. */
export interface PartRecord {
  readonly partNumber: number;
  readonly bytes: StoredBytes;
  /** Upper-case hex MD5, without quotes. */
  readonly etag: string;
  readonly crc64: bigint;
  /** Epoch milliseconds. */
  readonly lastModified: number;
}

/** What a client says about an object when it creates it; header values as on the wire. */
export interface ObjectHeaders {
  readonly contentType: string;
  /** Cache-Control and the like, storage class, encryption, and `x-oss-meta-*`; lower-case names. */
  readonly kept: Readonly<Record<string, string>>;
  readonly tags?: readonly Tag[];
}

/** A label of an object. */
export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** An upload that is open. */
export interface UploadRecord {
  readonly uploadId: string;
  readonly bucket: string;
  readonly key: string;
  readonly headers: ObjectHeaders;
  /** Epoch milliseconds. */
  readonly initiated: number;
  /** Whether parts must come in the order of their numbers, each once. */
  readonly isSequential?: boolean;
  /** By part number, in no particular order. */
  readonly parts: Map<number, PartRecord>;
}

/** A stored object; its bytes are those of its pieces in order, which are never joined. */
export interface ObjectRecord {
  readonly bucket: string;
  readonly key: string;
  readonly headers: ObjectHeaders;
  /** Undefined: that of the bucket. */
  readonly acl?: BucketAcl;
  readonly type: 'Normal' | 'Multipart' | 'Appendable';
  readonly pieces: readonly StoredBytes[];
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  readonly crc64: bigint;
  /** Epoch milliseconds. */
  readonly lastModified: number;
}
