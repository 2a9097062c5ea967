import { UploadError } from '../../errors.ts';
import type { ByteRange, Digests } from '../../ports.ts';
import { createHasher } from '../hasher.ts';
import { sendRange } from '../send-range.ts';
import type { Answer } from '../xhr.ts';
import { type FromWorker, PROTOCOL, type SourceRange, type ToWorker } from './messages.ts';

// The room where the bytes are handled: a worker that slices, hashes and sends for its page.

/** Progress is told that often at most, in milliseconds. */
const PROGRESS_INTERVAL = 50;

const hasher = createHasher();
const sources = new Map<number, Blob>();
const jobs = new Map<number, AbortController>();
const progress = new Map<number, number>();
let progressTimer: ReturnType<typeof setTimeout> | undefined;
let progressToldAt = 0;

globalThis.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => receive(data));
globalThis.addEventListener('securitypolicyviolation', ({ effectiveDirective, disposition }) => {
  if (effectiveDirective === 'connect-src' && disposition === 'enforce') tell({ type: 'blocked' });
});
tell({ type: 'ready', protocol: PROTOCOL });

function receive(message: ToWorker): void {
  switch (message.type) {
    case 'source':
      sources.set(message.source, message.blob);
      return;
    case 'release':
      sources.delete(message.source);
      return;
    case 'send': {
      const { id, range, isWatched, method, url, headers, signing } = message;
      const onSent = isWatched ? (bytes: number) => noteProgress(id, bytes) : undefined;
      const request = { method, url, headers, signing, onSent };
      void work(
        id,
        async (signal) => await sendRange({ ...request, signal }, byteRange(range), hasher),
      );
      return;
    }
    case 'digest': {
      const { id, range, algorithms } = message;
      void work(id, async (signal) => await hasher.digest(byteRange(range), algorithms, signal));
      return;
    }
    case 'abort':
      jobs.get(message.id)?.abort();
      return;
    case 'ping':
      tell({ type: 'pong' });
  }
}

async function work(
  id: number,
  job: (signal: AbortSignal) => Promise<Answer | Digests>,
): Promise<void> {
  const controller = new AbortController();
  const { signal } = controller;
  jobs.set(id, controller);
  const outcome = await job(signal).then(
    (result): FromWorker => ({ type: 'done', id, result }),
    (error: unknown) => failure(id, error),
  );
  jobs.delete(id);
  // Whoever has an answer need not hear that all was sent: one message for each part in place of two.
  if (outcome.type === 'done') progress.delete(id);
  else flushProgress();
  if (!signal.aborted) tell(outcome);
}

function failure(id: number, error: unknown): FromWorker {
  if (error instanceof UploadError && (error.kind === 'network' || error.kind === 'source')) {
    return { type: 'failed', id, kind: error.kind, cause: error.cause };
  }
  return { type: 'failed', id, kind: undefined, cause: error };
}

function byteRange({ source, ...range }: SourceRange): ByteRange {
  const blob = sources.get(source);
  if (blob === undefined) throw new Error(`Source ${source} is not known to the worker.`);
  return { ...range, source: blob };
}

function noteProgress(id: number, bytes: number): void {
  progress.set(id, bytes);
  const wait = progressToldAt + PROGRESS_INTERVAL - performance.now();
  progressTimer ??= setTimeout(flushProgress, Math.max(0, wait));
}

function flushProgress(): void {
  clearTimeout(progressTimer);
  progressTimer = undefined;
  if (progress.size === 0) return;
  progressToldAt = performance.now();
  tell({ type: 'sent', bytes: new Map(progress) });
  progress.clear();
}

function tell(message: FromWorker): void {
  globalThis.postMessage(message);
}
