import type { Client, Job } from '../../job.ts';

/** In a worker: does one job, and answers with an empty string, or with what went wrong. */
export function serve(client: Client): void {
  addEventListener('message', ({ data }: MessageEvent<Job>) => {
    void client.upload(data).then(
      () => postMessage(''),
      (error: unknown) => postMessage(String(error)),
    );
  });
}
