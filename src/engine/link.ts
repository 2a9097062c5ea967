import { MIN_PART_SIZE } from '../oss/limits.ts';
import type { CheckpointStore, Clock } from '../ports.ts';
import type { LinkSpeed, Traffic } from './traffic.ts';

/** How long a part is to take, in milliseconds, with all lanes in use: long beside a round trip, short to lose. */
const PART_TIME = 5000;
/** Ten units; what is sent while nothing is known. Bytes. */
const LARGEST = 1000 * 1024;
/** A speed that is older says nothing: the machine may be anywhere. Milliseconds. */
const MAX_AGE = 24 * 60 * 60 * 1000;
/** While parts are sent the speed is written so often, in milliseconds. */
const SAVE_INTERVAL = 10_000;

export interface LinkDependencies {
  readonly checkpoints: CheckpointStore;
  readonly clock: Clock;
  readonly traffic: Traffic;
  /** Where the bucket is addressed, without a key. */
  readonly endpoint: string;
  readonly concurrency: number;
  /** Bytes that the app wishes a part to hold. */
  readonly partSize: number | undefined;
}

/** How fast the link to the endpoint was last, in this page or in one before it, and what follows from that. */
export class Link {
  readonly #deps: LinkDependencies;
  #remembered: Promise<LinkSpeed | undefined> | undefined;
  #savedAt: number | undefined;

  constructor(dependencies: LinkDependencies) {
    this.#deps = dependencies;
  }

  /** Bytes that a part of an upload that starts now should hold: the app's wish, or what takes some seconds. */
  async partSize(): Promise<number> {
    const { traffic, clock, concurrency, partSize } = this.#deps;
    if (partSize !== undefined) return partSize;
    this.#remembered ??= this.#recall();
    const speed = traffic.measured ?? (await this.#remembered);
    if (speed === undefined || speed.measuredAt <= clock.now() - MAX_AGE) return LARGEST;
    const wished = (speed.bytesPerSecond / concurrency) * (PART_TIME / 1000);
    return Math.min(LARGEST, Math.max(MIN_PART_SIZE, wished));
  }

  /** Something was confirmed: keeps the speed for later pages, now and then. */
  confirmed(): void {
    const now = this.#deps.clock.now();
    this.#savedAt ??= now;
    if (now - this.#savedAt >= SAVE_INTERVAL) this.save();
  }

  /** Keeps the speed for later pages; without it they begin with the default. */
  save(): void {
    const { traffic, clock, checkpoints, endpoint } = this.#deps;
    if (traffic.measured === undefined) return;
    this.#savedAt = clock.now();
    checkpoints.putLink({ ...traffic.measured, endpoint }).catch(() => undefined);
  }

  async #recall(): Promise<LinkSpeed | undefined> {
    const { checkpoints, endpoint } = this.#deps;
    return readSpeed(await checkpoints.link(endpoint).catch(() => undefined));
  }
}

/** A record out of the store, if it is one; anything else is not ours to read. */
function readSpeed(value: unknown): LinkSpeed | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { bytesPerSecond, measuredAt }: { bytesPerSecond?: unknown; measuredAt?: unknown } = value;
  if (typeof bytesPerSecond !== 'number' || typeof measuredAt !== 'number') return undefined;
  return bytesPerSecond > 0 ? { bytesPerSecond, measuredAt } : undefined;
}
