import { UploadError } from '../errors.ts';
import type { UploadResult } from '../events.ts';
import type { ObjectHead, SendOptions } from '../oss/client.ts';
import { isSameEtag, multipartEtag } from '../oss/multipart-etag.ts';
import type { UploadContext } from './context.ts';
import { assertWhole, walk } from './plan.ts';
import { isUnanswered, recoveryFor } from './recovery.ts';
import { noteRefusal } from './refusals.ts';
import { request } from './requests.ts';
import { resultOf, type StoredFacts } from './result.ts';
import { requestOf, type Session } from './session.ts';

/** How much earlier than our request an object of ours may be dated, as clocks count whole seconds. Milliseconds. */
const DATE_TOLERANCE = 2000;

/** Headers that OSS wants again at Complete, or only there. */
const COMPLETE_HEADERS = ['x-oss-forbid-overwrite', 'x-oss-object-acl', 'x-oss-request-payer'];

/**
 * Has the server put the object together. When an answer is lost, the next attempt first looks whether the object is
 * there; together they count as one failure.
 *
 * @throws UploadError; its recovery may be `reopen` or `restart`.
 */
export async function complete(context: UploadContext, session: Session): Promise<UploadResult> {
  const { shared, control } = context;
  const { client } = shared;
  const { checkpoint, layout } = session;
  const { key, uploadId } = checkpoint.record;
  const parts = walk(layout, session.parts.values()).held;
  assertWhole(layout, parts);
  const etag = multipartEtag(parts.map((part) => part.etag)) ?? '';
  await checkpoint.flush();
  await checkpoint.save({ completing: { etag, startedAt: shared.clock.now() } });
  control.signal.throwIfAborted();

  return await request(shared, {
    ...requestOf(context),
    operation: 'CompleteMultipartUpload',
    isUncut: true,
    send: async (options) => {
      if (session.hasUnansweredComplete) {
        context.setStatus('verifying');
        const found = judge(context, session, await look(context, key, options));
        if (found !== undefined) return await resultOf(context, found);
      }
      context.setStatus('completing');
      try {
        const done = await client.complete(key, uploadId, parts, completeHeaders(context), options);
        return await resultOf(context, {
          ...done,
          uploadId,
          etag: done.etag ?? etag,
          verified: done.etag !== undefined && isSameEtag(done.etag, etag) ? 'etag' : false,
        });
      } catch (error) {
        if (isUnanswered(error)) session.hasUnansweredComplete = true;
        if (recoveryFor(error) !== 'look') throw error;
        // The key is taken, and must not be overwritten: perhaps by a Complete of ours that was sent twice.
        const found = judge(context, session, await look(context, key, options));
        if (found === undefined) throw error;
        return await resultOf(context, found);
      }
    },
  });
}

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
  const head = await request(context.shared, {
    ...requestOf(context),
    operation: 'HeadObject',
    send: (options) => look(context, key, options),
  });
  const found = judge(context, session, head);
  return found === undefined ? undefined : await resultOf(context, found);
}

/** Looks at the object; without the right to, or without the object, there is nothing to see, and that is no failure. */
export async function look(
  context: UploadContext,
  key: string,
  options: SendOptions,
): Promise<ObjectHead | undefined> {
  try {
    return await context.shared.client.head(key, options);
  } catch (error) {
    if (!(error instanceof UploadError)) throw error;
    if (error.status === 403) noteRefusal(context, 'look-refused', error);
    else if (error.status !== 404) throw error;
    return undefined;
  }
}

function judge(
  context: UploadContext,
  session: Session,
  head: ObjectHead | undefined,
): StoredFacts | undefined {
  const { completing, initiatedAt, uploadId } = session.checkpoint.record;
  if (head === undefined || completing === undefined || head.size !== context.file.size)
    return undefined;
  const { requestId } = head;
  if (head.etag !== undefined && completing.etag !== '') {
    if (!isSameEtag(head.etag, completing.etag)) return undefined;
    return { etag: head.etag, requestId, uploadId, verified: 'etag' };
  }
  if (!session.hasUnansweredComplete || !isRecent(head, initiatedAt)) return undefined;
  return { etag: completing.etag, requestId, uploadId, verified: 'size' };
}

/** Whether an object is not older than something of ours, by the server's clock. */
export function isRecent({ lastModified = 0 }: ObjectHead, since: number): boolean {
  return lastModified >= since - DATE_TOLERANCE;
}

function completeHeaders({ headers, callback }: UploadContext): Record<string, string> {
  const entries = Object.entries(headers).filter(([name]) => COMPLETE_HEADERS.includes(name));
  return { ...Object.fromEntries(entries), ...callback?.headers };
}
