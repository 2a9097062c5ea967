import { unreadableFile } from '../errors.ts';
import type { UploadResult } from '../events.ts';
import type { SendOptions } from '../oss/client.ts';
import { contentMd5, isSameEtag, md5Etag } from '../oss/multipart-etag.ts';
import { race } from '../waiting.ts';
import { isRecent, look } from './completion.ts';
import type { UploadContext } from './context.ts';
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
        // Read anew for every attempt: what was refused as damaged may have been damaged in reading.
        const etag = md5Etag(await read(file));
        const mustLook = isAnswerLost && context.callback !== undefined;
        const found = mustLook ? await find(context, etag, beganAt, options) : undefined;
        try {
          return found ?? (await put(context, etag, options));
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

async function put(
  { shared, key, file, headers, callback }: UploadContext,
  etag: string,
  options: SendOptions,
): Promise<StoredFacts> {
  const body = { source: file, offset: 0, size: file.size };
  const own = { ...headers, 'content-md5': contentMd5(etag), ...callback?.headers };
  const stored = await shared.client.putObject(key, body, own, options);
  const isSame = stored.etag !== undefined && isSameEtag(stored.etag, etag);
  return { ...stored, etag: stored.etag ?? '', verified: isSame ? 'etag' : false };
}

async function find(
  context: UploadContext,
  etag: string,
  beganAt: number,
  options: SendOptions,
): Promise<StoredFacts | undefined> {
  const head = await look(context, context.key, options);
  if (head?.etag === undefined || head.size !== context.file.size) return undefined;
  if (!isSameEtag(head.etag, etag) || !isRecent(head, beganAt)) return undefined;
  return { etag: head.etag, requestId: head.requestId, verified: 'etag' };
}

async function read(file: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (cause) {
    throw unreadableFile(cause);
  }
}
