import { UploadError } from '../errors.ts';
import type { UploadResult } from '../events.ts';
import { isSameEtag } from '../oss/multipart-etag.ts';
import type { CompletedUpload } from '../oss/operations.ts';
import type { ExpectedObject } from '../ports.ts';
import { race } from '../waiting.ts';
import type { UploadContext } from './context.ts';
import { expectObject, missingObject } from './integrity.ts';
import { assertWhole, walk } from './plan.ts';
import { lookFirst, request, troubleAfter } from './requests.ts';
import { resultOf, type StoredFacts } from './result.ts';
import type { Session } from './session.ts';
import { isUnanswered } from './unanswered.ts';
import { requestOf } from './upload-request.ts';

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
  session.isCompleteOurs = true;
  await checkpoint.save({ completing: expected });
  control.signal.throwIfAborted();

  const facts = await request<StoredFacts>(shared, {
    ...requestOf(context),
    operation: 'CompleteMultipartUpload',
    isUncut: true,
    send: async (options) => {
      if (session.hasUnansweredComplete) {
        context.setStatus('verifying');
        const { findMade } = await race(shared.trouble(), options.signal);
        const found = await lookFirst(shared, options, (own) => findMade(context, session, own));
        if (found !== undefined) return found;
      }
      context.setStatus('completing');
      try {
        const done = await client.complete(key, uploadId, parts, completeHeaders(context), options);
        const { etag = expected.etag } = done;
        const verified = compareObject(expected, done);
        if (verified !== false) return { ...done, uploadId, etag, verified };
        const seen = await verifyByLook(context, session);
        if (seen === 'missing') throw missingObject('CompleteMultipartUpload');
        return { ...done, uploadId, etag, verified: seen };
      } catch (error) {
        if (isUnanswered(error)) session.hasUnansweredComplete = true;
        if (!(error instanceof UploadError) || error.kind !== 'service') throw error;
        const { settleRefused } = await troubleAfter(error, shared.trouble, options.signal);
        return await settleRefused(context, session, error, options);
      }
    },
  }).catch(async (error: unknown) => {
    if (error instanceof UploadError && error.kind === 'service') {
      const { noteRefusedComplete } = await troubleAfter(error, shared.trouble, control.signal);
      await noteRefusedComplete(session, error);
    }
    throw error;
  });
  return await resultOf(context, facts);
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
): Promise<UploadResult['verified'] | 'missing'> {
  context.setStatus('verifying');
  try {
    const { isThere } = await race(context.shared.trouble(), context.control.signal);
    return await isThere(context, session);
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

/** What goes with Complete beside what every request has. */
export function completeHeaders({ headers, callback }: UploadContext): Record<string, string> {
  const entries = Object.entries(headers).filter(([name]) => COMPLETE_HEADERS.includes(name));
  return { ...Object.fromEntries(entries), ...callback?.headers };
}
