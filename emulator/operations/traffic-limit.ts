import { Bandwidth } from '../bandwidth.ts';
import { invalidArgument } from '../errors.ts';
import type { OssRequest } from '../request.ts';
import { queryValue } from '../request.ts';

const NAME = 'x-oss-traffic-limit';

/** Bits per second (OSS docs, "Single-connection bandwidth throttling"). */
const LEAST = 819_200;
const MOST = 838_860_800;

/** Bytes per second that the request allows its own connection; undefined without limit. Throws InvalidArgument. */
export function trafficLimit(request: OssRequest): number | undefined {
  const header = request.headers[NAME];
  const parameter = queryValue(request, NAME);
  const text = header ?? parameter;
  if (text === undefined) return undefined;
  if (header !== undefined && parameter !== undefined) {
    const message = `${NAME} should be specified either in query string or header, not both.`;
    throw invalidArgument(NAME, text, message);
  }
  const bits = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (bits >= LEAST && bits <= MOST) return bits / 8;
  const message = `${NAME} is invalid, should be specified between ${LEAST}(100KB/s) and ${MOST}(100MB/s).`;
  throw invalidArgument(NAME, text, message);
}

/**
 * Hands bytes on no faster than so many per second, or as they come.
 *
 * @yields the bytes in order, in chunks that take no more than about a tenth of a second each
 */
export async function* shaped(
  chunks: AsyncIterable<Buffer>,
  bytesPerSecond: number | undefined,
): AsyncGenerator<Buffer> {
  if (bytesPerSecond === undefined) return yield* chunks;
  const bandwidth = new Bandwidth(bytesPerSecond);
  const step = Math.ceil(bytesPerSecond / 10);
  for await (const chunk of chunks)
    for (let start = 0; start < chunk.length; start += step) {
      const piece = chunk.subarray(start, start + step);
      await bandwidth.take(piece.length);
      yield piece;
    }
}
