import { anotherFile, changedFile } from '../errors.ts';
import type { SessionRecord } from '../ports.ts';
import type { UploadContext } from './context.ts';
import { fingerprint } from './fingerprint.ts';
import { adopt, assertUnchanged, checkpointOf, type Session } from './session.ts';
import { isExpired, readSessions } from './session-record.ts';
import { reconcile } from './stock.ts';

/**
 * Goes on with the upload's session, or with one that an earlier page has left. Nothing is returned where there is none.
 *
 * @param stored what earlier pages have left, unchecked.
 * @throws UploadError, one with recovery `restart` among them when the server has lost the session.
 */
export async function resume(
  context: UploadContext,
  stored: readonly unknown[],
): Promise<Session | undefined> {
  if (context.session !== undefined) {
    await catchUp(context, context.session);
    if (context.isFileNew) await acceptFile(context, context.session);
    return await reconcile(context, context.session);
  }
  const found = await findSession(context, stored);
  if (found === undefined) return undefined;
  adopt(context, found);
  await reconcile(context, found);
  const missing = found.gaps.reduce((sum, { size }) => sum + size, 0);
  const { createdAt } = found.checkpoint.record;
  context.emit({ type: 'resumed', heldBytes: context.file.size - missing, createdAt });
  return found;
}

// A file that was picked again goes on where the other one stopped, once its bytes have been compared.
async function acceptFile(context: UploadContext, session: Session): Promise<void> {
  await assertUnchanged(context, session);
  const { integrity } = context.shared;
  // Where the bytes are not compared, its date must do.
  if (integrity === 'none' && context.lastModified !== session.checkpoint.record.lastModified)
    throw changedFile();
  for (const partNumber of session.parts.keys()) session.restored.add(partNumber);
  session.isCompleteOurs = false;
  context.isFileNew = false;
}

/** The session that an earlier page has left of this file, if there is one. */
export async function findSession(
  context: UploadContext,
  stored: readonly unknown[],
): Promise<Session | undefined> {
  const { chosen, lastModified, shared } = context;
  const candidates = readSessions(shared, stored).filter((record) => !isExpired(shared, record));
  if (candidates.length === 0) return undefined;
  const digest = await fingerprint(context);
  const fitting = candidates
    .filter((record) => record.fingerprint === digest)
    // Where the bytes are not compared, its date must do.
    .filter((record) => shared.integrity !== 'none' || record.lastModified === lastModified)
    .toSorted((a, b) => b.createdAt - a.createdAt);
  const record = fitting[0];
  if (record !== undefined) return await restore(context, record);
  if (chosen !== undefined) throw anotherFile();
  return undefined;
}

async function restore(context: UploadContext, record: SessionRecord): Promise<Session> {
  const parts = await context.shared.checkpoints.parts(record.id).catch(() => []);
  return {
    checkpoint: checkpointOf(context, record),
    layout: { size: record.size, unit: record.unit },
    parts: new Map(parts.map((part) => [part.partNumber, part])),
    gaps: [],
    listed: new Map(),
    restored: new Set(parts.map(({ partNumber }) => partNumber)),
    refuted: new Map(),
    attempts: new Map(),
    hasUnansweredComplete: record.completing !== undefined,
    isCompleteOurs: false,
  };
}

// While this upload was paused another tab may have gone on with its session.
async function catchUp({ shared }: UploadContext, session: Session): Promise<void> {
  const { checkpoint } = session;
  const { id } = checkpoint.record;
  const sessions = await shared.checkpoints.sessions().catch(() => []);
  const completing = readSessions(shared, sessions).find((record) => record.id === id)?.completing;
  if (completing !== undefined) {
    const { etag, crc64 } = checkpoint.record.completing ?? {};
    session.isCompleteOurs &&= completing.etag === etag && completing.crc64 === crc64;
    session.hasUnansweredComplete = true;
    await checkpoint.save({ completing });
  }
  const stored = await shared.checkpoints.parts(id).catch(() => []);
  // Of one number the last one counts.
  for (const part of new Map(stored.map((each) => [each.partNumber, each])).values()) {
    const { partNumber, etag } = part;
    if (session.parts.has(partNumber) || session.refuted.get(partNumber) === etag) continue;
    session.parts.set(part.partNumber, part);
    session.restored.add(part.partNumber);
  }
}
