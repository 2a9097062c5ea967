import type { Hasher, Transport, TransportRequest, TransportResponse } from '../ports.ts';
import type { sendRange } from './send-range.ts';
import { type Answer, noAnswer, sendByXhr, toResponse } from './xhr.ts';

/**
 * Sends what has a body by XMLHttpRequest, which tells of its bytes as they go, and what has none by fetch, which can
 * leave the HTTP cache aside: a HEAD would else be answered with an object seen before.
 */
export function createXhrTransport(hasher: Hasher): Transport {
  return {
    async send({ body, ...request }) {
      request.signal?.throwIfAborted();
      if (request.method === 'GET' || request.method === 'HEAD') return await sendByFetch(request);
      const answer =
        body === undefined || typeof body === 'string' || body instanceof FormData
          ? await sendByXhr(request, body)
          : await sendFromPage(request, body, hasher);
      return toResponse(answer);
    },
  };
}

// Few pages have no worker.
async function sendFromPage(...given: Parameters<typeof sendRange>): Promise<Answer> {
  const { sendRange } = await import('./send-range.ts').catch((cause: unknown) => {
    throw noAnswer(cause);
  });
  return await sendRange(...given);
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
