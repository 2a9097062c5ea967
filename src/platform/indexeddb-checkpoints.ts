import { createStore, promisifyRequest } from 'idb-keyval';
import type { CheckpointStore, ConfirmedPart } from '../ports.ts';

const DATABASE = 'partway';
const STORE = 'checkpoints';

/**
 * Keeps checkpoints in a database of our own: one record per session, one per batch of parts, so that a batch
 * costs the same however many went before it, and one per endpoint for its link.
 *
 * Every write commits its transaction at once. Chromium and Firefox let those survive that are committed while the page
 * goes away (Chromium loses the others, idb-keyval's own `set` among them); WebKit loses them all, so that a write is
 * best made earlier.
 */
export function createIndexedDbCheckpoints(): CheckpointStore {
  const store = openStore();
  let lastBatch = 0;

  return {
    sessions: () => store.getAll(below('session')),
    async parts(sessionId) {
      const batches: ConfirmedPart[][] = await store.getAll(below('parts', sessionId));
      return batches.flat();
    },
    putSession: (record) => store.write((objects) => objects.put(record, ['session', record.id])),
    putParts(sessionId, parts) {
      // Ascending over reloads, and hardly ever the same in two tabs.
      lastBatch = Math.max(Date.now(), lastBatch + 1);
      const key = ['parts', sessionId, lastBatch];
      return store.write((objects) => objects.put(parts, key));
    },
    delete: (sessionId) =>
      store.write((objects) => {
        objects.delete(['session', sessionId]);
        return objects.delete(below('parts', sessionId));
      }),
    async link(endpoint) {
      const [record] = await store.getAll<unknown>(below('link', endpoint));
      return record;
    },
    putLink: (record) => store.write((objects) => objects.put(record, ['link', record.endpoint])),
    close: () => store.close(),
  };
}

interface CheckpointDatabase {
  getAll<Value>(range: IDBKeyRange): Promise<Value[]>;
  write(action: (objects: IDBObjectStore) => unknown): Promise<void>;
  close(): void;
}

function openStore(): CheckpointDatabase {
  let use = createStore(DATABASE, STORE);
  let connection: IDBDatabase | undefined;

  const keep = (database: IDBDatabase): void => {
    if (connection === database) return;
    connection = database;
    const forget = (): void => {
      connection = undefined;
    };
    database.addEventListener('close', forget);
    database.addEventListener('versionchange', () => {
      database.close();
      forget();
      // idb-keyval keeps a connection that was closed from here.
      use = createStore(DATABASE, STORE);
    });
  };
  const put = (
    objects: IDBObjectStore,
    action: (objects: IDBObjectStore) => unknown,
  ): Promise<void> => {
    keep(objects.transaction.db);
    action(objects);
    const written = promisifyRequest<void>(objects.transaction);
    objects.transaction.commit();
    return written;
  };

  return {
    getAll: async (range) =>
      await use('readonly', (objects) => {
        keep(objects.transaction.db);
        return promisifyRequest(objects.getAll(range));
      }),
    async write(action) {
      // On the open connection nothing is awaited before the write is issued.
      if (connection === undefined) await use('readwrite', (objects) => put(objects, action));
      else await put(connection.transaction(STORE, 'readwrite').objectStore(STORE), action);
    },
    close() {
      connection?.close();
      connection = undefined;
    },
  };
}

/** All keys that begin with these. */
function below(...prefix: readonly string[]): IDBKeyRange {
  // An array is greater than every string, number or date in its place.
  return IDBKeyRange.bound([...prefix], [...prefix, []]);
}
