import type { Answer } from '../answer.ts';
import { OssError } from '../errors.ts';
import type { OssRequest } from '../request.ts';
import type { ObjectRecord } from '../storage/records.ts';

type Headers = Readonly<Record<string, string>>;

/** What the conditions of a request say of an object, and the first that decided it. */
export type Verdict =
  | { readonly status: 'met' }
  | { readonly status: 'not-modified' | 'failed'; readonly condition: string };

const NAMES = {
  match: 'If-Match',
  noneMatch: 'If-None-Match',
  modifiedSince: 'If-Modified-Since',
  unmodifiedSince: 'If-Unmodified-Since',
} as const;

/** Judges `If-…` headers, or those of a copy's source behind a prefix (OSS docs, GetObject, CopyObject). */
export function judgeConditions(headers: Headers, object: ObjectRecord, prefix = ''): Verdict {
  const value = (name: string): string | undefined => headers[`${prefix}${name.toLowerCase()}`];
  // HTTP dates have whole seconds.
  const modified = Math.floor(object.lastModified / 1000) * 1000;
  const match = value(NAMES.match);
  if (match !== undefined && !hasEtag(match, object.etag)) return failed(NAMES.match);
  const unmodifiedSince = timeOf(value(NAMES.unmodifiedSince));
  if (unmodifiedSince !== undefined && modified > unmodifiedSince)
    return failed(NAMES.unmodifiedSince);
  const noneMatch = value(NAMES.noneMatch);
  if (noneMatch !== undefined)
    return hasEtag(noneMatch, object.etag)
      ? { status: 'not-modified', condition: NAMES.noneMatch }
      : { status: 'met' };
  const modifiedSince = timeOf(value(NAMES.modifiedSince));
  if (modifiedSince !== undefined && modified <= modifiedSince)
    return { status: 'not-modified', condition: NAMES.modifiedSince };
  return { status: 'met' };
}

/**
 * The answer to a read whose conditions are not met: 304, or 412. A HEAD's 412 has neither body nor `x-oss-err`.
 * Throws PreconditionFailed.
 */
export function conditionalAnswer(request: OssRequest, object: ObjectRecord): Answer | undefined {
  const verdict = judgeConditions(request.headers, object);
  if (verdict.status === 'met') return undefined;
  const headers = {
    ETag: `"${object.etag}"`,
    'Last-Modified': new Date(object.lastModified).toUTCString(),
  };
  if (verdict.status === 'not-modified') return { status: 304, headers };
  if (request.method === 'HEAD') return { status: 412, headers, code: 'PreconditionFailed' };
  throw preconditionFailed(verdict.condition);
}

export function preconditionFailed(condition: string): OssError {
  return new OssError('PreconditionFailed', { extras: [['Condition', condition]] });
}

function failed(condition: string): Verdict {
  return { status: 'failed', condition };
}

/** One ETag or several, with or without quotes, or `*`. */
function hasEtag(list: string, etag: string): boolean {
  const tags = list.split(',').map((tag) => tag.trim().replaceAll('"', '').toUpperCase());
  return tags.includes('*') || tags.includes(etag.toUpperCase());
}

/** A date that cannot be read is no condition. */
function timeOf(date: string | undefined): number | undefined {
  const time = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(time) ? undefined : time;
}
