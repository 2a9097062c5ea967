import { createHash } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Journal, Remembered } from './journal.ts';
import { jsonFiles, readJson, writeJson } from './json-file.ts';
import type { ObjectRecord, PartRecord, UploadRecord } from './records.ts';

const UPLOAD_FILE = 'upload.json';

/**
 * Records as JSON files, each written aside and renamed into place: `objects/HASH.json`, `uploads/ID/upload.json` and
 * `uploads/ID/PART.json`. A part has a file of its own, so that storing one costs the same whatever their number.
 */
export class DiskJournal implements Journal {
  readonly #objects: string;
  readonly #uploads: string;

  constructor(dataDir: string) {
    this.#objects = join(dataDir, 'objects');
    this.#uploads = join(dataDir, 'uploads');
  }

  /** Prepares the directories, and reads what is there. */
  async open(): Promise<Remembered> {
    await mkdir(this.#objects, { recursive: true });
    await mkdir(this.#uploads, { recursive: true });
    const objects: ObjectRecord[] = [];
    for (const name of await jsonFiles(this.#objects))
      objects.push(reviveObject(await readJson(join(this.#objects, name))));
    const uploads: UploadRecord[] = [];
    for (const uploadId of await readdir(this.#uploads)) {
      const upload = await this.#readUpload(uploadId);
      if (upload !== undefined && !isCompleted(upload, objects)) uploads.push(upload);
      else await this.removeUpload(uploadId);
    }
    return { objects, uploads };
  }

  saveObject(object: ObjectRecord): Promise<void> {
    return writeJson(this.#objectFile(object.bucket, object.key), object);
  }

  removeObject(bucket: string, key: string): Promise<void> {
    return rm(this.#objectFile(bucket, key), { force: true });
  }

  async saveUpload(upload: UploadRecord): Promise<void> {
    const directory = join(this.#uploads, upload.uploadId);
    await mkdir(directory, { recursive: true });
    await writeJson(join(directory, UPLOAD_FILE), { ...upload, parts: undefined });
  }

  /** Without its own file, a directory that is left behind counts for nothing. */
  async removeUpload(uploadId: string): Promise<void> {
    await rm(join(this.#uploads, uploadId, UPLOAD_FILE), { force: true });
    await rm(join(this.#uploads, uploadId), { recursive: true, force: true });
  }

  savePart(uploadId: string, part: PartRecord): Promise<void> {
    return writeJson(this.#partFile(uploadId, part.partNumber), part);
  }

  removePart(uploadId: string, partNumber: number): Promise<void> {
    return rm(this.#partFile(uploadId, partNumber), { force: true });
  }

  /** Keys may be longer than file names, and differ in case alone. */
  #objectFile(bucket: string, key: string): string {
    const hash = createHash('sha256').update(`${bucket}/${key}`).digest('hex');
    return join(this.#objects, `${hash}.json`);
  }

  #partFile(uploadId: string, partNumber: number): string {
    return join(this.#uploads, uploadId, `${partNumber}.json`);
  }

  async #readUpload(uploadId: string): Promise<UploadRecord | undefined> {
    const directory = join(this.#uploads, uploadId);
    const names = await jsonFiles(directory);
    if (!names.includes(UPLOAD_FILE)) return undefined;
    const upload = (await readJson(join(directory, UPLOAD_FILE))) as Omit<UploadRecord, 'parts'>;
    const parts = new Map<number, PartRecord>();
    for (const name of names.filter((candidate) => candidate !== UPLOAD_FILE)) {
      const part = revivePart(await readJson(join(directory, name)));
      parts.set(part.partNumber, part);
    }
    return { ...upload, parts };
  }
}

/** The process ended between saving the object and removing the upload whose parts it took over. */
function isCompleted(upload: UploadRecord, objects: readonly ObjectRecord[]): boolean {
  const ids = new Set([...upload.parts.values()].map(({ bytes }) => bytes.id));
  return objects.some(({ pieces }) => pieces.some(({ id }) => ids.has(id)));
}

type Stored<Value> = Omit<Value, 'crc64'> & { readonly crc64: string };

function reviveObject(value: unknown): ObjectRecord {
  const object = value as Stored<ObjectRecord>;
  return { ...object, crc64: BigInt(object.crc64) };
}

function revivePart(value: unknown): PartRecord {
  const part = value as Stored<PartRecord>;
  return { ...part, crc64: BigInt(part.crc64) };
}
