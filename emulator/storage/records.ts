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
  /** Cache-Control and the like, and `x-oss-meta-*`; lower-case names. */
  readonly kept: Readonly<Record<string, string>>;
}

/** An upload that is open. */
export interface UploadRecord {
  readonly uploadId: string;
  readonly bucket: string;
  readonly key: string;
  readonly headers: ObjectHeaders;
  /** Epoch milliseconds. */
  readonly initiated: number;
  /** By part number, in no particular order. */
  readonly parts: Map<number, PartRecord>;
}

/** A stored object; its bytes are those of its pieces in order, which are never joined. */
export interface ObjectRecord {
  readonly bucket: string;
  readonly key: string;
  readonly headers: ObjectHeaders;
  readonly type: 'Normal' | 'Multipart';
  readonly pieces: readonly StoredBytes[];
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  readonly crc64: bigint;
  /** Epoch milliseconds. */
  readonly lastModified: number;
}
