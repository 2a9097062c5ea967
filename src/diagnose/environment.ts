import type { Clock } from '../ports.ts';
import { watchPolicy } from './content-policy.ts';
import type { Examination } from './examination.ts';
import type { Finding } from './finding.ts';

/** The smallest module there is: magic number and version. */
const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** What the browser allows this page, without a request. Tells whether requests can be signed at all. */
export async function examineEnvironment({ door, report, prober }: Examination): Promise<boolean> {
  const { crypto }: { crypto: Partial<Crypto> } = globalThis;
  const canSign = crypto.subtle !== undefined;
  if (!canSign) report.add(insecureContext());
  const trouble = await prober.patiently(tryStorage);
  if (trouble !== 'fine') report.add(storageBlocked(trouble ?? 'it did not answer'));
  const worker = await prober.patiently(() => tryWorker(door.clock));
  if (worker !== 'fine') report.add(workerBlocked(worker ?? 'none started'));
  const module = tryWebAssembly();
  if (module !== 'fine') report.add(webAssemblyBlocked(module));
  return canSign;
}

// A database of its own, gone again at the end: what uploads remember is not touched.
async function tryStorage(): Promise<string> {
  const name = 'partway-diagnose';
  try {
    const opening = indexedDB.open(name);
    opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore('probe'));
    const database = await settled(opening);
    try {
      const store = database.transaction('probe', 'readwrite').objectStore('probe');
      await settled(store.put(0, 0));
    } finally {
      database.close();
      await settled(indexedDB.deleteDatabase(name));
    }
    return 'fine';
  } catch (error) {
    return nameOf(error);
  }
}

function settled<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () =>
      reject(request.error ?? new Error('IndexedDB failed.')),
    );
  });
}

// A worker from a blob asks nothing of the app's server. Where only those are forbidden, and scripts of the page's own
// origin are not, the page's workers run all the same.
async function tryWorker(clock: Clock): Promise<string> {
  if (typeof Worker === 'undefined') return 'this context has none';
  const url = URL.createObjectURL(new Blob(['postMessage(0)'], { type: 'text/javascript' }));
  const policy = watchPolicy(clock, 'worker-src');
  let worker: Worker | undefined;
  try {
    const made = new Worker(url);
    worker = made;
    const hasStarted = await new Promise<boolean>((resolve) => {
      made.addEventListener('message', () => resolve(true));
      made.addEventListener('error', () => resolve(false));
    });
    if (hasStarted) return 'fine';
  } catch {
    // Some browsers throw where others fire an error: the policy is asked in both cases.
  } finally {
    worker?.terminate();
    URL.revokeObjectURL(url);
  }
  const directives = await policy.violated();
  const strict = directives.find(({ sources }) => !sources.includes("'self'"));
  if (strict !== undefined) return strict.text;
  return directives.length > 0 ? 'fine' : 'none started';
}

function tryWebAssembly(): string {
  try {
    return new WebAssembly.Module(EMPTY_MODULE) instanceof WebAssembly.Module ? 'fine' : 'refused';
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.name}: ${error.message.replace(/\.$/, '')}`;
}

function insecureContext(): Finding {
  const { protocol, origin } = globalThis.location;
  return {
    id: 'insecure-context',
    severity: 'error',
    title: 'This page has no WebCrypto, so that no request can be signed',
    evidence: `The page was loaded from ${origin}, which the browser does not call secure.`,
    advice: 'Serve the page over https; on a machine under development, from localhost.',
    fix: [
      {
        where: 'Address of the page',
        text: protocol === 'http:' ? origin.replace('http:', 'https:') : 'https://…',
      },
    ],
  };
}

function storageBlocked(reason: string): Finding {
  return {
    id: 'storage-blocked',
    severity: 'warning',
    title: 'Uploads cannot be resumed after a reload: IndexedDB cannot be written',
    evidence: `The browser said: ${reason}.`,
    advice:
      'Uploads work, and survive all but a reload. Look for private browsing, blocked site data, a full disk, or a frame with the sandbox attribute and without allow-same-origin.',
  };
}

function workerBlocked(reason: string): Finding {
  return {
    id: 'worker-blocked',
    severity: 'info',
    title: 'This page may not start web workers',
    evidence: `No worker could be started: ${reason}.`,
    advice: 'Uploads from the page work without. To run an uploader in a worker, allow it.',
    fix: [{ where: 'Content-Security-Policy of the page', text: "worker-src 'self'" }],
  };
}

function webAssemblyBlocked(reason: string): Finding {
  return {
    id: 'wasm-blocked',
    severity: 'info',
    title: 'This page may not run WebAssembly',
    evidence: `An empty module was refused (${reason}), mostly by the Content-Security-Policy.`,
    advice: 'Partway needs none: nothing has to be done unless other code of the page does.',
    fix: [
      {
        where: 'Content-Security-Policy of the page',
        text: "script-src 'self' 'wasm-unsafe-eval'",
      },
    ],
  };
}
