import type { ByteRange, Digests, HashAlgorithm, TransportRequest } from '../../ports.ts';
import type { Answer } from '../xhr.ts';

/** A page and a worker of different releases may meet, as one may come from a cache: they then part at once. */
export const PROTOCOL = 2;

/** A run of bytes of a source that the worker has been given. */
export interface SourceRange extends Omit<ByteRange, 'source'> {
  readonly source: number;
}

/** What a page tells its worker. `id` is that of the job. */
export type ToWorker =
  /** Comes once for each file, before its first job. */
  | { readonly type: 'source'; readonly source: number; readonly blob: Blob }
  | { readonly type: 'release'; readonly source: number }
  | ({
      readonly type: 'send';
      readonly id: number;
      readonly range: SourceRange;
      readonly isWatched: boolean;
    } & Pick<TransportRequest, 'method' | 'url' | 'headers' | 'signing'>)
  | {
      readonly type: 'digest';
      readonly id: number;
      readonly range: SourceRange;
      readonly algorithms: readonly HashAlgorithm[];
    }
  | { readonly type: 'abort'; readonly id: number }
  | { readonly type: 'ping' };

/** What a worker tells its page. */
export type FromWorker =
  | { readonly type: 'ready'; readonly protocol: number }
  | { readonly type: 'pong' }
  /** Bytes given to the socket so far, of all jobs of which there is news. */
  | { readonly type: 'sent'; readonly bytes: ReadonlyMap<number, number> }
  | { readonly type: 'done'; readonly id: number; readonly result: Answer | Digests }
  /** Without `kind`, `cause` is the error itself. */
  | {
      readonly type: 'failed';
      readonly id: number;
      readonly kind: 'network' | 'source' | undefined;
      readonly cause: unknown;
    }
  /** The Content-Security-Policy that the worker's script came with forbids it to send. */
  | { readonly type: 'blocked' };
