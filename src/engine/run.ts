import { UploadError } from '../errors.ts';
import type { UploadResult } from '../events.ts';
import { abandonOf } from './abandon.ts';
import { complete, findCompleted } from './completion.ts';
import type { UploadContext } from './context.ts';
import { sendAsForm } from './form-request.ts';
import { beginAhead, dropOpened } from './head-start.ts';
import { learnHiddenEtags } from './hidden-etags.ts';
import { PartSender } from './part-sender.ts';
import { walk } from './plan.ts';
import { CompletePreflight } from './preflight.ts';
import { proveRestored } from './proof.ts';
import { MAX_REPAIRS, recoveryFor } from './recovery.ts';
import {
  assertUnchanged,
  initiate,
  openSession,
  reconcile,
  type Session,
  takeStock,
} from './session.ts';
import { sendWhole } from './single-request.ts';
import { inTurn } from './turn.ts';

/**
 * The one way into an upload, whatever happened before: waits for its place among the files of this page, and for its
 * turn among the tabs that have the same one, opens a session, sends what is missing, completes.
 *
 * Rejects with an `UploadError`, with `PAUSED`, or with the reason of a cancel. Nothing is in flight by then.
 */
export async function run(context: UploadContext): Promise<UploadResult> {
  context.control.begin();
  // A place first: of a thousand files only those that are about to be sent are read for their turn.
  const leave = await context.shared.scheduler.enterUpload(context.control.signal);
  try {
    beginAhead(context);
    // Who needs it hears whether it could be had.
    context.shared.trouble().catch(() => undefined);
    return await inTurn(context, () => carry(context));
  } finally {
    leave();
  }
}

async function carry(context: UploadContext): Promise<UploadResult> {
  let step = (): Promise<UploadResult> => open(context);
  for (;;) {
    try {
      return await step();
    } catch (error) {
      const recovery = recoveryFor(error);
      const { session } = context;
      const isRepair = recovery === 'reopen' || recovery === 'restart';
      if (!isRepair || !(error instanceof UploadError) || session === undefined) throw error;
      countRepair(context, recovery, error);
      step = () => (recovery === 'reopen' ? reopen : restart)(context, session, error);
    } finally {
      await context.session?.checkpoint.rest();
    }
  }
}

async function open(context: UploadContext): Promise<UploadResult> {
  // What reads the outcome of a callback is loaded before anything is sent: later it would be too late to do without.
  if (context.callback !== undefined) await context.shared.callbackReader();
  const { sendByForm } = context.shared;
  if (sendByForm !== undefined) return await sendAsForm(context, sendByForm);
  const session = await openSession(context);
  if (session !== undefined) {
    void dropOpened(context);
    return await finish(context, session);
  }
  return (await sendWhole(context)) ?? (await finish(context, await initiate(context)));
}

async function finish(context: UploadContext, session: Session): Promise<UploadResult> {
  const proof = proveRestored(context, session);
  // Who waits for it comes later, or not at all.
  proof.catch(() => undefined);
  const preflight = new CompletePreflight(context, session);
  try {
    await sendParts(context, session, preflight);
    await sendWhatDiffers(context, session, await proof);
    await settleDoubts(context, session);
    await assertUnchanged(context, session);
    const result = await complete(context, session);
    await session.checkpoint.delete();
    return result;
  } finally {
    preflight.end();
  }
}

async function settleDoubts(context: UploadContext, session: Session): Promise<void> {
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
  for (const partNumber of differing) session.parts.delete(partNumber);
  session.gaps = walk(session.layout, session.parts.values()).gaps;
  context.emit({ type: 'parts-differ', count: differing.length });
  await sendParts(context, session);
}

async function sendParts(
  context: UploadContext,
  session: Session,
  preflight?: CompletePreflight,
): Promise<void> {
  context.setStatus('uploading');
  const missing = session.gaps.reduce((sum, { size }) => sum + size, 0);
  context.progress.start(session.layout.size - missing);
  const { link } = context.shared;
  const onLast = (): void => preflight?.begin();
  const sender = new PartSender(context, session, await link.partSize(), onLast);
  context.sender = sender;
  await sender.run().finally(() => link.save());
  session.gaps = [];
}

// Only a fresh look tells what is there where ETags are hidden, and where a part was sent in one size after another, by
// this page or an earlier one: the other attempt may have come late, and taken the place of what was confirmed.
function mustTakeStock({ parts, listed, attempts }: Session): boolean {
  return [...parts.values()].some(
    ({ partNumber, size, etag }) =>
      etag === '' ||
      (listed.get(partNumber) ?? size) !== size ||
      attempts.get(partNumber)?.isResized === true,
  );
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
  if (error.partNumber !== undefined) session.parts.delete(error.partNumber);
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
  for (const number of doubtful) parts.delete(number);
  const believed = [...parts.values()];
  takeStock(session, believed, believed);
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
  context.shared.claimed.delete(session.checkpoint.record.id);
  void abandonOf(context, session.checkpoint.record);
  return await finish(context, fresh);
}
