import type { CallbackOutcome } from '../callback/outcome.ts';
import type { UploadResult } from '../events.ts';
import { objectUrl } from '../oss/object-url.ts';
import type { TransportResponse } from '../ports.ts';
import type { UploadContext } from './context.ts';

/** What is known of an object that is there. */
export interface StoredFacts {
  readonly etag: string;
  readonly location?: string | undefined;
  readonly requestId: string | undefined;
  readonly crc64?: string | undefined;
  readonly verified: UploadResult['verified'];
  readonly uploadId?: string;
  /** The answer that tells of the callback; absent where the object was found by looking. */
  readonly callbackAnswer?: TransportResponse | undefined;
}

/** The result of an upload whose object is there. */
export async function resultOf(context: UploadContext, facts: StoredFacts): Promise<UploadResult> {
  const { key, file, shared } = context;
  const { endpoint } = shared;
  const { etag, location, requestId, verified, uploadId } = facts;
  const callback = await callbackOutcome(context, facts);
  return {
    bucket: endpoint.bucket,
    key,
    etag,
    ...(uploadId === undefined ? {} : { uploadId }),
    size: file.size,
    location: location ?? objectUrl(endpoint, key, []),
    ...(requestId === undefined ? {} : { requestId }),
    verified,
    ...(callback === undefined ? {} : { callback }),
  };
}

async function callbackOutcome(
  { callback, shared }: UploadContext,
  { callbackAnswer }: StoredFacts,
): Promise<CallbackOutcome | undefined> {
  if (callback === undefined) return undefined;
  const { readCallbackOutcome, lostCallbackOutcome } = await shared.callbackReader();
  return callbackAnswer === undefined ? lostCallbackOutcome() : readCallbackOutcome(callbackAnswer);
}
