import { createByteRoom } from '../../src/platform/byte-room.ts';
import type { ByteRoom, Digests, HashAlgorithm, WorkerLoss } from '../../src/ports.ts';
import { type FileSpec, makeFile } from './make-file.ts';

/** What a request came to, in a form that crosses from the page to the test. */
export interface PutOutcome {
  readonly status?: number;
  readonly etag?: string | undefined;
  readonly digests?: Digests | undefined;
  readonly error?: string;
  /** Bytes that were told to be sent, in order. */
  readonly sent: readonly number[];
}

export interface PutOptions {
  readonly url: string;
  readonly file: FileSpec;
  readonly hash?: readonly HashAlgorithm[];
}

/** A room of its own for the tests of how bytes are handled. */
export interface BytesKit {
  readonly losses: readonly WorkerLoss[];
  open(worker?: false): void;
  digest(file: FileSpec, algorithms: readonly HashAlgorithm[]): Promise<Digests>;
  put(options: PutOptions): Promise<PutOutcome>;
  /** Aborts what is being put. */
  abort(): void;
}

export function createBytesKit(): BytesKit {
  const losses: WorkerLoss[] = [];
  const controller = new AbortController();
  let room: ByteRoom | undefined;
  const opened = (): ByteRoom => {
    if (room === undefined) throw new Error('No room was opened in this page.');
    return room;
  };
  return {
    losses,
    open(worker) {
      room = createByteRoom({ worker, onFallback: (loss) => losses.push(loss) });
    },
    digest: async (file, algorithms) =>
      await opened().hasher.digest(
        { source: makeFile(file), offset: 0, size: file.size },
        algorithms,
      ),
    async put({ url, file, hash = [] }) {
      const sent: number[] = [];
      try {
        const response = await opened().transport.send({
          method: 'PUT',
          url,
          headers: {},
          body: { source: makeFile(file), offset: 0, size: file.size, hash },
          signal: controller.signal,
          onSent: (bytes) => sent.push(bytes),
        });
        const { status, digests } = response;
        return { status, digests, etag: response.header('ETag'), sent };
      } catch (error) {
        return { error: String(error), sent };
      }
    },
    abort: () => controller.abort(new DOMException('enough', 'AbortError')),
  };
}
