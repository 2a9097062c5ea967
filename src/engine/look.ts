import { UploadError } from '../errors.ts';
import type { UploadResult } from '../events.ts';
import { MAX_PARTS } from '../oss/limits.ts';
import { isSameEtag } from '../oss/multipart-etag.ts';
import type { ObjectHead, SendOptions } from '../oss/operations.ts';
import { headObject, listParts } from '../oss/rare-operations.ts';
import type { ExpectedObject } from '../ports.ts';
import { abandonOf } from './abandon.ts';
import type { UploadContext } from './context.ts';
import { isOfBytes, missingObject } from './integrity.ts';
import { recoveryFor } from './recovery.ts';
import { noteRefusal } from './refusals.ts';
import { request } from './requests.ts';
import { resultOf, type StoredFacts } from './result.ts';
import type { Session } from './session.ts';
import { requestOf } from './upload-request.ts';

/** How much earlier than our request an object of ours may be dated, as clocks count whole seconds. Milliseconds. */
const DATE_TOLERANCE = 2000;

/**
 * Looks whether the object that a Complete of this session was to make is there. Nothing is returned when it is not,
 * or when it cannot be told from another.
 */
export async function findCompleted(
  context: UploadContext,
  session: Session,
): Promise<UploadResult | undefined> {
  const { key, completing } = session.checkpoint.record;
  // Before its first Complete a session cannot have made anything.
  if (completing === undefined) return undefined;
  context.setStatus('verifying');
  const head = await lookOnce(context, key);
  if (judge(context, session, head) === undefined) return undefined;
  // What an earlier page, or another tab, put together may be of the file as it was then, or of another one.
  if (!session.isCompleteOurs && !(await isOfBytes(context, completing.crc64))) return undefined;
  const found = recognise(context, session, head);
  return found === undefined ? undefined : await resultOf(context, found);
}

/** The object, if it is there and a Complete of this session has made it. */
export async function findMade(
  context: UploadContext,
  session: Session,
  options: SendOptions,
): Promise<StoredFacts | undefined> {
  const { key, uploadId, initiatedAt } = session.checkpoint.record;
  const head = await look(context, key, options);
  const facts = judge(context, session, head);
  const isOlder = head !== undefined && !isRecent(head, initiatedAt);
  // The same bytes may have been there before, and of a size are many: an upload that is still open was not put together.
  const isInDoubt = facts !== undefined && (isOlder || facts.verified === 'size');
  if (isInDoubt && (await isOpen(context, key, uploadId, options))) return undefined;
  return recognise(context, session, head);
}

/** Without the right to ask, what is there has to do. */
async function isOpen(
  { shared }: UploadContext,
  key: string,
  uploadId: string,
  options: SendOptions,
): Promise<boolean> {
  try {
    await listParts(shared.client, key, uploadId, MAX_PARTS, options);
    return true;
  } catch (error) {
    if (error instanceof UploadError && (error.status === 404 || error.status === 403))
      return false;
    throw error;
  }
}

/**
 * The key may be taken, and must not be overwritten: perhaps by a Complete of ours that was sent twice.
 *
 * @throws the refusal, if it is another one, or the object is not ours.
 */
export async function settleRefused(
  context: UploadContext,
  session: Session,
  refusal: UploadError,
  options: SendOptions,
): Promise<StoredFacts> {
  if (recoveryFor(refusal) !== 'look') throw refusal;
  const { key } = session.checkpoint.record;
  const found = recognise(context, session, await look(context, key, options));
  if (found === undefined) throw refusal;
  return found;
}

/** After a refusal for good: whatever object is there later, this session has not made it. */
export async function noteRefusedComplete(
  { hasUnansweredComplete, checkpoint }: Session,
  refusal: UploadError,
): Promise<void> {
  if (!hasUnansweredComplete && recoveryFor(refusal) === 'fail')
    await checkpoint.save({ completing: undefined });
}

/** @throws UploadError where there is no object, as far as that may be asked. */
export async function assertThere(context: UploadContext, options: SendOptions): Promise<void> {
  const head = await look(context, context.key, options);
  if (head === undefined && !context.refusals.has('look-refused')) throw missingObject('PutObject');
}

/** Whether there is an object of the file's size. `missing`: there is none at all. */
export async function isThere(
  context: UploadContext,
  session: Session,
): Promise<'size' | 'missing' | false> {
  const head = await lookOnce(context, session.checkpoint.record.key);
  if (head === undefined && !context.refusals.has('look-refused')) return 'missing';
  return head?.size === context.file.size ? 'size' : false;
}

function lookOnce(context: UploadContext, key: string): Promise<ObjectHead | undefined> {
  return request(context.shared, {
    ...requestOf(context),
    operation: 'HeadObject',
    send: (options) => look(context, key, options),
  });
}

/** Looks at the object; without the right to, or without the object, there is nothing to see, and that is no failure. */
export async function look(
  context: UploadContext,
  key: string,
  options: SendOptions,
): Promise<ObjectHead | undefined> {
  try {
    return await headObject(context.shared.client, key, options);
  } catch (error) {
    if (!(error instanceof UploadError)) throw error;
    if (error.status === 403) noteRefusal(context, 'look-refused', error);
    else if (error.status !== 404) throw error;
    return undefined;
  }
}

// The same bytes may have come by another way, such as a PutObject that came late: then the upload is still open.
function recognise(
  context: UploadContext,
  session: Session,
  head: ObjectHead | undefined,
): StoredFacts | undefined {
  const facts = judge(context, session, head);
  const { record } = session.checkpoint;
  const isOfThisUpload =
    head?.etag !== undefined && isSameEtag(head.etag, record.completing?.etag ?? '');
  if (facts !== undefined && !isOfThisUpload) void abandonOf(context, record);
  return facts;
}

function judge(
  context: UploadContext,
  session: Session,
  head: ObjectHead | undefined,
): StoredFacts | undefined {
  const { completing, uploadId } = session.checkpoint.record;
  if (head === undefined || completing === undefined || head.size !== context.file.size)
    return undefined;
  const { requestId } = head;
  if (head.crc64 !== undefined && completing.crc64 !== undefined) {
    if (head.crc64 !== completing.crc64) return undefined;
    return { etag: head.etag ?? completing.etag, requestId, uploadId, verified: 'crc64' };
  }
  if (head.etag !== undefined && completing.etag !== '') {
    if (!isSameEtag(head.etag, completing.etag)) return undefined;
    return { etag: head.etag, requestId, uploadId, verified: 'etag' };
  }
  if (!isRecent(head, earliestMaking(context, session, completing))) return undefined;
  return { etag: completing.etag, requestId, uploadId, verified: 'size' };
}

/** When a Complete can first have made the object, by the server's clock. Epoch milliseconds. */
function earliestMaking(
  { shared }: UploadContext,
  { hasUnansweredComplete, checkpoint }: Session,
  { startedAt }: ExpectedObject,
): number {
  if (hasUnansweredComplete) return checkpoint.record.initiatedAt;
  // Browsers send a request again by themselves when its connection ends without an answer. Of the first Complete nobody
  // hears, then, and the second finds no upload any more.
  return shared.serverClock.at(startedAt);
}

/** Whether an object is not older than something of ours, by the server's clock. */
export function isRecent({ lastModified }: ObjectHead, since: number): boolean {
  return lastModified >= since - DATE_TOLERANCE;
}
