import type { ErrorCode } from './errors.ts';
import { OssError } from './errors.ts';
import { type Limits, Rate } from './limits.ts';
import type { OperationName } from './types.ts';

/** What a request asks of the limits. */
export interface Demand {
  readonly operation: OperationName;
  readonly bucket: string | undefined;
  /** Bytes that the client announces to send. */
  readonly bytes: number;
}

interface Gate {
  readonly code: ErrorCode;
  readonly name: string;
  readonly perSecond: number;
  readonly amount: number;
}

const UPLOADS = /^(?:PutObject|PostObject|AppendObject|UploadPart)$/;

/** Those that touch a bucket, or buckets, rather than objects. */
const META_OPERATIONS = /^(?:List|Put|Get|Delete)Bucket/;

/** Holds the account to its rates, and tells the limits on sizes and numbers (OSS docs, "Limits"). */
export class Throttle {
  readonly #now: () => number;
  readonly #initial: Limits;
  readonly #rates = new Map<string, Rate>();
  #limits: Limits;

  constructor(initial: Limits, now: () => number) {
    this.#initial = initial;
    this.#limits = initial;
    this.#now = now;
  }

  get limits(): Limits {
    return this.#limits;
  }

  /** Replaces all limits; nobody is in debt then. */
  setLimits(limits: Limits): void {
    this.#limits = limits;
    this.#rates.clear();
  }

  reset(): void {
    this.setLimits(this.#initial);
  }

  /** Milliseconds for which the request has to be held back. Throws the code of the first rate that is exceeded. */
  admit(demand: Demand): number {
    const now = this.#now();
    const gates = this.#gates(demand);
    let delay = 0;
    for (const gate of gates) {
      const wait = this.#rate(gate.name).wait(gate.amount, gate.perSecond, now);
      if (wait > this.#limits.maxDelay) throw new OssError(gate.code);
      delay = Math.max(delay, wait);
    }
    for (const { name, amount, perSecond } of gates) this.#rate(name).take(amount, perSecond, now);
    return Math.ceil(delay);
  }

  /** Charges bytes that are sent to a client. */
  charge(bytes: number): void {
    const { downloadRate } = this.#limits;
    if (downloadRate !== undefined) this.#rate('download').take(bytes, downloadRate, this.#now());
  }

  #gates({ operation, bucket = '', bytes }: Demand): Gate[] {
    const { bucketQps, accountQps, metaOperationQps, uploadRate, downloadRate } = this.#limits;
    const gates: Gate[] = [];
    const add = (code: ErrorCode, name: string, perSecond: number | undefined, amount: number) => {
      if (perSecond !== undefined) gates.push({ code, name, perSecond, amount });
    };
    add('TotalQpsLimitExceeded', 'account', accountQps, 1);
    add('QpsLimitExceeded', `bucket ${bucket}`, bucketQps, 1);
    if (META_OPERATIONS.test(operation))
      add('MetaOperationQPSLimitExceeded', 'meta', metaOperationQps, 1);
    if (UPLOADS.test(operation)) add('UploadTrafficRateLimitExceeded', 'upload', uploadRate, bytes);
    if (operation === 'GetObject')
      add('DownloadTrafficRateLimitExceeded', 'download', downloadRate, 0);
    return gates;
  }

  #rate(name: string): Rate {
    const rate = this.#rates.get(name) ?? new Rate();
    this.#rates.set(name, rate);
    return rate;
  }
}
