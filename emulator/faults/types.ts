import type { CallbackCause } from '../callbacks/messages.ts';
import type { NetworkSettings } from '../network.ts';
import type { OperationName } from '../types.ts';

/** Which requests go wrong, how often, and how. */
export interface FaultRule {
  /** All given conditions must hold. Without `operation` a rule leaves preflights alone. */
  match?: {
    operation?: OperationName | readonly OperationName[];
    key?: string;
    partNumber?: number;
    /** The how manieth try of the same operation on the same key, upload and part, counted since the last reset. */
    attempt?: number;
  };
  /** Chance that a request that matches counts, from 0 to 1. Default 1. */
  probability?: number;
  /** Start of the random numbers: the same seed, the same sequence. Default 1. */
  seed?: number;
  /** Matching requests to leave alone first. Default 0. */
  skip?: number;
  /** Matching requests to hit then; 0 means for ever. Default 1. */
  times?: number;
  fault: Fault;
}

/** What goes wrong. */
export type Fault =
  /**
   * A real error document, with the status of its code unless one is given. `before: 'body'` answers before the body
   * was read, the rest of which is discarded or, with `closes`, cut off.
   */
  | {
      type: 'error';
      code: string;
      status?: number;
      message?: string;
      headers?: Record<string, string>;
      before?: 'body' | 'answer';
      closes?: boolean;
    }
  /** A proxy's HTML page in place of OSS's answer; nothing is stored. */
  | { type: 'html'; status: number }
  /** Connection reset, nothing stored: before, in the middle of (default) or after the body. */
  | { type: 'reset'; at?: 'start' | 'middle' | 'end' }
  /** Processed and stored, then the connection dies without an answer. */
  | { type: 'lose-answer' }
  /** Silence, nothing stored, until the client leaves: body never read, read by half, or wholly (default). */
  | { type: 'stall'; at?: 'start' | 'body' | 'answer' }
  /**
   * Processed at once and answered later (default); or, with `before: 'storing'`, received at once and processed
   * later, even if the client has left meanwhile.
   */
  | { type: 'delay'; ms: number; before?: 'storing' | 'answer' }
  /** This request's body is read at that rate. */
  | { type: 'slow'; bytesPerSecond: number }
  /** The request's upload id is forgotten before the request is processed. */
  | { type: 'forget-upload' }
  /** A stored part of the request's upload vanishes before the request is processed. */
  | { type: 'drop-part'; partNumber: number }
  /** A stored part of the request's upload changes its bytes and ETag before the request is processed. */
  | { type: 'corrupt-part'; partNumber: number }
  /** Answered as usual, with `Connection: close`. */
  | { type: 'close' }
  /** The first byte of the body changes on its way: InvalidDigest for who sent a Content-MD5, another ETag for others. */
  | { type: 'corrupt-body' }
  /** Processed rightly; the ETag in the answer's header is another. */
  | { type: 'wrong-etag' }
  /** Answered without any CORS header: a page sees status 0. */
  | { type: 'no-cors' }
  /** These headers of the answer are not exposed to pages. Default: ETag. */
  | { type: 'hide-headers'; names?: readonly string[] }
  /** Headers that are added to the answer, such as `x-oss-qos-delay-time`. */
  | { type: 'add-headers'; headers: Record<string, string> }
  /**
   * Stored, and, where a callback was asked for, answered 203 CallbackFailed, as if the app's server had failed in that way.
   * Default: `refused`.
   */
  | { type: 'callback-failed'; cause?: CallbackCause | number }
  /** ListParts answers with so many parts at most, whatever is asked for. */
  | { type: 'page-size'; size: number }
  /** All issued credentials expire before the request is processed. */
  | { type: 'expire-token' };

/** A rule and what became of it. */
export interface FaultState {
  readonly id: string;
  readonly rule: FaultRule;
  /** Matching requests seen, skipped ones included. */
  readonly seen: number;
  readonly hits: number;
}

/** Everything that can be made to go wrong. */
export interface Faults {
  /** Adds a rule, and returns its id. Rules are tried in order; the first that hits takes the request. Throws TypeError. */
  add(rule: FaultRule): string;
  list(): readonly FaultState[];
  /** False when there is no rule with this id. */
  remove(id: string): boolean;
  /** Removes all rules; bandwidth and refusal stay. */
  clear(): void;
  /** Limits all request bodies of all connections together; `undefined` lifts the limit. */
  bandwidth(bytesPerSecond: number | undefined): void;
  /** Changes what is given of latency and rates, and returns them all; null lifts one. Throws TypeError. */
  network(
    change?: { readonly [Name in keyof NetworkSettings]: NetworkSettings[Name] | null },
  ): NetworkSettings;
  /** Refuses connections and destroys the open ones, for some seconds or until `restore`. */
  refuse(duration: number | 'until-restored'): Promise<void>;
  /** Listens again on the same port. */
  restore(): Promise<void>;
}
