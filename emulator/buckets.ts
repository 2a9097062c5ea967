import type { LifecycleRule } from './lifecycle.ts';
import { isBucketName } from './names.ts';
import type { RefererConfiguration } from './referer.ts';
import type { OpenBucketJournal } from './storage/bucket-journal.ts';
import { ChangeQueue } from './storage/change-queue.ts';
import type { BucketAcl, CorsRule } from './types.ts';

/** How a bucket is configured. */
export interface BucketConfiguration {
  /** Empty: CORS is not enabled. */
  readonly corsRules: readonly CorsRule[];
  /** Whether every answer carries `Vary: Origin`. */
  readonly responseVary: boolean;
  readonly acl: BucketAcl;
  readonly referer: RefererConfiguration;
  readonly lifecycle: readonly LifecycleRule[];
}

/** A bucket that exists. */
export interface BucketRecord extends BucketConfiguration {
  readonly name: string;
  /** Without the `oss-` prefix. */
  readonly region: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** What the buckets begin with. */
export interface BucketsStart {
  readonly names: readonly string[];
  readonly configuration: BucketConfiguration;
  readonly region: string;
  readonly now: () => number;
}

/** The buckets that exist, and how each is configured. What was remembered counts for more than what it begins with. */
export class Buckets {
  readonly #records = new Map<string, BucketRecord>();
  readonly #start: BucketsStart;
  readonly #journal: OpenBucketJournal['journal'];
  readonly #changes = new ChangeQueue();

  /** Throws TypeError for an illegal name. */
  constructor(start: BucketsStart, { journal, remembered }: OpenBucketJournal) {
    for (const name of start.names)
      if (!isBucketName(name)) throw new TypeError(`buckets: expected a legal name, got ${name}`);
    this.#start = { ...start, configuration: structuredClone(start.configuration) };
    this.#journal = journal;
    this.#begin();
    for (const record of remembered) this.#records.set(record.name, record);
  }

  /** Resolves when all changes so far would survive a restart. */
  saved(): Promise<void> {
    return this.#changes.saved();
  }

  names(): string[] {
    return [...this.#records.keys()];
  }

  all(): BucketRecord[] {
    return [...this.#records.values()];
  }

  has(name: string): boolean {
    return this.#records.has(name);
  }

  /** Undefined for a bucket that does not exist. */
  configuration(name: string | undefined): BucketRecord | undefined {
    return name === undefined ? undefined : this.#records.get(name);
  }

  create(record: BucketRecord): void {
    this.#records.set(record.name, record);
    this.#changes.add(() => this.#journal.save(record));
  }

  remove(name: string): void {
    this.#records.delete(name);
    this.#changes.add(() => this.#journal.remove(name));
  }

  /** Replaces parts of a configuration. Throws TypeError when there is no such bucket. */
  configure(name: string, change: Partial<BucketConfiguration>): void {
    const record = this.configuration(name);
    if (record === undefined) throw new TypeError(`bucket: expected one that exists, got ${name}`);
    this.create({ ...record, ...structuredClone(change) });
  }

  /** Back to the first buckets and their first configuration; nothing is remembered any more. */
  reset(): void {
    for (const name of this.names()) this.remove(name);
    this.#begin();
  }

  /** Not written down, so that another start may begin with other options. */
  #begin(): void {
    const { names, configuration, region, now } = this.#start;
    for (const name of names)
      this.#records.set(name, { ...configuration, name, region, createdAt: now() });
  }
}
