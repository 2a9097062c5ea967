import type { UploadResult } from '../events.ts';
import { race } from '../waiting.ts';
import { complete } from './completion.ts';
import type { UploadContext } from './context.ts';
import { beginAhead, dropOpened } from './head-start.ts';
import { PartSender } from './part-sender.ts';
import { CompletePreflight } from './preflight.ts';
import { troubleAfter } from './requests.ts';
import { assertUnchanged, initiate, openSession, type Session } from './session.ts';
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
    return await inTurn(context, () => carry(context));
  } finally {
    leave();
  }
}

async function carry(context: UploadContext): Promise<UploadResult> {
  const { shared, control } = context;
  let step = (): Promise<UploadResult> => open(context);
  for (;;) {
    try {
      return await step();
    } catch (error) {
      const { session } = context;
      if (session === undefined) throw error;
      const { mend } = await troubleAfter(error, shared.trouble, control.signal);
      step = mend(context, session, error);
    } finally {
      await context.session?.checkpoint.rest();
    }
  }
}

async function open(context: UploadContext): Promise<UploadResult> {
  // What reads the outcome of a callback is loaded before anything is sent: later it would be too late to do without.
  if (context.callback !== undefined)
    await race(context.shared.callbackReader(), context.control.signal);
  const { sendByForm } = context.shared;
  if (sendByForm !== undefined) return await sendByForm(context);
  const session = await openSession(context);
  if (session !== undefined) {
    void dropOpened(context);
    return await finish(context, session);
  }
  return (await sendWhole(context)) ?? (await finish(context, await initiate(context)));
}

/** Sends what a session lacks, and has the server put the object together. */
export async function finish(context: UploadContext, session: Session): Promise<UploadResult> {
  const { shared, control } = context;
  const over = new AbortController();
  const proof = proveRestored(context, session, over.signal);
  // Who waits for it comes later, or not at all.
  proof.catch(() => undefined);
  const preflight = new CompletePreflight(context, session);
  try {
    await sendParts(context, session, preflight);
    const differing = await proof;
    if (differing.length > 0 || mustTakeStock(session)) {
      const { settleDoubts } = await race(shared.trouble(), control.signal);
      await settleDoubts(context, session, differing);
    }
    await assertUnchanged(context, session);
    const result = await complete(context, session);
    await session.checkpoint.delete();
    return result;
  } finally {
    over.abort();
    preflight.end();
  }
}

async function proveRestored(
  context: UploadContext,
  session: Session,
  over: AbortSignal,
): Promise<readonly number[]> {
  if (session.restored.size === 0) return [];
  const { findDiffering } = await context.shared.trouble();
  return await findDiffering(context, session, over);
}

/** Sends what a session lacks. */
export async function sendParts(
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
export function mustTakeStock({ parts, listed, attempts }: Session): boolean {
  return [...parts.values()].some(
    ({ partNumber, size, etag }) =>
      etag === '' ||
      (listed.get(partNumber) ?? size) !== size ||
      attempts.get(partNumber)?.isResized === true,
  );
}
