import { Readable } from 'node:stream';
import { OssError } from '../errors.ts';
import type { OssRequest } from '../request.ts';
import { conditionalAnswer } from './conditions.ts';
import { describeObject } from './object-headers.ts';
import type { Operation } from './operation.ts';
import { requireObject } from './operation.ts';
import { digestHeaders } from './receive-content.ts';
import { responseOverrides } from './response-overrides.ts';
import { shaped, trafficLimit } from './traffic-limit.ts';

/** `HEAD /key` (OSS docs, HeadObject). */
export const headObject: Operation = (context) => {
  const object = requireObject(context);
  return Promise.resolve(
    conditionalAnswer(context.request, object) ?? {
      status: 200,
      headers: { ...describeObject(object), 'Content-Length': String(object.size) },
    },
  );
};

/** `HEAD /key?objectMeta`: little, and nothing of what the client has said of it (OSS docs, GetObjectMeta). */
export const getObjectMeta: Operation = (context) => {
  const object = requireObject(context);
  const headers = {
    ETag: `"${object.etag}"`,
    'Last-Modified': new Date(object.lastModified).toUTCString(),
    'Content-Length': String(object.size),
    ...digestHeaders(object),
  };
  return Promise.resolve({ status: 200, headers });
};

/** `GET /key`, whole or one range (OSS docs, GetObject). The CRC is always that of the whole object. */
export const getObject: Operation = (context) => {
  const { request, store } = context;
  const overrides = responseOverrides(context);
  const rate = trafficLimit(request);
  const object = requireObject(context);
  const unmet = conditionalAnswer(request, object);
  if (unmet !== undefined) return Promise.resolve(unmet);
  const range = requestedRange(request, object.size);
  const { start, end } = range ?? { start: 0, end: object.size };
  return Promise.resolve({
    status: range === undefined ? 200 : 206,
    headers: {
      ...describeObject(object),
      ...overrides,
      'Content-Length': String(end - start),
      ...(range === undefined
        ? {}
        : { 'Content-Range': `bytes ${start}-${end - 1}/${object.size}` }),
    },
    body: Readable.from(shaped(store.read(object, start, end), rate), { objectMode: false }),
  });
};

interface ByteRange {
  readonly start: number;
  /** Not included. */
  readonly end: number;
}

/**
 * The range to send; undefined for the whole object. OSS ignores a range that is not wholly inside the object, unless
 * `x-oss-range-behavior: standard` asks for what HTTP says.
 */
function requestedRange(request: OssRequest, size: number): ByteRange | undefined {
  const [, first = '', last = ''] =
    /^bytes=(\d*)-(\d*)$/.exec(request.headers['range'] ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  const isStandard = request.headers['x-oss-range-behavior'] === 'standard';
  const range =
    first === ''
      ? { start: size - Number(last), end: size }
      : { start: Number(first), end: last === '' ? size : Number(last) + 1 };
  if (range.end <= range.start && last !== '' && first !== '') return undefined;
  if (range.start >= 0 && range.start < range.end && range.end <= size) return range;
  if (!isStandard) return undefined;
  const clamped = { start: Math.max(range.start, 0), end: Math.min(range.end, size) };
  if (clamped.start < clamped.end) return clamped;
  throw new OssError('InvalidRange', { headers: { 'Content-Range': `bytes */${size}` } });
}
