import { UploadError } from '../errors.ts';
import type { UploadResult } from '../events.ts';
import { abandonOf } from './abandon.ts';
import type { UploadContext } from './context.ts';
import { learnHiddenEtags } from './hidden-etags.ts';
import { findCompleted } from './look.ts';
import { walk } from './plan.ts';
import { MAX_REPAIRS, recoveryFor } from './recovery.ts';
import { finish, mustTakeStock, sendParts } from './run.ts';
import { disown, initiate, type Session } from './session.ts';
import { reconcile, takeStock } from './stock.ts';

/**
 * How an upload goes on whose session came to grief.
 *
 * @throws what has ended it, if there is no way to go on.
 */
export function mend(
  context: UploadContext,
  session: Session,
  error: unknown,
): () => Promise<UploadResult> {
  const recovery = recoveryFor(error);
  const isRepair = recovery === 'reopen' || recovery === 'restart';
  if (!isRepair || !(error instanceof UploadError)) throw error;
  countRepair(context, recovery, error);
  return () => (recovery === 'reopen' ? reopen : restart)(context, session, error);
}

/**
 * Sends again what holds other bytes than the file, and what the server does not hold after all, until nothing is in doubt.
 *
 * @param differing numbers of the parts that hold other bytes.
 */
export async function settleDoubts(
  context: UploadContext,
  session: Session,
  differing: readonly number[],
): Promise<void> {
  await sendWhatDiffers(context, session, differing);
  while (mustTakeStock(session)) {
    await reconcile(context, session);
    await learnHiddenEtags(context, session);
    if (session.gaps.length === 0) return;
    const error = lostParts(session);
    countRepair(context, 'reopen', error);
    context.emit({ type: 'reopened', error });
    await sendParts(context, session);
  }
}

// The samples of the file fit the session, and its bytes do not: it was changed since.
async function sendWhatDiffers(
  context: UploadContext,
  session: Session,
  differing: readonly number[],
): Promise<void> {
  if (differing.length === 0) return;
  for (const partNumber of differing) {
    session.parts.delete(partNumber);
    session.restored.delete(partNumber);
  }
  session.gaps = walk(session.layout, session.parts.values()).gaps;
  context.emit({ type: 'parts-differ', count: differing.length });
  await sendParts(context, session);
}

function lostParts({ gaps, checkpoint }: Session): UploadError {
  return new UploadError('protocol', 'OSS does not list parts that it said to have stored.', {
    operation: 'ListParts',
    partNumber: gaps[0]?.partNumber,
    advice: `Something ends or changes uploads of ${checkpoint.record.key} on the server meanwhile.`,
  });
}

function countRepair(context: UploadContext, repair: 'reopen' | 'restart', error: unknown): void {
  context.repairs[repair] += 1;
  if (context.repairs[repair] > MAX_REPAIRS[repair]) throw error;
}

async function reopen(
  context: UploadContext,
  session: Session,
  error: UploadError,
): Promise<UploadResult> {
  context.emit({ type: 'reopened', error });
  // Complete was answered: whatever object is there now, this session has not made it.
  await session.checkpoint.save({ completing: undefined });
  // The server named the part that it has not as we think; where it does not let us list, that is all we know.
  if (error.partNumber !== undefined) refute(session, error.partNumber);
  await reconcile(context, session);
  if (context.refusals.has('list-refused')) doubt(session, error.partNumber);
  return await finish(context, session);
}

// Complete was refused, and the server does not tell what it holds. Which attempt it holds of a part that was sent in
// one size after another is in doubt, for each of them: they are sent again. Where neither the answer nor this page knows of
// a part that may differ, it may be any of them.
function doubt(session: Session, named: number | undefined): void {
  const { parts, attempts } = session;
  const resized = [...parts.keys()].filter((number) => attempts.get(number)?.isResized === true);
  const doubtful = resized.length > 0 || named !== undefined ? resized : [...parts.keys()];
  for (const number of doubtful) refute(session, number);
  const believed = [...parts.values()];
  takeStock(session, believed, believed);
}

function refute({ parts, refuted }: Session, number: number): void {
  const part = parts.get(number);
  if (part !== undefined) refuted.set(number, part.etag);
  parts.delete(number);
}

async function restart(
  context: UploadContext,
  session: Session,
  error: UploadError,
): Promise<UploadResult> {
  const found = await findCompleted(context, session);
  if (found !== undefined) {
    await session.checkpoint.delete();
    context.progress.start(session.layout.size);
    return found;
  }
  context.emit({ type: 'restarted', error });
  const fresh = await initiate(context);
  await session.checkpoint.delete();
  disown(context, session);
  void abandonOf(context, session.checkpoint.record);
  return await finish(context, fresh);
}
