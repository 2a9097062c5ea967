import type { UploadResult } from '../events.ts';
import type { SendOptions } from '../oss/client.ts';
import type { ByteRange, Digests } from '../ports.ts';
import { race } from '../waiting.ts';
import { isRecent, look } from './completion.ts';
import type { UploadContext } from './context.ts';
import { assertSame, compare, md5Header } from './integrity.ts';
import { isUnanswered } from './recovery.ts';
import { request } from './requests.ts';
import { resultOf, type StoredFacts } from './result.ts';
import { requestOf } from './session.ts';

/**
 * Sends a small file as it is, in one request, with its MD5, so that OSS refuses what was damaged on the way. Sending it
 * again after a lost answer does no harm, unless a callback was asked for: then it is looked first whether it is there.
 */
export async function sendWhole(context: UploadContext): Promise<UploadResult> {
  const { shared, file, progress } = context;
  const { size } = file;
  const sent = shared.scheduler.run<UploadResult>(async () => {
    context.control.signal.throwIfAborted();
    context.setStatus('uploading');
    progress.start(0);
    const beganAt = shared.serverClock.now();
    let isAnswerLost = false;
    const facts = await request(shared, {
      ...requestOf(context),
      operation: 'PutObject',
      size,
      onSent: (bytes) => progress.sent(1, bytes),
      send: async (options) => {
        const body = { source: file, offset: 0, size };
        // Read anew for every attempt: what was refused as damaged may have been damaged in reading.
        const digests = await digest(context, body, options.signal);
        const mustLook = isAnswerLost && context.callback !== undefined;
        const found = mustLook ? await find(context, digests, beganAt, options) : undefined;
        try {
          return found ?? (await put(context, body, digests, options));
        } catch (error) {
          isAnswerLost ||= isUnanswered(error);
          throw error;
        }
      },
    });
    progress.confirmed(1, size);
    shared.traffic.confirm(size);
    shared.scheduler.speedUp();
    return await resultOf(context, facts);
  });
  return await race(sent, context.control.signal);
}

async function digest(
  { shared: { integrity, hasher } }: UploadContext,
  body: ByteRange,
  signal: AbortSignal,
): Promise<Digests> {
  return integrity === 'none' ? {} : await hasher.digest(body, ['md5', 'crc64'], signal);
}

async function put(
  { shared, key, headers, callback }: UploadContext,
  body: ByteRange,
  digests: Digests,
  options: SendOptions,
): Promise<StoredFacts> {
  const own = { ...headers, ...md5Header(digests), ...callback?.headers };
  const stored = await shared.client.putObject(key, body, own, options);
  assertSame(digests, stored, 'PutObject');
  return { ...stored, etag: stored.etag ?? '', verified: proofOf(digests, stored) };
}

async function find(
  context: UploadContext,
  digests: Digests,
  beganAt: number,
  options: SendOptions,
): Promise<StoredFacts | undefined> {
  const head = await look(context, context.key, options);
  if (head?.size !== context.file.size || !isRecent(head, beganAt)) return undefined;
  if (compare(digests, head) !== true) return undefined;
  const { etag = '', requestId } = head;
  return { etag, requestId, verified: proofOf(digests, head) };
}

function proofOf(
  digests: Digests,
  stored: Pick<StoredFacts, 'crc64'> & { etag?: string | undefined },
): UploadResult['verified'] {
  if (compare(digests, stored) !== true) return false;
  return digests.crc64 !== undefined && stored.crc64 !== undefined ? 'crc64' : 'etag';
}
