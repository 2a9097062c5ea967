import type { CheckpointStore } from '../ports.ts';
import { createMemoryCheckpoints } from './memory-checkpoints.ts';

/**
 * Keeps a copy of what this page writes, so that a page whose storage is blocked or full can at least go on within
 * itself. Failed writes still reject: the page is to be told.
 */
export function createFallbackCheckpoints(store: CheckpointStore): CheckpointStore {
  const memory = createMemoryCheckpoints();
  let hasFailed = false;

  const write = async (action: (to: CheckpointStore) => Promise<void>): Promise<void> => {
    // Both are issued before anything is awaited: the page may be going away.
    const kept = action(memory);
    try {
      await action(store);
    } catch (error) {
      hasFailed = true;
      throw error;
    }
    await kept;
  };
  const read = async <Value>(
    action: (from: CheckpointStore) => Promise<Value[]>,
  ): Promise<Value[]> => {
    const stored = await action(store).catch((error: unknown) => {
      if (!hasFailed) throw error;
      return [];
    });
    return hasFailed ? [...stored, ...(await action(memory))] : stored;
  };
  const sessions = async (): Promise<unknown[]> => {
    const all = await read((from) => from.sessions());
    // What was stored before it failed is in both.
    return [...new Map(all.map((record) => [idOf(record), record])).values()];
  };

  return {
    sessions,
    parts: (sessionId) => read((from) => from.parts(sessionId)),
    putSession: (record) => write((to) => to.putSession(record)),
    putParts: (sessionId, parts) => write((to) => to.putParts(sessionId, parts)),
    delete: (sessionId) => write((to) => to.delete(sessionId)),
    // Nothing is lost with it: no copy.
    link: (endpoint) => store.link(endpoint),
    putLink: (record) => store.putLink(record),
    close: () => store.close(),
  };
}

function idOf(record: unknown): unknown {
  const { id }: { readonly id?: unknown } = Object(record);
  return id ?? record;
}
