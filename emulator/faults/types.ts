import type { OperationName } from '../types.ts';

/** Which requests go wrong, how often, and how. */
export interface FaultRule {
  /** All given conditions must hold. Without `operation` a rule leaves preflights alone. */
  match?: {
    operation?: OperationName | readonly OperationName[];
    key?: string;
    partNumber?: number;
  };
  /** Matching requests to leave alone first. Default 0. */
  skip?: number;
  /** Matching requests to hit then; 0 means for ever. Default 1. */
  times?: number;
  fault: Fault;
}

/** What goes wrong. */
export type Fault =
  /** A real error document. `before: 'body'` answers before the body was read, the rest of which is discarded. */
  | {
      type: 'error';
      status: number;
      code: string;
      message?: string;
      headers?: Record<string, string>;
      before?: 'body' | 'answer';
    }
  /** A proxy's HTML page in place of OSS's answer; nothing is stored. */
  | { type: 'html'; status: number }
  /** Connection reset, nothing stored: before, in the middle of (default) or after the body. */
  | { type: 'reset'; at?: 'start' | 'middle' | 'end' }
  /** Processed and stored, then the connection dies without an answer. */
  | { type: 'lose-answer' }
  /** Silence, nothing stored, until the client leaves: body never read, read by half, or wholly (default). */
  | { type: 'stall'; at?: 'start' | 'body' | 'answer' }
  /** Processed at once, answered later. */
  | { type: 'delay'; ms: number }
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
  /** Refuses connections and destroys the open ones, for some seconds or until `restore`. */
  refuse(duration: number | 'until-restored'): Promise<void>;
  /** Listens again on the same port. */
  restore(): Promise<void>;
}
