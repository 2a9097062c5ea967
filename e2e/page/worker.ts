import { createBytesKit } from './bytes.ts';
import { kit } from './kit.ts';

/** What the page asks of the worker, where it is not the test that does. */
export interface WorkerTask {
  readonly endpoint: string;
  readonly region: string;
  readonly key: string;
  /** Bytes of the file. */
  readonly size: number;
}

globalThis.kit = kit;
globalThis.bytes = createBytesKit();

globalThis.addEventListener('message', ({ data }: MessageEvent<WorkerTask>) => {
  void upload(data).then((answer) => globalThis.postMessage(answer));
});

async function upload({ endpoint, region, key, size }: WorkerTask): Promise<object> {
  kit.open({ bucket: 'partway-demo', region, endpoint }, `${endpoint}/__emulator/sts`);
  kit.start({ key, file: { size } });
  const { result, error } = await kit.outcome(key);
  return { etag: result?.etag, error: error?.message };
}
