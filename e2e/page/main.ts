import { allowOwnWorkers } from '../../demo/trusted-types.ts';
import { createBytesKit } from './bytes.ts';
import { forms } from './forms.ts';
import { kit } from './kit.ts';
import type { WorkerTask } from './worker.ts';

declare global {
  interface Window {
    /** A worker that has the kit in it, once it was started. */
    worker?: Worker;
    startWorker(): Worker;
    /** Uploads a file with an uploader that lives in a worker. The object's ETag. */
    uploadInWorker(task: WorkerTask): Promise<string>;
  }
}

// The test page comes with the policy that it needs for it, as the demo does.
allowOwnWorkers();

globalThis.kit = kit;
window.forms = forms;
globalThis.bytes = createBytesKit();

window.startWorker = () => {
  // Held by the page, or it might be collected.
  window.worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  return window.worker;
};

window.uploadInWorker = async (task) => {
  const worker = window.startWorker();
  const answer = new Promise<string>((resolve, reject) => {
    worker.addEventListener(
      'message',
      ({ data }: MessageEvent<{ etag?: string; error?: string }>) => {
        if (data.etag === undefined) reject(new Error(data.error));
        else resolve(data.etag);
      },
    );
    worker.addEventListener('error', ({ message }) => reject(new Error(message)));
  });
  worker.postMessage(task);
  return await answer.finally(() => worker.terminate());
};
