import { userMetadata } from './operations/object-headers.ts';
import type { ObjectRecord, UploadRecord } from './storage/records.ts';
import type { OpenUploadInfo, StoredObjectInfo } from './types.ts';

/** A stored object as the emulator shows it to the outside. */
export function describeObjectRecord(object: ObjectRecord): StoredObjectInfo {
  const { bucket, key, size, etag, type, headers, lastModified } = object;
  return {
    bucket,
    key,
    size,
    etag,
    type,
    contentType: headers.contentType,
    metadata: userMetadata(headers),
    lastModified: new Date(lastModified).toISOString(),
  };
}

/** An open upload as the emulator shows it to the outside. */
export function describeUploadRecord(upload: UploadRecord): OpenUploadInfo {
  const { bucket, key, uploadId, initiated, parts } = upload;
  return {
    bucket,
    key,
    uploadId,
    initiated: new Date(initiated).toISOString(),
    parts: [...parts.values()]
      .map(({ partNumber, bytes, etag }) => ({ partNumber, size: bytes.size, etag }))
      .toSorted((a, b) => a.partNumber - b.partNumber),
  };
}
