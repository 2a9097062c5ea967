import { createLazyHasher } from '../../src/lazy-hasher.ts';
import { loadHashing } from '../../src/platform/load-hashing.ts';
import { createXhrTransport } from '../../src/platform/xhr-transport.ts';
import type { Digests, HashAlgorithm } from '../../src/ports.ts';
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

/** The tests' way to how bytes are handled, in a page or in a worker. */
export interface BytesKit {
  digest(file: FileSpec, algorithms: readonly HashAlgorithm[]): Promise<Digests>;
  put(options: PutOptions): Promise<PutOutcome>;
  /** Aborts what is being put. */
  abort(): void;
}

declare global {
  var bytes: BytesKit;
}

export function createBytesKit(): BytesKit {
  const controller = new AbortController();
  const hasher = createLazyHasher(loadHashing);
  const transport = createXhrTransport(hasher);
  return {
    digest: async (file, algorithms) =>
      await hasher.digest({ source: makeFile(file), offset: 0, size: file.size }, algorithms),
    async put({ url, file, hash = [] }) {
      const sent: number[] = [];
      try {
        const response = await transport.send({
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
