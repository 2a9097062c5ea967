import { changedFile, UploadError } from '../errors.ts';
import type { ConfirmedPart, SessionRecord } from '../ports.ts';
import { Checkpoint, storageError } from './checkpoint.ts';
import type { UploadContext } from './context.ts';
import { fingerprint, fingerprintOf } from './fingerprint.ts';
import { takeOpened } from './head-start.ts';
import { nextPartSize } from './part-sizes.ts';
import { isOneRequest, type Layout, MIN_PART_SIZE, type PartRange, unitFor, walk } from './plan.ts';
import { proveListed } from './proof.ts';
import { noteRefusal } from './refusals.ts';
import { request } from './requests.ts';
import { candidatesFor } from './stored-sessions.ts';
import { requestOf } from './upload-request.ts';

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
  /** How each part was sent by this page. */
  readonly attempts: Map<number, PartAttempts>;
  /** Whether a Complete was sent whose answer never came: the object may be there. */
  hasUnansweredComplete: boolean;
}

/**
 * Finds the session of this file, or opens one. Nothing is returned for a file that goes in one request.
 *
 * @throws UploadError, one with recovery `restart` among them when the server has lost the session.
 */
export async function openSession(context: UploadContext): Promise<Session | undefined> {
  context.setStatus('opening');
  if (context.session !== undefined) {
    await catchUp(context, context.session);
    if (context.isFileNew) await acceptFile(context, context.session);
    return await reconcile(context, context.session);
  }
  const found = await findSession(context);
  if (found !== undefined) {
    adopt(context, found);
    await reconcile(context, found);
    const heldBytes = context.file.size - sumOf(found.gaps);
    context.emit({ type: 'resumed', heldBytes, createdAt: found.checkpoint.record.createdAt });
    return found;
  }
  const { file, shared } = context;
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

// A file that was picked again goes on where the other one stopped, once its bytes have been compared.
async function acceptFile(context: UploadContext, session: Session): Promise<void> {
  await assertUnchanged(context, session);
  for (const partNumber of session.parts.keys()) session.restored.add(partNumber);
  context.isFileNew = false;
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
    attempts: new Map(),
    hasUnansweredComplete: false,
  };
  adopt(context, session);
  await checkpoint.save();
  return session;
}

/** All that the server holds under this upload id, page by page. */
export async function listAllParts(
  context: UploadContext,
  session: Session,
): Promise<ConfirmedPart[]> {
  const { uploadId, key } = session.checkpoint.record;
  const parts: ConfirmedPart[] = [];
  for (let marker: number | undefined = 0; marker !== undefined; ) {
    const after: number = marker;
    const page = await request(context.shared, {
      ...requestOf(context),
      operation: 'ListParts',
      send: (options) => context.shared.client.listParts(key, uploadId, after, options),
    });
    parts.push(...page.parts);
    marker = page.next;
  }
  return parts;
}

/** Takes over what the server holds of this file. */
export function takeStock(
  session: Session,
  proven: readonly ConfirmedPart[],
  listed: readonly ConfirmedPart[],
): void {
  const { held, gaps } = walk(session.layout, proven);
  session.parts.clear();
  for (const part of held) session.parts.set(part.partNumber, part);
  session.gaps = gaps;
  session.listed = new Map(listed.map(({ partNumber, size }) => [partNumber, size]));
}

/** Asks the server what it holds: that is the truth. Where it may not be asked, the checkpoint has to be believed. */
export async function reconcile(context: UploadContext, session: Session): Promise<Session> {
  try {
    const listed = await listAllParts(context, session);
    takeStock(session, await proveListed(context, session, listed), listed);
  } catch (error) {
    if (!(error instanceof UploadError) || error.status !== 403) throw error;
    noteRefusal(context, 'list-refused', error);
    const believed = [...session.parts.values()];
    takeStock(session, believed, believed);
  }
  return session;
}

function adopt(context: UploadContext, session: Session): void {
  context.session = session;
  context.shared.claimed.add(session.checkpoint.record.id);
}

async function findSession(context: UploadContext): Promise<Session | undefined> {
  const { sessionId, lastModified, shared } = context;
  const candidates = await candidatesFor(context).catch((error: unknown) => {
    context.emit({ type: 'checkpoint-unavailable', error: storageError(error) });
    return [];
  });
  if (candidates.length === 0) return undefined;
  const digest = await fingerprint(context);
  const fitting = candidates
    .filter((record) => record.fingerprint === digest)
    // Where the bytes are not compared, its date must do.
    .filter((record) => shared.integrity !== 'none' || record.lastModified === lastModified)
    .toSorted((a, b) => b.createdAt - a.createdAt);
  const record = fitting[0];
  if (record !== undefined) return await restore(context, record);
  if (sessionId !== undefined) throw anotherFile();
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
    attempts: new Map(),
    hasUnansweredComplete: record.completing !== undefined,
  };
}

// While this upload was paused another tab may have gone on with its session.
async function catchUp({ shared }: UploadContext, session: Session): Promise<void> {
  const stored = await shared.checkpoints.parts(session.checkpoint.record.id).catch(() => []);
  for (const part of stored) {
    if (session.parts.has(part.partNumber)) continue;
    session.parts.set(part.partNumber, part);
    session.restored.add(part.partNumber);
  }
}

function checkpointOf(context: UploadContext, record: SessionRecord): Checkpoint {
  const { checkpoints, clock, pageLife } = context.shared;
  const onFailure = (error: UploadError): void =>
    context.emit({ type: 'checkpoint-unavailable', error });
  return new Checkpoint({ checkpoints, clock, pageLife, onFailure }, record);
}

function anotherFile(): UploadError {
  return new UploadError('source', 'This is not the file whose upload was begun.', {
    code: 'AnotherFile',
    advice:
      'Pick the same, unchanged file; some phones make a new file of a video at each pick, which cannot be resumed.',
  });
}

function sumOf(ranges: readonly PartRange[]): number {
  return ranges.reduce((sum, { size }) => sum + size, 0);
}
