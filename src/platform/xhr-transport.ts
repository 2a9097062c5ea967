import { signedHeaders } from '../oss/signing-order.ts';
import type { Hasher, Transport, TransportRequest, TransportResponse } from '../ports.ts';
import { sendRange } from './send-range.ts';
import { noAnswer, sendByXhr, toResponse } from './xhr.ts';

/**
 * Sends what has a body by XMLHttpRequest, which tells of its bytes as they go, and what has none by fetch, which can
 * leave the HTTP cache aside: a HEAD would else be answered with an object seen before.
 */
export function createXhrTransport(hasher: Hasher): Transport {
  return {
    async send({ body, ...unsigned }) {
      const { signal, method } = unsigned;
      signal?.throwIfAborted();
      if (body !== undefined && typeof body === 'object' && 'source' in body)
        return toResponse(await sendRange(unsigned, body, hasher));
      const request = { ...unsigned, headers: await signedHeaders(unsigned) };
      signal?.throwIfAborted();
      if (method === 'GET' || method === 'HEAD') return await sendByFetch(request);
      return toResponse(await sendByXhr(request, body));
    },
  };
}

async function sendByFetch(request: TransportRequest): Promise<TransportResponse> {
  const { method, url, headers, signal, isForPreflight } = request;
  try {
    // Chromium keeps no preflight of a request that leaves its cache aside.
    const cache = isForPreflight === true ? 'default' : 'no-store';
    const init = { method, headers, cache, credentials: 'omit' } as const;
    const response = await fetch(url, signal === undefined ? init : { ...init, signal });
    return {
      status: response.status,
      url: response.url,
      body: await response.text(),
      header: (name) => response.headers.get(name) ?? undefined,
    };
  } catch (cause) {
    signal?.throwIfAborted();
    throw noAnswer(cause);
  }
}
