/** Starts the worker that lies beside this code. Written so that bundlers see it and bring the worker along. */
export function startWorker(): Worker {
  return new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
}
