import type { Job } from '../../job.ts';
import { bare } from './bare.ts';

// Does one job, and answers with an empty string, or with what went wrong.
addEventListener('message', ({ data }: MessageEvent<Job>) => {
  void bare.upload(data).then(
    () => postMessage(''),
    (error: unknown) => postMessage(String(error)),
  );
});
