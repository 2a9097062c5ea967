import { UploadError } from '../errors.ts';
import type { UploadResult } from '../events.ts';
import { abandon } from './abandon.ts';
import { complete, findCompleted } from './completion.ts';
import type { UploadContext } from './context.ts';
import { PartSender } from './part-sender.ts';
import { MAX_REPAIRS, recoveryFor } from './recovery.ts';
import { initiate, openSession, reconcile, type Session } from './session.ts';
import { sendWhole } from './single-request.ts';

/**
 * The one way into an upload, whatever happened before: opens a session, sends what is missing, completes.
 *
 * Rejects with an `UploadError`, with `PAUSED`, or with the reason of a cancel. Nothing is in flight by then.
 */
export async function run(context: UploadContext): Promise<UploadResult> {
  const { repairs } = context;
  let step = (): Promise<UploadResult> => open(context);
  for (;;) {
    try {
      return await step();
    } catch (error) {
      const recovery = recoveryFor(error);
      const { session } = context;
      const isRepair = recovery === 'reopen' || recovery === 'restart';
      if (!isRepair || !(error instanceof UploadError) || session === undefined) throw error;
      repairs[recovery] += 1;
      if (repairs[recovery] > MAX_REPAIRS[recovery]) throw error;
      step = () => (recovery === 'reopen' ? reopen : restart)(context, session, error);
    } finally {
      await context.session?.checkpoint.rest();
    }
  }
}

async function open(context: UploadContext): Promise<UploadResult> {
  const session = await openSession(context);
  return session === undefined ? await sendWhole(context) : await finish(context, session);
}

async function finish(context: UploadContext, session: Session): Promise<UploadResult> {
  do {
    await sendParts(context, session);
  } while (await hasGapsAfterResizing(context, session));
  const result = await complete(context, session);
  await session.checkpoint.delete();
  return result;
}

async function sendParts(context: UploadContext, session: Session): Promise<void> {
  context.setStatus('uploading');
  const missing = session.gaps.reduce((sum, { size }) => sum + size, 0);
  context.progress.start(session.layout.size - missing);
  context.sender = new PartSender(context, session);
  await context.sender.run();
  session.gaps = [];
}

// A part that the server held in another size may come back late: only a fresh look tells what is there now.
async function hasGapsAfterResizing(context: UploadContext, session: Session): Promise<boolean> {
  const { parts, listed } = session;
  const isResized = [...parts.values()].some(
    ({ partNumber, size }) => (listed.get(partNumber) ?? size) !== size,
  );
  if (!isResized) return false;
  await reconcile(context, session);
  return session.gaps.length > 0;
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
  return await finish(context, session);
}

async function restart(
  context: UploadContext,
  session: Session,
  error: UploadError,
): Promise<UploadResult> {
  const found = await findCompleted(context, session);
  if (found !== undefined) {
    await session.checkpoint.delete();
    return found;
  }
  context.emit({ type: 'restarted', error });
  const fresh = await initiate(context);
  await session.checkpoint.delete();
  context.shared.claimed.delete(session.checkpoint.record.id);
  void abandon(context.shared, session.checkpoint.record);
  return await finish(context, fresh);
}
