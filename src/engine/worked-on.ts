import type { Shared } from './context.ts';
import { type LockedFile, lockName } from './turn.ts';

/** Tells of sessions whether a live tab, this one or another, works on their file. */
export async function findWorkedOn({
  locks,
  address,
}: Shared): Promise<(of: LockedFile) => boolean> {
  const held = new Set(await locks?.held().catch(() => []));
  // A session that was begun when the bucket had other endpoints may be worked on under either name.
  return (file) => [file, { ...file, endpoint: address }].some((one) => held.has(lockName(one)));
}
