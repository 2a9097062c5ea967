import { anotherFile, changedFile, type UploadError } from '../errors.ts';
import { MIN_PART_SIZE } from '../oss/limits.ts';
import type { ConfirmedPart, SessionRecord } from '../ports.ts';
import { race } from '../waiting.ts';
import { Checkpoint, storageError } from './checkpoint.ts';
import type { UploadContext } from './context.ts';
import { fingerprint, fingerprintOf } from './fingerprint.ts';
import { takeOpened } from './head-start.ts';
import { nextPartSize } from './part-sizes.ts';
import { isOneRequest, type Layout, type PartRange, unitFor, walk } from './plan.ts';
import { leftBehind } from './stored-sessions.ts';

/** How a part's number was sent by this page. */
export interface PartAttempts {
  readonly times: number;
  /** Bytes, the last time. */
  readonly size: number;
  /** Whether it was of another size before: that attempt may still come to the server, late. */
  readonly isResized: boolean;
}

/** One multipart upload on the server, what it holds of the file, and the checkpoint that remembers it. */
export interface Session {
  readonly checkpoint: Checkpoint;
  readonly layout: Layout;
  /** What the server has confirmed, by number; `walk` tells which of them count. */
  readonly parts: Map<number, ConfirmedPart>;
  /** What is missing, as of the last look at the server. */
  gaps: readonly PartRange[];
  /** Bytes that the server held under each number, proven or not, as of the last look. */
  listed: ReadonlyMap<number, number>;
  /** Parts that an earlier page has sent, and that were not yet read out of the file that this page has. */
  readonly restored: Set<number>;
  /** ETags of parts that the server was found not to hold: what a checkpoint says of them is not believed again. */
  readonly refuted: Map<number, string>;
  /** How each part was sent by this page. */
  readonly attempts: Map<number, PartAttempts>;
  /** Whether a Complete was sent whose answer never came: the object may be there. */
  hasUnansweredComplete: boolean;
  /** Whether what the checkpoint says of a Complete is of the file that this page has, as it sent it. */
  isCompleteOurs: boolean;
}

/**
 * Finds the session of this file, or opens one. Nothing is returned for a file that goes in one request.
 *
 * @throws UploadError, one with recovery `restart` among them when the server has lost the session.
 */
export async function openSession(context: UploadContext): Promise<Session | undefined> {
  const { file, shared, control } = context;
  context.setStatus('opening');
  const stored = context.session === undefined ? await findLeftBehind(context) : [];
  if (context.session !== undefined || stored.length > 0) {
    const { resume } = await race(shared.trouble(), control.signal);
    const session = await resume(context, stored);
    if (session !== undefined) return session;
  }
  // Nothing is left of what was chosen: perhaps another tab has finished it.
  const wanted = context.chosen?.fingerprint;
  if (wanted !== undefined && (await fingerprint(context)) !== wanted) throw anotherFile();
  if (isOneRequest(file.size, await nextPartSize(shared, file.size))) return undefined;
  return await initiate(context);
}

/**
 * Makes sure that the file is still the one that the session was opened for, as far as its samples tell.
 *
 * @throws UploadError with the code `FileChanged`.
 */
export async function assertUnchanged(context: UploadContext, session: Session): Promise<void> {
  const { record } = session.checkpoint;
  if ((await fingerprintOf(context.file)) !== record.fingerprint) throw changedFile();
}

/** Opens a new multipart upload, and writes its checkpoint before anything is sent. */
export async function initiate(context: UploadContext): Promise<Session> {
  const { shared, file, key, fileName, lastModified, headers } = context;
  const unit = unitFor(file.size);
  if (unit > MIN_PART_SIZE) context.emit({ type: 'unit-enlarged', unit });
  const digest = await fingerprint(context);
  const { uploadId, serverTime } = await takeOpened(context);
  const now = shared.clock.now();
  const checkpoint = checkpointOf(context, {
    version: 1,
    id: crypto.randomUUID(),
    bucket: shared.endpoint.bucket,
    endpoint: shared.address,
    ...(shared.bases.length === 1 ? {} : { endpoints: shared.bases }),
    key,
    uploadId,
    size: file.size,
    unit,
    ...(fileName === undefined ? {} : { fileName }),
    ...(lastModified === undefined ? {} : { lastModified }),
    fingerprint: digest,
    headers,
    ...(context.handle === undefined ? {} : { handle: context.handle }),
    hasCallback: context.callback !== undefined,
    createdAt: now,
    initiatedAt: serverTime ?? shared.serverClock.now(),
  });
  const layout = { size: file.size, unit };
  const { gaps } = walk(layout, []);
  const session = {
    checkpoint,
    layout,
    parts: new Map(),
    gaps,
    listed: new Map(),
    restored: new Set<number>(),
    refuted: new Map<number, string>(),
    attempts: new Map(),
    hasUnansweredComplete: false,
    isCompleteOurs: false,
  };
  adopt(context, session);
  await checkpoint.save();
  return session;
}

async function findLeftBehind(context: UploadContext): Promise<unknown[]> {
  try {
    return await leftBehind(context);
  } catch (error) {
    context.emit({ type: 'checkpoint-unavailable', error: storageError(error) });
    return [];
  }
}

/** Has the upload work on this session. */
export function adopt(context: UploadContext, session: Session): void {
  context.session = session;
  // Who is cancelled leaves it to whoever comes next.
  if (!context.control.isCancelled)
    context.shared.claimed.set(session.checkpoint.record.id, context);
}

/** A session is anybody's again, unless another upload has taken it up since. */
export function disown(context: UploadContext, { checkpoint }: Session): void {
  const { claimed } = context.shared;
  if (claimed.get(checkpoint.record.id) === context) claimed.delete(checkpoint.record.id);
}

/** What keeps a session's checkpoint for this upload. */
export function checkpointOf(context: UploadContext, record: SessionRecord): Checkpoint {
  const { checkpoints, clock, pageLife } = context.shared;
  const onFailure = (error: UploadError): void =>
    context.emit({ type: 'checkpoint-unavailable', error });
  return new Checkpoint({ checkpoints, clock, pageLife, onFailure }, record);
}
