import type { OssRequest } from '../request.ts';
import type { ObjectHeaders, ObjectRecord } from '../storage/records.ts';
import { digestHeaders } from './receive-content.ts';

const KEPT = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
];

/** What an object keeps of the request that creates it, by PutObject or InitiateMultipartUpload. */
export function objectHeaders(request: OssRequest): ObjectHeaders {
  const kept = Object.entries(request.headers).filter(
    ([name]) => KEPT.includes(name) || name.startsWith(META_PREFIX),
  );
  return {
    contentType: request.headers['content-type'] ?? 'application/octet-stream',
    kept: Object.fromEntries(kept),
  };
}

const META_PREFIX = 'x-oss-meta-';

/** User metadata without its prefix, read as UTF-8. */
export function userMetadata(headers: ObjectHeaders): Record<string, string> {
  const entries = Object.entries(headers.kept)
    .filter(([name]) => name.startsWith(META_PREFIX))
    .map(([name, value]) => [
      name.slice(META_PREFIX.length),
      Buffer.from(value, 'latin1').toString('utf8'),
    ]);
  return Object.fromEntries(entries);
}

/** Headers of HeadObject and GetObject, but for the length. Only simple objects have a Content-MD5 (OSS docs, HeadObject). */
export function describeObject(object: ObjectRecord): Record<string, string> {
  const md5 = object.type === 'Normal' ? Buffer.from(object.etag, 'hex') : undefined;
  return {
    'Content-Type': object.headers.contentType,
    ...object.headers.kept,
    ETag: `"${object.etag}"`,
    'Last-Modified': new Date(object.lastModified).toUTCString(),
    'Accept-Ranges': 'bytes',
    'x-oss-object-type': object.type,
    'x-oss-storage-class': 'Standard',
    ...digestHeaders(object, md5),
  };
}
