import { UploadError } from '../errors.ts';
import { abortUpload } from '../oss/rare-operations.ts';
import type { SessionRecord } from '../ports.ts';
import { sleep } from '../waiting.ts';
import type { Shared, UploadContext } from './context.ts';
import { recoveryFor } from './recovery.ts';
import { noteRefusal } from './refusals.ts';
import { findSession } from './resume.ts';
import type { Session } from './session.ts';
import { leftBehind } from './stored-sessions.ts';
import { underWatch } from './watchdog.ts';
import { findWorkedOn } from './worked-on.ts';

/** What is aborted; `isEmpty` when no part of it was ever sent. */
type Abandoned = Pick<SessionRecord, 'key' | 'uploadId' | 'size'> & { readonly isEmpty?: boolean };

/** When an upload is aborted on the server, again until it is gone. Milliseconds after the last time. */
const TRIES = [0, 1000, 9000];

/**
 * Aborts an upload on the server, best effort: never rejects. Parts that were in flight when it was aborted can
 * outlive it, so it is done until the server says that it does not know the upload. Tells whether that is all that can be
 * done; else somebody may have more luck later.
 *
 * @param onFailed called when the credentials do not allow it, or every try failed: the parts stay until a lifecycle rule removes
 *   them.
 */
export async function abandon(
  shared: Shared,
  { key, uploadId, size, isEmpty = false }: Abandoned,
  onFailed?: (error: UploadError) => void,
): Promise<boolean> {
  const operation = 'AbortMultipartUpload';
  let isAborted = false;
  let failure: UploadError | undefined;
  for (let tries = 0; tries < TRIES.length; ) {
    try {
      await sleep(shared.clock, TRIES[tries] ?? 0, shared.closing);
      await shared.network.whenThere(shared.closing);
      const way = await shared.route?.take(false);
      await underWatch(shared.watchdog, { operation, size: 0, timeouts: 0 }, (options) =>
        abortUpload(shared.client, key, uploadId, {
          ...options,
          endpoint: way?.endpoint,
          fileSize: size,
        }),
      );
      if (isEmpty) return true;
      isAborted = true;
      tries += 1;
    } catch (error) {
      if (!(error instanceof UploadError)) return false;
      // Refused or gone: asking again is no use. Anything else may pass.
      if (!isMended(shared, error) && (error.status ?? 500) < 500) {
        if (error.status === 403) onFailed?.(error);
        return true;
      }
      if (await wasAway(shared, error)) continue;
      failure = error;
      tries += 1;
    }
  }
  if (!isAborted && failure !== undefined) onFailed?.(failure);
  return isAborted;
}

/** The same for an upload that has somebody to tell that it was refused. */
export async function abandonOf(context: UploadContext, abandoned: Abandoned): Promise<boolean> {
  return await abandon(context.shared, abandoned, (error) =>
    noteRefusal(context, 'abort-refused', error),
  );
}

/** Leaves nothing of an upload that was cancelled, but where another tab goes on with it. */
export async function abandonSession(context: UploadContext): Promise<void> {
  const session = context.session ?? (await findLeftBehind(context));
  if (session === undefined) return;
  const { checkpoint } = session;
  // A later upload of the same file, here or in a tab that has waited for this one, goes on with what is there.
  const isWorkedOn = await findWorkedOn(context.shared);
  const owner = context.shared.claimed.get(checkpoint.record.id) ?? context;
  if (owner !== context || isWorkedOn(checkpoint.record)) return;
  // The checkpoint goes last: while there may be something on the server, it is what is known of it.
  if (await abandonOf(context, checkpoint.record)) await checkpoint.delete();
}

// Who is cancelled while this was loaded has not come to look for what an earlier page began.
async function findLeftBehind(context: UploadContext): Promise<Session | undefined> {
  try {
    return await findSession(context, await leftBehind(context));
  } catch {
    return undefined;
  }
}

/** Whether what was wrong with the signature is not wrong with the next one. */
function isMended({ client }: Shared, error: UploadError): boolean {
  const recovery = recoveryFor(error);
  if (recovery === 'resync-clock' && !client.asksApp) return client.learnTimeFrom(error);
  if (recovery !== 'resync-clock' && recovery !== 'renew-credentials') return false;
  client.refuseSignatureOf(error);
  return true;
}

// While the network is away nothing is spent: who cancels in a tunnel means it all the same.
async function wasAway({ network, closing }: Shared, error: UploadError): Promise<boolean> {
  if (error.kind !== 'network' && error.kind !== 'timeout') return false;
  const outcome = await network.settle(error, closing).catch(() => 'closed');
  return outcome === 'was-away';
}
