import { createUploader } from '../../src/index.ts';
import { makeFile } from './make-file.ts';

/** What the page asks of the worker. */
export interface WorkerTask {
  readonly endpoint: string;
  readonly region: string;
  readonly key: string;
  /** Bytes of the file. */
  readonly size: number;
}

globalThis.addEventListener('message', ({ data }: MessageEvent<WorkerTask>) => {
  upload(data).then(
    (etag) => globalThis.postMessage({ etag }),
    (error: unknown) => globalThis.postMessage({ error: String(error) }),
  );
});

async function upload({ endpoint, region, key, size }: WorkerTask): Promise<string> {
  const uploader = createUploader({
    bucket: 'partway-demo',
    region,
    endpoint,
    credentials: async () => await (await fetch(`${endpoint}/__emulator/sts`)).json(),
  });
  return (await uploader.upload(makeFile({ size }), { key }).done).etag;
}
