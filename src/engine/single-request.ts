import { UploadError, unreadableFile } from '../errors.ts';
import type { UploadResult } from '../events.ts';
import type { SendOptions } from '../oss/operations.ts';
import type { ByteRange, Digests } from '../ports.ts';
import { race } from '../waiting.ts';
import type { UploadContext } from './context.ts';
import { assertSame, compare, md5Header } from './integrity.ts';
import { unitFor } from './plan.ts';
import { BodyTooLarge, lookFirst, request, troubleAfter } from './requests.ts';
import { resultOf, type StoredFacts } from './result.ts';
import { isUnanswered } from './unanswered.ts';
import { requestOf } from './upload-request.ts';

/**
 * Files of up to so many bytes are sent from the memory that they were hashed in. To open one a second time costs a browser
 * more than to copy it: in Chromium 156 on Linux 0.7 of 2.9 ms for 20 KB, and nothing any more for 300 KB.
 */
const READ_ONCE = 256 * 1024;

/**
 * Sends a small file as it is, in one request, with its MD5, so that OSS refuses what was damaged on the way. Sending it
 * again after a lost answer does no harm, unless a callback was asked for, or it must not overwrite what is there: then it
 * is looked first whether that is the file. Nothing is returned when the link does not bear so much in one request: it has to go in parts.
 */
export async function sendWhole(context: UploadContext): Promise<UploadResult | undefined> {
  const { shared, file, progress } = context;
  const { partSizes } = shared;
  const { size } = file;
  // A pause that is taken back gives a new one: whoever still waits for a lane then is not to send as well.
  const { signal } = context.control;
  // Beside the files that have the lanes now.
  let reading: Promise<ReadFile> | undefined = readWhole(context, signal);
  reading.catch(() => undefined);
  const sent = shared.scheduler.run<UploadResult | undefined>(async () => {
    signal.throwIfAborted();
    context.setStatus('uploading');
    progress.start(0);
    const whole = (context.whole ??= { beganAt: shared.clock.now(), isAnswerLost: false });
    partSizes.sent(size);
    const putting = request(shared, {
      ...requestOf(context),
      signal,
      operation: 'PutObject',
      size,
      // While OSS asks the app's server nothing moves, however fast the link is.
      isRepeatable: context.callback === undefined,
      mustSplit: (breaks) => partSizes.mustSplit(size, unitFor(size), breaks),
      onSent: (bytes) => progress.sent(1, bytes),
      send: async (options) => {
        // Read anew for every attempt: what was refused as damaged may have been damaged in reading.
        const { body, digests } = await (reading ?? readWhole(context, options.signal));
        reading = undefined;
        if (whole.isAnswerLost && mustNotRepeat(context)) {
          const { findSent } = await race(shared.trouble(), options.signal);
          const found = await lookFirst(shared, options, (own) =>
            findSent(context, digests, whole.beganAt, own),
          );
          if (found !== undefined) return found;
        }
        try {
          return await put(context, body, digests, options);
        } catch (error) {
          whole.isAnswerLost ||= isUnanswered(error) || options.signal.aborted;
          if (!(error instanceof UploadError) || error.kind !== 'service') throw error;
          const { settleRefusedWhole } = await troubleAfter(error, shared.trouble, options.signal);
          return await settleRefusedWhole(context, digests, error, options);
        }
      },
    });
    const facts = await putting.catch(async (error: unknown) => {
      if (!(error instanceof BodyTooLarge)) {
        partSizes.landed(size);
        throw error;
      }
      partSizes.split(size);
      const { splitWhole } = await race(shared.trouble(), signal);
      return await splitWhole(context, error, whole.beganAt);
    });
    if (facts === undefined) return undefined;
    partSizes.confirmed(size);
    shared.link.confirmed();
    progress.confirmed(1, size);
    return await resultOf(context, facts);
  });
  return await race(sent, signal);
}

function mustNotRepeat({ callback, headers }: UploadContext): boolean {
  return callback !== undefined || headers['x-oss-forbid-overwrite'] === 'true';
}

/** A file, and what is to be known of it before it is sent. */
export interface ReadFile {
  readonly body: ByteRange;
  readonly digests: Digests;
}

export async function readWhole(
  { shared, file }: UploadContext,
  signal: AbortSignal,
): Promise<ReadFile> {
  const { integrity, hasher } = shared;
  const whole = { source: file, offset: 0, size: file.size };
  if (integrity === 'none') return { body: whole, digests: {} };
  const body = file.size > READ_ONCE ? whole : { ...whole, bytes: await bytesOf(file) };
  return { body, digests: await hasher.digest(body, ['md5', 'crc64'], signal) };
}

async function bytesOf(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (cause) {
    throw unreadableFile(cause);
  }
}

async function put(
  context: UploadContext,
  body: ByteRange,
  digests: Digests,
  options: SendOptions,
): Promise<StoredFacts> {
  const { shared, key, headers, callback } = context;
  const own = { ...headers, ...md5Header(digests), ...callback?.headers };
  const stored = await shared.client.putObject(key, body, own, options);
  assertSame(digests, stored, 'PutObject');
  // The body is the app's, or anybody's: what says nothing of the object may not come from OSS.
  if (callback !== undefined && stored.etag === undefined && stored.crc64 === undefined) {
    const { assertThere } = await race(shared.trouble(), options.signal);
    await assertThere(context, options);
  }
  return { ...stored, etag: stored.etag ?? '', verified: proofOf(digests, stored) };
}

/** What the server's word on these bytes proves. */
export function proofOf(
  digests: Digests,
  stored: Pick<StoredFacts, 'crc64'> & { etag?: string | undefined },
): UploadResult['verified'] {
  if (compare(digests, stored) !== true) return false;
  return digests.crc64 !== undefined && stored.crc64 !== undefined ? 'crc64' : 'etag';
}
