import type { ObjectRecord, PartRecord, UploadRecord } from './records.ts';

/** What a journal held when it was opened. */
export interface Remembered {
  readonly objects: readonly ObjectRecord[];
  readonly uploads: readonly UploadRecord[];
}

/** Remembers records beyond the life of the process. Calls never overlap. */
export interface Journal {
  saveObject(object: ObjectRecord): Promise<void>;
  removeObject(bucket: string, key: string): Promise<void>;
  /** Saves the upload without its parts. */
  saveUpload(upload: UploadRecord): Promise<void>;
  /** Removes the upload and its parts' records. */
  removeUpload(uploadId: string): Promise<void>;
  savePart(uploadId: string, part: PartRecord): Promise<void>;
  removePart(uploadId: string, partNumber: number): Promise<void>;
}

/** Remembers nothing. */
export const forgetfulJournal: Journal = {
  saveObject: doNothing,
  removeObject: doNothing,
  saveUpload: doNothing,
  removeUpload: doNothing,
  savePart: doNothing,
  removePart: doNothing,
};

function doNothing(): Promise<void> {
  return Promise.resolve();
}
