/** What an engine really has of what uploads stand on, as the page finds when it tries. */
export interface Capabilities {
  readonly isSecureContext: boolean;
  /** Bytes of a SHA-256 that WebCrypto made. */
  readonly digest: number;
  /** Databases that IndexedDB lists after one was made. */
  readonly databases: readonly (string | undefined)[];
  /** What a transaction that was committed by hand has stored. */
  readonly committed: unknown;
  /** The name of a Web Lock that was granted. */
  readonly lock: string | undefined;
}

/** Runs in the page, by itself: it may use nothing of this module. */
export async function capabilities(): Promise<Capabilities> {
  const settled = <Value>(request: IDBRequest<Value>): Promise<Value> =>
    new Promise((resolve, reject) => {
      request.addEventListener('success', () => resolve(request.result));
      request.addEventListener('error', () => reject(request.error ?? new Error('IndexedDB')));
    });
  const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(8));
  const opening = indexedDB.open('capabilities');
  opening.addEventListener('upgradeneeded', () => void opening.result.createObjectStore('store'));
  const database = await settled(opening);
  const writing = database.transaction('store', 'readwrite');
  writing.objectStore('store').put('value', 'key');
  writing.commit();
  const committed = await settled(database.transaction('store').objectStore('store').get('key'));
  return {
    isSecureContext: globalThis.isSecureContext,
    digest: digest.byteLength,
    databases: (await indexedDB.databases()).map(({ name }) => name),
    committed,
    lock: await navigator.locks.request('capabilities', (granted) => granted?.name),
  };
}
