import { invalidArgument, OssError } from '../errors.ts';
import type { OssRequest } from '../request.ts';
import { etagOf } from '../storage/digests.ts';
import { copyAnswer } from './copy-object.ts';
import { COPY_SOURCE, copyContent, requireCopySource } from './copy-source.ts';
import type { Operation } from './operation.ts';
import { digestHeaders } from './receive-content.ts';
import { trafficLimit } from './traffic-limit.ts';
import { requireOpenUpload, requirePartNumber, storePart } from './upload-part.ts';

const RANGE = `${COPY_SOURCE}-range`;

/** `PUT /key?partNumber=N&uploadId=ID` with `x-oss-copy-source` (OSS docs, UploadPartCopy). */
export const uploadPartCopy: Operation = async (context) => {
  const { request, limits } = context;
  const partNumber = requirePartNumber(request);
  trafficLimit(request);
  requireOpenUpload(context, partNumber);
  const source = requireCopySource(context);
  if (source === 'not-modified') return { status: 304 };
  const { start, end } = requestedRange(request, source.size);
  if (end - start > limits.maxBodySize) throw new OssError('EntityTooLarge');
  const content = await copyContent(context, source, start, end);
  const part = await storePart(context, partNumber, content);
  return copyAnswer(
    'CopyPartResult',
    { ...part, etag: etagOf(content.md5) },
    { 'x-oss-copy-source-range': `bytes=${start}-${end - 1}`, ...digestHeaders(content) },
  );
};

/** `bytes=a-b`, both included; the whole source without it. Throws InvalidArgument and InvalidRange. */
function requestedRange(request: OssRequest, size: number): { start: number; end: number } {
  const text = request.headers[RANGE];
  if (text === undefined) return { start: 0, end: size };
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(text) ?? [];
  if (first === undefined || last === undefined)
    throw invalidArgument(RANGE, text, 'The format of x-oss-copy-source-range is invalid.');
  const [start, end] = [Number(first), last === '' ? size : Number(last) + 1];
  if (start >= end || end > size) throw new OssError('InvalidRange', { extras: [[RANGE, text]] });
  return { start, end };
}
