import type { BlobStore, BlobWriter } from './blobs.ts';
import { ChangeQueue } from './change-queue.ts';
import { etagOf } from './digests.ts';
import type { Journal, Remembered } from './journal.ts';
import type { ObjectRecord, PartRecord, StoredBytes, UploadRecord } from './records.ts';

/**
 * Objects and open uploads. Every change takes effect at once, so that no two requests can get between each other;
 * `saved` tells when it would also survive a restart.
 */
export class ObjectStore {
  readonly #blobs: BlobStore;
  readonly #journal: Journal;
  readonly #objects = new Map<string, ObjectRecord>();
  readonly #uploads = new Map<string, UploadRecord>();
  readonly #changes = new ChangeQueue();

  constructor(blobs: BlobStore, journal: Journal, remembered?: Remembered) {
    this.#blobs = blobs;
    this.#journal = journal;
    for (const object of remembered?.objects ?? []) this.#objects.set(nameOf(object), object);
    for (const upload of remembered?.uploads ?? []) this.#uploads.set(upload.uploadId, upload);
  }

  /** Resolves when all changes so far would survive a restart. A failure is told once, to whoever asks first. */
  saved(): Promise<void> {
    return this.#changes.saved();
  }

  /** Receives bytes that no record names yet. */
  createBlob(): BlobWriter {
    return this.#blobs.create();
  }

  /** Removes bytes that no record names. */
  removeBytes(bytes: StoredBytes): void {
    this.#remember(() => this.#remove([bytes]));
  }

  objects(): ObjectRecord[] {
    return [...this.#objects.values()];
  }

  object(bucket: string, key: string): ObjectRecord | undefined {
    return this.#objects.get(nameOf({ bucket, key }));
  }

  /**
   * Reads an object from `start` up to, not including, `end`.
   *
   * @yields the bytes in order, in chunks as they were received
   */
  async *read(object: ObjectRecord, start = 0, end = object.size): AsyncGenerator<Buffer> {
    let offset = 0;
    for (const piece of object.pieces) {
      const from = Math.max(start - offset, 0);
      const to = Math.min(end - offset, piece.size);
      if (from < to) yield* this.#blobs.read(piece.id, from, to);
      offset += piece.size;
    }
  }

  /** Replaces an earlier object of that key; pieces that both share are kept. */
  putObject(object: ObjectRecord): void {
    const kept = new Set(object.pieces.map(({ id }) => id));
    const earlier = this.#objects.get(nameOf(object))?.pieces ?? [];
    const replaced = earlier.filter(({ id }) => !kept.has(id));
    this.#objects.set(nameOf(object), object);
    this.#remember(async () => {
      await this.#journal.saveObject(object);
      await this.#remove(replaced);
    });
  }

  deleteObject(bucket: string, key: string): void {
    const object = this.object(bucket, key);
    if (object === undefined) return;
    this.#objects.delete(nameOf(object));
    this.#remember(async () => {
      await this.#journal.removeObject(bucket, key);
      await this.#remove(object.pieces);
    });
  }

  uploads(): UploadRecord[] {
    return [...this.#uploads.values()];
  }

  /** The open upload of that id, if it is one of that key. */
  upload(bucket: string, key: string, uploadId: string): UploadRecord | undefined {
    const upload = this.#uploads.get(uploadId);
    return upload?.bucket === bucket && upload.key === key ? upload : undefined;
  }

  createUpload(upload: UploadRecord): void {
    this.#uploads.set(upload.uploadId, upload);
    this.#remember(() => this.#journal.saveUpload(upload));
  }

  /** Replaces an earlier part of the same number: the last finished writer wins. */
  putPart(upload: UploadRecord, part: PartRecord): void {
    const earlier = upload.parts.get(part.partNumber);
    upload.parts.set(part.partNumber, part);
    this.#remember(async () => {
      await this.#journal.savePart(upload.uploadId, part);
      await this.#remove(earlier === undefined ? [] : [earlier.bytes]);
    });
  }

  /** Closes the upload with this object; parts that are no piece of it are dropped. */
  completeUpload(upload: UploadRecord, object: ObjectRecord): void {
    const pieces = new Set(object.pieces.map(({ id }) => id));
    const unlisted = partBytes(upload).filter(({ id }) => !pieces.has(id));
    this.#uploads.delete(upload.uploadId);
    this.putObject(object);
    this.#remember(async () => {
      await this.#journal.removeUpload(upload.uploadId);
      await this.#remove(unlisted);
    });
  }

  /** False when there is no such upload. */
  abortUpload(uploadId: string): boolean {
    const upload = this.#uploads.get(uploadId);
    if (upload === undefined) return false;
    this.#uploads.delete(uploadId);
    this.#remember(async () => {
      await this.#journal.removeUpload(uploadId);
      await this.#remove(partBytes(upload));
    });
    return true;
  }

  /** False when there is no such part. */
  dropPart(uploadId: string, partNumber: number): boolean {
    const parts = this.#uploads.get(uploadId)?.parts;
    const part = parts?.get(partNumber);
    if (parts === undefined || part === undefined) return false;
    parts.delete(partNumber);
    this.#remember(async () => {
      await this.#journal.removePart(uploadId, partNumber);
      await this.#remove([part.bytes]);
    });
    return true;
  }

  /** Changes a stored part's bytes and ETag. False when there is no such part, or an empty one. */
  corruptPart(uploadId: string, partNumber: number): boolean {
    const parts = this.#uploads.get(uploadId)?.parts;
    const part = parts?.get(partNumber);
    if (parts === undefined || part === undefined) return false;
    const digests = this.#blobs.corrupt(part.bytes.id);
    if (digests === undefined) return false;
    const corrupted = { ...part, etag: etagOf(digests.md5), crc64: digests.crc64 };
    parts.set(partNumber, corrupted);
    this.#remember(() => this.#journal.savePart(uploadId, corrupted));
    return true;
  }

  clear(): void {
    for (const { uploadId } of this.uploads()) this.abortUpload(uploadId);
    for (const { bucket, key } of this.objects()) this.deleteObject(bucket, key);
  }

  #remember(change: () => Promise<void>): void {
    this.#changes.add(change);
  }

  async #remove(bytes: readonly StoredBytes[]): Promise<void> {
    for (const { id } of bytes) await this.#blobs.remove(id);
  }
}

function nameOf({ bucket, key }: { bucket: string; key: string }): string {
  return `${bucket}/${key}`;
}

function partBytes(upload: UploadRecord): StoredBytes[] {
  return [...upload.parts.values()].map(({ bytes }) => bytes);
}
