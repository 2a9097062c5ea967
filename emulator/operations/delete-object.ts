import type { Operation } from './operation.ts';

/** `DELETE /key`: 204 whether or not there was an object (OSS docs, DeleteObject). */
export const deleteObject: Operation = async ({ bucket, key, store }) => {
  store.deleteObject(bucket, key);
  await store.saved();
  return { status: 204 };
};
