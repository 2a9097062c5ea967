import type { BucketRecord } from './buckets.ts';
import type { ObjectStore } from './storage/object-store.ts';

/** One rule of a bucket's lifecycle (OSS docs, PutBucketLifecycle). */
export interface LifecycleRule {
  readonly id: string;
  /** What the keys begin with that the rule is about; empty for all. */
  readonly prefix: string;
  readonly isEnabled: boolean;
  /** When uploads that are still open are aborted. */
  readonly abort?: Deadline;
  /** When objects are deleted. */
  readonly expiration?: Deadline;
}

/** Days since a thing began, or a time in epoch milliseconds: what began before goes at once. */
export type Deadline = { readonly days: number } | { readonly createdBefore: number };

const DAY = 86_400_000;

/** Aborts and deletes what the buckets' rules have outlived by the emulator's clock. */
export function expire(buckets: readonly BucketRecord[], store: ObjectStore, now: number): void {
  for (const { name, lifecycle } of buckets) {
    const rules = lifecycle.filter(({ isEnabled }) => isEnabled);
    if (rules.length === 0) continue;
    const isOver = (
      action: 'abort' | 'expiration',
      { bucket, key }: { bucket: string; key: string },
      began: number,
    ): boolean =>
      bucket === name &&
      rules.some((rule) => key.startsWith(rule.prefix) && isPast(rule[action], began, now));
    for (const upload of store.uploads())
      if (isOver('abort', upload, upload.initiated)) store.abortUpload(upload.uploadId);
    for (const object of store.objects())
      if (isOver('expiration', object, object.lastModified))
        store.deleteObject(object.bucket, object.key);
  }
}

function isPast(deadline: Deadline | undefined, began: number, now: number): boolean {
  if (deadline === undefined) return false;
  return 'days' in deadline
    ? now >= began + deadline.days * DAY
    : began < deadline.createdBefore && now >= deadline.createdBefore;
}
