import InlineWorker from './worker.ts?worker&inline';

/**
 * Starts the worker from its source, which is part of this module; for apps that are one file, or whose bundler does not
 * bring `worker.js` along: `createUploader({ worker: createInlineWorker, ... })`.
 *
 * The page's Content-Security-Policy must allow `worker-src blob:`. Browsers send no `Referer` from such a worker: a
 * bucket with a Referer list must allow an empty one.
 */
export function createInlineWorker(): Worker {
  return new InlineWorker();
}
