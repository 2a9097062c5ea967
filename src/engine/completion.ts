import { UploadError } from '../errors.ts';
import type { UploadResult } from '../events.ts';
import type { ObjectHead } from '../oss/client.ts';
import { isSameEtag, multipartEtag } from '../oss/multipart-etag.ts';
import type { UploadContext } from './context.ts';
import { assertWhole, walk } from './plan.ts';
import { isUnanswered, recoveryFor } from './recovery.ts';
import { request } from './requests.ts';
import { requestOf, type Session } from './session.ts';

/** How much earlier than our Initiate an object of ours may be dated, as clocks count whole seconds. Milliseconds. */
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
        const found = judge(context, session, await client.head(key, options).catch(asAbsent));
        if (found !== undefined) return found;
      }
      context.setStatus('completing');
      try {
        const done = await client.complete(key, uploadId, parts, completeHeaders(context), options);
        return resultOf(context, session, {
          etag: done.etag ?? etag,
          location: done.location,
          requestId: done.requestId,
          verified: done.etag !== undefined && isSameEtag(done.etag, etag) ? 'etag' : false,
        });
      } catch (error) {
        if (isUnanswered(error)) session.hasUnansweredComplete = true;
        if (recoveryFor(error) !== 'look') throw error;
        // The key is taken, and must not be overwritten: perhaps by a Complete of ours that was sent twice.
        const found = judge(context, session, await client.head(key, options).catch(asAbsent));
        if (found === undefined) throw error;
        return found;
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
    send: (options) => context.shared.client.head(key, options).catch(asAbsent),
  });
  return judge(context, session, head);
}

// Without the right to look, or without the object, there is nothing to see; that is no failure.
function asAbsent(error: unknown): undefined {
  if (error instanceof UploadError && (error.status === 404 || error.status === 403))
    return undefined;
  throw error;
}

function judge(
  context: UploadContext,
  session: Session,
  head: ObjectHead | undefined,
): UploadResult | undefined {
  const { completing, initiatedAt } = session.checkpoint.record;
  if (head === undefined || completing === undefined || head.size !== context.file.size)
    return undefined;
  const { requestId } = head;
  if (head.etag !== undefined && completing.etag !== '') {
    if (!isSameEtag(head.etag, completing.etag)) return undefined;
    return resultOf(context, session, { etag: head.etag, requestId, verified: 'etag' });
  }
  const isRecent = (head.lastModified ?? 0) >= initiatedAt - DATE_TOLERANCE;
  if (!session.hasUnansweredComplete || !isRecent) return undefined;
  return resultOf(context, session, { etag: completing.etag, requestId, verified: 'size' });
}

function resultOf(
  context: UploadContext,
  session: Session,
  answer: {
    readonly etag: string;
    readonly location?: string | undefined;
    readonly requestId: string | undefined;
    readonly verified: UploadResult['verified'];
  },
): UploadResult {
  const { endpoint } = context.shared;
  const { key, uploadId } = session.checkpoint.record;
  const { etag, location, requestId, verified } = answer;
  return {
    bucket: endpoint.bucket,
    key,
    etag,
    uploadId,
    size: context.file.size,
    location: location ?? endpoint.url(key, []),
    ...(requestId === undefined ? {} : { requestId }),
    verified,
  };
}

function completeHeaders({ headers }: UploadContext): Record<string, string> {
  const entries = Object.entries(headers).filter(([name]) => COMPLETE_HEADERS.includes(name));
  return Object.fromEntries(entries);
}
