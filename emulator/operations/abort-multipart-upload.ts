import type { Operation } from './operation.ts';
import { requireUpload } from './operation.ts';

/** `DELETE /key?uploadId=ID` (OSS docs, AbortMultipartUpload). */
export const abortMultipartUpload: Operation = async (context) => {
  context.store.abortUpload(requireUpload(context).uploadId);
  await context.store.saved();
  return { status: 204 };
};
