import type { Client } from '../../job.ts';

/** The bare loop, in a worker that is started for it. */
export const bareInWorker: Client = {
  async upload(job) {
    const worker = new Worker(new URL('./bare-worker.ts', import.meta.url), { type: 'module' });
    const outcome = new Promise<string>((resolve, reject) => {
      worker.addEventListener('message', ({ data }: MessageEvent<string>) => resolve(data));
      worker.addEventListener('error', ({ message }) => reject(new Error(message)));
    });
    worker.postMessage(job);
    const failure = await outcome.finally(() => worker.terminate());
    if (failure !== '') throw new Error(failure);
  },
};
