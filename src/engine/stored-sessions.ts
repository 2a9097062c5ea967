import type { SessionRecord } from '../ports.ts';
import type { UploadContext } from './context.ts';

/** What earlier pages have left that may be of this upload, unchecked. Rejects where it cannot be read. */
export async function leftBehind(context: UploadContext): Promise<unknown[]> {
  const stored = await context.shared.checkpoints.sessions();
  return stored.filter((record) => isLikely(context, record));
}

function isLikely({ sessionId, key, file, shared }: UploadContext, value: unknown): boolean {
  const record: Partial<Record<keyof SessionRecord, unknown>> = Object(value);
  if (sessionId !== undefined) return record.id === sessionId;
  return record.key === key && record.size === file.size && !shared.claimed.has(String(record.id));
}
