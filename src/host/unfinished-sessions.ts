import type { Shared } from '../engine/context.ts';
import { walk } from '../engine/plan.ts';
import type { SessionRecord } from '../ports.ts';
import type { UnfinishedSession } from './messages.ts';

/** What earlier pages began and did not finish, newest first, without what a tab is uploading now. */
export async function listUnfinished(shared: Shared): Promise<UnfinishedSession[]> {
  const { findWorkedOn, readSessions, isExpired } = await shared.trouble();
  const isWorkedOn = await findWorkedOn(shared);
  const stored = await shared.checkpoints.sessions().catch(() => []);
  const listed = readSessions(shared, stored)
    .filter((record) => !isExpired(shared, record))
    .filter((record) => !shared.claimed.has(record.id) && !isWorkedOn(record))
    .toSorted((a, b) => b.createdAt - a.createdAt);
  return await Promise.all(listed.map((record) => describe(shared, record)));
}

/** Forgets a session, and aborts it on the server, unless somebody works on it. */
export async function discardUnfinished(shared: Shared, record: SessionRecord): Promise<void> {
  const { findWorkedOn } = await shared.trouble();
  if (shared.claimed.has(record.id) || (await findWorkedOn(shared))(record)) return;
  await forget(shared, record);
}

/** Aborts and forgets what nobody came back for: it costs storage on the server for as long as it stays open. */
export async function dropExpired(shared: Shared, stored: readonly unknown[]): Promise<void> {
  const { abandon, findWorkedOn, readSessions, isExpired } = await shared.trouble();
  const isWorkedOn = await findWorkedOn(shared);
  const expired = readSessions(shared, stored)
    .filter((record) => isExpired(shared, record))
    .filter((record) => !isWorkedOn(record));
  for (const record of expired) {
    const { id } = record;
    // Where it may still be there the next page tries again, by its checkpoint.
    if (await abandon(shared, record)) await shared.checkpoints.delete(id).catch(() => undefined);
  }
}

async function describe(shared: Shared, record: SessionRecord): Promise<UnfinishedSession> {
  const { id, size, unit } = record;
  const parts = await shared.checkpoints.parts(id).catch(() => []);
  const byNumber = new Map(parts.map((part) => [part.partNumber, part]));
  const { held } = walk({ size, unit }, byNumber.values());
  return { record, confirmedBytes: held.reduce((sum, part) => sum + part.size, 0) };
}

async function forget(shared: Shared, record: SessionRecord): Promise<void> {
  const { abandon } = await shared.trouble();
  await abandon(shared, record);
  await shared.checkpoints.delete(record.id).catch(() => undefined);
}
