import { type Answer, xmlAnswer } from '../answer.ts';
import { invalidArgument, OssError } from '../errors.ts';
import { isoTime } from '../iso-time.ts';
import type { OssRequest } from '../request.ts';
import { etagOf } from '../storage/digests.ts';
import type { ObjectHeaders, ObjectRecord } from '../storage/records.ts';
import { copyContent, requireCopySource } from './copy-source.ts';
import { OBJECT_ACL, objectAcl } from './object-acl.ts';
import { objectHeaders } from './object-headers.ts';
import { encryptionHeader } from './object-rules.ts';
import type { Operation } from './operation.ts';
import { assertMayReplace } from './operation.ts';
import { digestHeaders } from './receive-content.ts';
import { trafficLimit } from './traffic-limit.ts';

/** `PUT /key` with `x-oss-copy-source`; the copy is a simple object, whatever its source was (OSS docs, CopyObject). */
export const copyObject: Operation = async (context) => {
  const { request, bucket, key, store, limits, now } = context;
  trafficLimit(request);
  const acl = objectAcl(request.headers[OBJECT_ACL]);
  const source = requireCopySource(context);
  if (source === 'not-modified') return { status: 304 };
  if (source.size > limits.maxBodySize)
    throw new OssError('EntityTooLarge', {
      message: 'Source object Length exceeds the maximum allowed size.',
    });
  const headers = copiedHeaders(request, source);
  assertMayReplace(context);
  const content = await copyContent(context, source, 0, source.size);
  try {
    assertMayReplace(context);
  } catch (error) {
    store.removeBytes(content.bytes);
    throw error;
  }
  const { bytes, md5, crc64 } = content;
  const copy: ObjectRecord = {
    bucket,
    key,
    headers,
    ...acl,
    type: 'Normal',
    pieces: [bytes],
    size: bytes.size,
    etag: etagOf(md5),
    crc64,
    lastModified: now(),
  };
  store.putObject(copy);
  await store.saved();
  return copyAnswer('CopyObjectResult', copy, {
    ...encryptionHeader(headers.kept),
    ...digestHeaders(content),
  });
};

/** What both kinds of copies answer. `etag` without quotes, `lastModified` in epoch milliseconds. */
export function copyAnswer(
  root: string,
  { etag, lastModified }: { readonly etag: string; readonly lastModified: number },
  headers: Readonly<Record<string, string>>,
): Answer {
  return xmlAnswer(
    [
      root,
      [
        ['LastModified', isoTime(lastModified)],
        ['ETag', `"${etag}"`],
      ],
    ],
    { ETag: `"${etag}"`, ...headers },
  );
}

/** The source's own, unless a directive says that the request's replace them. */
function copiedHeaders(request: OssRequest, source: ObjectRecord): ObjectHeaders {
  const own = objectHeaders(request);
  const metadata = replaces(request, 'x-oss-metadata-directive') ? own : source.headers;
  const { tags } = replaces(request, 'x-oss-tagging-directive') ? own : source.headers;
  return {
    contentType: metadata.contentType,
    kept: { ...metadata.kept, ...storageOf(own.kept) },
    ...(tags === undefined ? {} : { tags }),
  };
}

/** Storage class and encryption are never the source's. */
function storageOf(kept: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(kept).filter(([name]) => isStorage(name)));
}

function isStorage(name: string): boolean {
  return name === 'x-oss-storage-class' || name.startsWith('x-oss-server-side-');
}

function replaces(request: OssRequest, directive: string): boolean {
  const value = request.headers[directive] ?? 'COPY';
  const word = value.toUpperCase();
  if (word !== 'COPY' && word !== 'REPLACE')
    throw invalidArgument(directive, value, `Unknown ${directive}.`);
  return word === 'REPLACE';
}
