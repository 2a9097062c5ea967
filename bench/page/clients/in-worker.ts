import type { Client } from '../../job.ts';

/** A client in a worker that is started for it; `start` starts one that does a job and answers as `serve()` does. */
export function inWorker(start: () => Worker): Client {
  return {
    async upload(job) {
      const worker = start();
      const outcome = new Promise<string>((resolve, reject) => {
        worker.addEventListener('message', ({ data }: MessageEvent<string>) => resolve(data));
        worker.addEventListener('error', ({ message }) => reject(new Error(message)));
      });
      worker.postMessage(job);
      const failure = await outcome.finally(() => worker.terminate());
      if (failure !== '') throw new Error(failure);
    },
  };
}
