import { UploadError } from '../errors.ts';
import { signedHeaders } from '../oss/signing-order.ts';
import type { Transport, TransportRequest } from '../ports.ts';

/** Sends by Node's own fetch, for tests against the emulator; it tells nothing of bytes as they go. */
export const fetchTransport: Transport = {
  async send({ method, url, headers, signing, body, signal }) {
    const signed = await signedHeaders({ headers, signing });
    const init = { method, headers: { ...signed }, body: payload(body) };
    try {
      const response = await fetch(url, signal === undefined ? init : { ...init, signal });
      return {
        status: response.status,
        url: response.url,
        body: await response.text(),
        header: (name) => response.headers.get(name) ?? undefined,
      };
    } catch (cause) {
      signal?.throwIfAborted();
      throw new UploadError('network', 'A request got no answer.', { cause });
    }
  },
};

function payload(body: TransportRequest['body']): Blob | FormData | string | null {
  if (body === undefined || typeof body === 'string') return body ?? null;
  if (body instanceof FormData) return body;
  return body.source.slice(body.offset, body.offset + body.size);
}
