import type { OssRequest } from '../request.ts';
import type { ObjectHeaders, ObjectRecord } from '../storage/records.ts';
import {
  assertEncryption,
  assertMetadata,
  assertStorageClass,
  META_PREFIX,
} from './object-rules.ts';
import { digestHeaders } from './receive-content.ts';
import { parseTagHeader } from './tags.ts';

const KEPT = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
  'x-oss-storage-class',
  'x-oss-server-side-encryption',
  'x-oss-server-side-encryption-key-id',
  'x-oss-server-side-data-encryption',
];

/**
 * What an object keeps of the request that creates it, by PutObject, InitiateMultipartUpload and their like. Throws
 * what OSS answers for metadata, storage class, encryption or tags that are not legal.
 */
export function objectHeaders({ headers }: Pick<OssRequest, 'headers'>): ObjectHeaders {
  assertMetadata(headers);
  assertStorageClass(headers);
  assertEncryption(headers);
  const tagging = headers['x-oss-tagging'];
  const kept = Object.entries(headers).filter(
    ([name]) => KEPT.includes(name) || name.startsWith(META_PREFIX),
  );
  return {
    contentType: headers['content-type'] ?? 'application/octet-stream',
    kept: Object.fromEntries(kept),
    ...(tagging === undefined ? {} : { tags: parseTagHeader(tagging) }),
  };
}

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

/** Where the next AppendObject has to begin. */
export function appendHeaders({ type, size }: ObjectRecord): Record<string, string> {
  return type === 'Appendable' ? { 'x-oss-next-append-position': String(size) } : {};
}

function tagHeaders({ headers: { tags = [] } }: ObjectRecord): Record<string, string> {
  return tags.length === 0 ? {} : { 'x-oss-tagging-count': String(tags.length) };
}

/** Headers of HeadObject and GetObject, but for the length. Only simple objects have a Content-MD5 (OSS docs, HeadObject). */
export function describeObject(object: ObjectRecord): Record<string, string> {
  const md5 = object.type === 'Normal' ? Buffer.from(object.etag, 'hex') : undefined;
  return {
    'Content-Type': object.headers.contentType,
    'x-oss-storage-class': 'Standard',
    ...object.headers.kept,
    ETag: `"${object.etag}"`,
    'Last-Modified': new Date(object.lastModified).toUTCString(),
    'Accept-Ranges': 'bytes',
    'x-oss-object-type': object.type,
    ...appendHeaders(object),
    ...tagHeaders(object),
    ...digestHeaders(object, md5),
  };
}
