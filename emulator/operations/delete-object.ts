import type { Operation } from './operation.ts';
import { assertMutable } from './operation.ts';

/** `DELETE /key`: 204 whether or not there was an object (OSS docs, DeleteObject). */
export const deleteObject: Operation = async (context) => {
  const { bucket, key, store } = context;
  assertMutable(context);
  store.deleteObject(bucket, key);
  await store.saved();
  return { status: 204 };
};
