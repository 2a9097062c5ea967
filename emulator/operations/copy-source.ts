import { invalidArgument, OssError } from '../errors.ts';
import { DigestStream } from '../storage/digests.ts';
import type { ObjectRecord } from '../storage/records.ts';
import { judgeConditions, preconditionFailed } from './conditions.ts';
import type { OperationContext } from './operation.ts';
import type { ReceivedContent } from './receive-content.ts';

export const COPY_SOURCE = 'x-oss-copy-source';

/** What a copy reads, or why it has nothing to do. */
export type CopySource = ObjectRecord | 'not-modified';

/**
 * The object that `x-oss-copy-source` names. Throws InvalidArgument, NoSuchBucket, NoSuchKey, PreconditionFailed, and
 * AccessDenied when the requester may not read it (OSS docs, CopyObject).
 */
export function requireCopySource(context: OperationContext): CopySource {
  const { request, requester, rights, buckets, store } = context;
  const { bucket, key } = parseSource(request.headers[COPY_SOURCE] ?? '');
  if (!buckets.has(bucket))
    throw new OssError('NoSuchBucket', { extras: [['BucketName', bucket]] });
  rights.assertMay(requester, 'GetObject', { bucket, key });
  const object = store.object(bucket, key);
  if (object === undefined) throw new OssError('NoSuchKey', { extras: [['Key', key]] });
  const verdict = judgeConditions(request.headers, object, `${COPY_SOURCE}-`);
  if (verdict.status === 'failed') throw preconditionFailed(`${COPY_SOURCE}-${verdict.condition}`);
  return verdict.status === 'met' ? object : 'not-modified';
}

/** Copies bytes of an object from `start` up to, not including, `end`. Throws InternalError when they vanish meanwhile. */
export async function copyContent(
  { store }: OperationContext,
  source: ObjectRecord,
  start: number,
  end: number,
): Promise<ReceivedContent> {
  const writer = store.createBlob();
  const stream = new DigestStream();
  let size = 0;
  try {
    for await (const chunk of store.read(source, start, end)) {
      size += chunk.length;
      stream.update(chunk);
      // A copy, or corrupting the one would corrupt the other.
      await writer.write(Buffer.from(chunk));
    }
    if (size !== end - start) throw new OssError('InternalError');
    return { bytes: await writer.finish(), ...stream.finish() };
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

function parseSource(header: string): { bucket: string; key: string } {
  const [, bucket, encodedKey] = /^\/?([^/?]+)\/([^?]+)(?:\?.*)?$/.exec(header) ?? [];
  const key = encodedKey === undefined ? undefined : decode(encodedKey);
  if (bucket !== undefined && key !== undefined) return { bucket, key };
  const message = 'Copy Source must mention the source bucket and key: /sourcebucket/sourcekey.';
  throw invalidArgument(COPY_SOURCE, header, message);
}

/** As in the path of a request, a literal `+` is a space. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
