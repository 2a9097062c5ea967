import type { SessionRecord } from '../ports.ts';
import { isOfBucket, readSession } from './checkpoint.ts';
import type { Shared, UploadContext } from './context.ts';

/** The sessions of earlier pages that may be this upload's. */
export async function candidatesFor(context: UploadContext): Promise<SessionRecord[]> {
  const records = await storedSessions(context.shared);
  return records.filter((record) => isCandidate(context, record));
}

/** The readable sessions of this uploader's bucket that are not too old. */
export async function storedSessions(shared: Shared): Promise<SessionRecord[]> {
  const { checkpoints, checkpointMaxAge, clock } = shared;
  const stored = await checkpoints.sessions();
  return stored
    .map(readSession)
    .filter((record) => record !== undefined)
    .filter((record) => isOfBucket(shared, record))
    .filter((record) => record.createdAt > clock.now() - checkpointMaxAge);
}

function isCandidate(context: UploadContext, record: SessionRecord): boolean {
  const { sessionId, key, file, shared } = context;
  if (sessionId !== undefined) return record.id === sessionId;
  return record.key === key && record.size === file.size && !shared.claimed.has(record.id);
}
