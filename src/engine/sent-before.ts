import type { UploadError } from '../errors.ts';
import type { SendOptions } from '../oss/operations.ts';
import type { Digests } from '../ports.ts';
import type { UploadContext } from './context.ts';
import { compare } from './integrity.ts';
import { isRecent, look } from './look.ts';
import { recoveryFor } from './recovery.ts';
import { type BodyTooLarge, request } from './requests.ts';
import type { StoredFacts } from './result.ts';
import { proofOf, readWhole } from './single-request.ts';
import { requestOf } from './upload-request.ts';

/** How far ahead of the server's an unknown clock of ours may be before OSS refuses it. Milliseconds. */
const MOST_SKEW = 15 * 60_000;

/** The object that an earlier attempt to send a small file has made, if it has. */
export async function findSent(
  context: UploadContext,
  digests: Digests,
  beganAt: number,
  options: SendOptions,
): Promise<StoredFacts | undefined> {
  const head = await look(context, context.key, options);
  const { serverClock } = context.shared;
  const earliest = serverClock.at(beganAt) - (serverClock.isKnown ? 0 : MOST_SKEW);
  if (head?.size !== context.file.size || !isRecent(head, earliest)) return undefined;
  if (compare(digests, head) !== true) return undefined;
  const { etag = '', requestId } = head;
  return { etag, requestId, verified: proofOf(digests, head) };
}

/**
 * The key may be taken, and must not be overwritten: perhaps by the same file, of a page or worker that is gone.
 *
 * @throws the refusal, if it is another one, or the object is another one.
 */
export async function settleRefusedWhole(
  context: UploadContext,
  digests: Digests,
  refusal: UploadError,
  options: SendOptions,
): Promise<StoredFacts> {
  const isTaken = recoveryFor(refusal) === 'look';
  const found = isTaken && (await findSent(context, digests, Number.NEGATIVE_INFINITY, options));
  if (found === false || found === undefined) throw refusal;
  return found;
}

/** The link does not bear a small file in one request: it has to go in parts, unless it has got there after all. */
export async function splitWhole(
  context: UploadContext,
  error: BodyTooLarge,
  beganAt: number,
): Promise<StoredFacts | undefined> {
  const { shared, file } = context;
  const { size } = file;
  context.emit({ type: 'part-split', partNumber: 1, size, error: error.cause });
  return await request(shared, {
    ...requestOf(context),
    operation: 'HeadObject',
    send: async (options) => {
      const { digests } = await readWhole(context, options.signal);
      return await findSent(context, digests, beganAt, options);
    },
  });
}
