import type { CheckpointStore, ConfirmedPart, LinkRecord, SessionRecord } from '../ports.ts';

/** Checkpoints for as long as the page lives. */
export function createMemoryCheckpoints(): CheckpointStore {
  const sessions = new Map<string, SessionRecord>();
  const parts = new Map<string, ConfirmedPart[]>();
  const links = new Map<string, LinkRecord>();
  return {
    sessions: () => Promise.resolve([...sessions.values()]),
    parts: (sessionId) => Promise.resolve([...(parts.get(sessionId) ?? [])]),
    putSession(record) {
      sessions.set(record.id, record);
      return Promise.resolve();
    },
    putParts(sessionId, added) {
      const known = parts.get(sessionId) ?? [];
      known.push(...added);
      parts.set(sessionId, known);
      return Promise.resolve();
    },
    delete(sessionId) {
      sessions.delete(sessionId);
      parts.delete(sessionId);
      return Promise.resolve();
    },
    link: (endpoint) => Promise.resolve(links.get(endpoint)),
    putLink(record) {
      links.set(record.endpoint, record);
      return Promise.resolve();
    },
    close: () => undefined,
  };
}
