import type { UploadResult } from '../events.ts';
import { race } from '../waiting.ts';
import type { UploadContext } from './context.ts';
import { request } from './requests.ts';
import { requestOf } from './session.ts';

/** Sends a small file as it is, in one request. Sending it again after a lost answer does no harm. */
export async function sendWhole(context: UploadContext): Promise<UploadResult> {
  const { shared, file, key, headers, progress } = context;
  const { size } = file;
  const sent = shared.scheduler.run<UploadResult>(async () => {
    context.control.signal.throwIfAborted();
    context.setStatus('uploading');
    progress.start(0);
    const stored = await request(shared, {
      ...requestOf(context),
      operation: 'PutObject',
      size,
      onSent: (bytes) => progress.sent(1, bytes),
      send: (options) =>
        shared.client.putObject(key, { source: file, offset: 0, size }, headers, options),
    });
    progress.confirmed(1, size);
    shared.traffic.confirm(size);
    shared.scheduler.speedUp();
    return {
      bucket: shared.endpoint.bucket,
      key,
      etag: stored.etag ?? '',
      size,
      location: shared.endpoint.url(key, []),
      ...(stored.requestId === undefined ? {} : { requestId: stored.requestId }),
      verified: false,
    };
  });
  return await race(sent, context.control.signal);
}
