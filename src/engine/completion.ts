import { UploadError } from '../errors.ts';
import type { UploadResult } from '../events.ts';
import { isSameEtag } from '../oss/multipart-etag.ts';
import type { CompletedUpload, ObjectHead, SendOptions } from '../oss/operations.ts';
import type { ExpectedObject } from '../ports.ts';
import { abandonOf } from './abandon.ts';
import type { UploadContext } from './context.ts';
import { expectObject } from './integrity.ts';
import { assertWhole, walk } from './plan.ts';
import { isUnanswered, recoveryFor } from './recovery.ts';
import { noteRefusal } from './refusals.ts';
import { request } from './requests.ts';
import { resultOf, type StoredFacts } from './result.ts';
import type { Session } from './session.ts';
import { requestOf } from './upload-request.ts';

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
  const expected = { ...(await expectObject(context, parts)), startedAt: shared.clock.now() };
  await checkpoint.flush();
  await checkpoint.save({ completing: expected });
  control.signal.throwIfAborted();

  const facts = await request<StoredFacts>(shared, {
    ...requestOf(context),
    operation: 'CompleteMultipartUpload',
    isUncut: true,
    send: async (options) => {
      if (session.hasUnansweredComplete) {
        context.setStatus('verifying');
        const found = recognise(context, session, await look(context, key, options));
        if (found !== undefined) return found;
      }
      context.setStatus('completing');
      try {
        const done = await client.complete(key, uploadId, parts, completeHeaders(context), options);
        const { etag = expected.etag } = done;
        return { ...done, uploadId, etag, verified: compareObject(expected, done) };
      } catch (error) {
        if (isUnanswered(error)) session.hasUnansweredComplete = true;
        if (recoveryFor(error) !== 'look') throw error;
        // The key is taken, and must not be overwritten: perhaps by a Complete of ours that was sent twice.
        const found = recognise(context, session, await look(context, key, options));
        if (found === undefined) throw error;
        return found;
      }
    },
  });
  const verified = facts.verified === false ? await verifyByLook(context, session) : facts.verified;
  return await resultOf(context, { ...facts, verified });
}

/**
 * What the answer to Complete proves.
 *
 * @throws UploadError with the code `ObjectDiffers`: everything is to be sent again.
 */
function compareObject(
  expected: ExpectedObject,
  { crc64, etag }: Pick<CompletedUpload, 'crc64' | 'etag'>,
): UploadResult['verified'] {
  if (crc64 !== undefined && expected.crc64 !== undefined) {
    if (crc64 !== expected.crc64) throw objectDiffers();
    return 'crc64';
  }
  return etag !== undefined && isSameEtag(etag, expected.etag) ? 'etag' : false;
}

// The object is there whatever comes of this: where it cannot be looked at, nothing was compared.
async function verifyByLook(
  context: UploadContext,
  session: Session,
): Promise<UploadResult['verified']> {
  context.setStatus('verifying');
  try {
    const { record } = session.checkpoint;
    const head = await lookOnce(context, record.key);
    return head?.size === context.file.size ? 'size' : false;
  } catch {
    return false;
  }
}

function objectDiffers(): UploadError {
  return new UploadError(
    'protocol',
    'The object was put together with other bytes than the file.',
    {
      operation: 'CompleteMultipartUpload',
      code: 'ObjectDiffers',
      advice:
        'Do not use the object that is there now. Something on the way damages data: try another network or machine.',
    },
  );
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
  const found = recognise(context, session, await lookOnce(context, key));
  return found === undefined ? undefined : await resultOf(context, found);
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
    return await context.shared.client.head(key, options);
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
  const { completing, initiatedAt, uploadId } = session.checkpoint.record;
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
  if (!session.hasUnansweredComplete || !isRecent(head, initiatedAt)) return undefined;
  return { etag: completing.etag, requestId, uploadId, verified: 'size' };
}

/** Whether an object is not older than something of ours, by the server's clock. */
export function isRecent({ lastModified = 0 }: ObjectHead, since: number): boolean {
  return lastModified >= since - DATE_TOLERANCE;
}

/** What goes with Complete beside what every request has. */
export function completeHeaders({ headers, callback }: UploadContext): Record<string, string> {
  const entries = Object.entries(headers).filter(([name]) => COMPLETE_HEADERS.includes(name));
  return { ...Object.fromEntries(entries), ...callback?.headers };
}
