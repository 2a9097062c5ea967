import { OssError } from './errors.ts';
import type { ObjectRecord } from './storage/records.ts';

/** Buckets whose objects can be neither replaced nor deleted for a time, as a retention policy makes them. */
export class Retention {
  readonly #periods = new Map<string, number>();

  /** In milliseconds from an object's last change; undefined lifts it. */
  set(bucket: string, period: number | undefined): void {
    if (period === undefined) this.#periods.delete(bucket);
    else this.#periods.set(bucket, period);
  }

  reset(): void {
    this.#periods.clear();
  }

  /** Throws FileImmutable for an object that is kept (OSS docs, "Retention policies"). */
  assertMutable(object: ObjectRecord | undefined, now: number): void {
    if (object === undefined) return;
    const period = this.#periods.get(object.bucket) ?? 0;
    if (now - object.lastModified >= period) return;
    throw new OssError('FileImmutable', { extras: [['Key', object.key]] });
  }
}
