import { UploadError } from '../errors.ts';
import type { SessionRecord } from '../ports.ts';
import { sleep } from '../waiting.ts';
import type { Shared } from './context.ts';
import { recoveryFor } from './recovery.ts';
import { underWatch } from './watchdog.ts';

/** When an upload is aborted on the server, again until it is gone. Milliseconds after the last time. */
const TRIES = [0, 1000, 9000];

/**
 * Aborts an upload on the server, best effort: never rejects. Parts that were in flight when it was aborted can
 * outlive it, so it is done until the server says that it does not know the upload.
 *
 * @param onRefused called when the credentials do not allow it: the parts stay until a lifecycle rule removes them.
 */
export async function abandon(
  shared: Shared,
  { key, uploadId, size }: Pick<SessionRecord, 'key' | 'uploadId' | 'size'>,
  onRefused?: (error: UploadError) => void,
): Promise<void> {
  const operation = 'AbortMultipartUpload';
  for (const wait of TRIES) {
    try {
      await sleep(shared.clock, wait, shared.closing);
      const way = await shared.route?.take(false);
      await underWatch(shared.watchdog, { operation, size: 0, timeouts: 0 }, (options) =>
        shared.client.abort(key, uploadId, {
          ...options,
          endpoint: way?.endpoint,
          fileSize: size,
        }),
      );
    } catch (error) {
      if (!(error instanceof UploadError)) return;
      // Refused or gone: asking again is no use. Anything else may pass.
      if (recoveryFor(error) === 'renew-credentials') shared.client.refuseSignatureOf(error);
      else if ((error.status ?? 500) < 500) {
        if (error.status === 403) onRefused?.(error);
        return;
      }
    }
  }
}
