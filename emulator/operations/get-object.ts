import { Readable } from 'node:stream';
import { OssError } from '../errors.ts';
import type { OssRequest } from '../request.ts';
import type { ObjectRecord } from '../storage/records.ts';
import { describeObject } from './object-headers.ts';
import type { Operation, OperationContext } from './operation.ts';

/** `HEAD /key` (OSS docs, HeadObject). */
export const headObject: Operation = (context) => {
  const object = requireObject(context);
  return Promise.resolve({
    status: 200,
    headers: { ...describeObject(object), 'Content-Length': String(object.size) },
  });
};

/** `GET /key`, whole or one range (OSS docs, GetObject). The CRC is always that of the whole object. */
export const getObject: Operation = (context) => {
  const object = requireObject(context);
  const range = requestedRange(context.request, object.size);
  const { start, end } = range ?? { start: 0, end: object.size };
  return Promise.resolve({
    status: range === undefined ? 200 : 206,
    headers: {
      ...describeObject(object),
      'Content-Length': String(end - start),
      ...(range === undefined
        ? {}
        : { 'Content-Range': `bytes ${start}-${end - 1}/${object.size}` }),
    },
    body: Readable.from(context.store.read(object, start, end), { objectMode: false }),
  });
};

function requireObject({ store, bucket, key }: OperationContext): ObjectRecord {
  const object = store.object(bucket, key);
  if (object !== undefined) return object;
  throw new OssError('NoSuchKey', { extras: [['Key', key]] });
}

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
