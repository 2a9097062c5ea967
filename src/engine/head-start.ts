import type { InitiatedUpload } from '../oss/operations.ts';
import type { UploadContext } from './context.ts';
import { nextPartSize } from './part-sizes.ts';
import { isOneRequest } from './plan.ts';
import { request } from './requests.ts';
import { leftBehind } from './stored-sessions.ts';
import { requestOf } from './upload-request.ts';

/** An upload that was opened on the server before it was known to be needed. */
export interface HeadStart {
  /** Of the run that it was begun in. */
  readonly signal: AbortSignal;
  /** Keeps it from being sent, if it has not been yet. */
  readonly stop: () => void;
  /** Nothing where an earlier page may have begun the upload, or where it needs none. */
  readonly opening: Promise<InitiatedUpload | undefined>;
}

/**
 * Opens the upload on the server while samples of the file are read and its lock is asked for, where no earlier page can
 * have begun it: a round trip less until the first part.
 */
export function beginAhead(context: UploadContext): void {
  if (context.session !== undefined || context.chosen !== undefined) return;
  if (context.shared.sendByForm !== undefined || context.headStart !== undefined) return;
  const { signal } = context.control;
  const controller = new AbortController();
  const stop = (): void => controller.abort(signal.reason);
  signal.addEventListener('abort', stop);
  const opening = openUnlessBegun(context, controller.signal).finally(() =>
    signal.removeEventListener('abort', stop),
  );
  // Whoever takes it hears of it.
  opening.catch(() => undefined);
  context.headStart = { signal, stop, opening };
}

async function openUnlessBegun(
  context: UploadContext,
  signal: AbortSignal,
): Promise<InitiatedUpload | undefined> {
  const { shared, file } = context;
  if (isOneRequest(file.size, await nextPartSize(shared, file.size))) return undefined;
  const stored = await leftBehind(context).catch(() => undefined);
  if (stored?.length !== 0) return undefined;
  signal.throwIfAborted();
  return await initiate(context, signal);
}

/** An upload on the server: the one that was opened ahead, or else a new one. */
export async function takeOpened(context: UploadContext): Promise<InitiatedUpload> {
  const { headStart } = context;
  context.headStart = undefined;
  try {
    const opened = await headStart?.opening;
    if (opened !== undefined) return opened;
  } catch (error) {
    // A pause may have ended an earlier one.
    if (headStart?.signal === context.control.signal) throw error;
  }
  return await initiate(context, context.control.signal);
}

/** Aborts what was opened ahead and is not needed, if there is such; never rejects. */
export async function dropOpened(context: UploadContext): Promise<void> {
  const { shared, key, file, headStart } = context;
  context.headStart = undefined;
  headStart?.stop();
  const opened = await headStart?.opening.catch(() => undefined);
  if (opened === undefined) return;
  const trouble = await shared.trouble().catch(() => undefined);
  const { uploadId } = opened;
  await trouble?.abandonOf(context, { key, uploadId, size: file.size, isEmpty: true });
}

function initiate(context: UploadContext, signal: AbortSignal): Promise<InitiatedUpload> {
  const { shared, key, headers } = context;
  return request(shared, {
    ...requestOf(context),
    signal,
    operation: 'InitiateMultipartUpload',
    isUncut: true,
    send: (options) => shared.client.initiate(key, headers, options),
  });
}
