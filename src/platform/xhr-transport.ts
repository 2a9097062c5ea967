import { UploadError } from '../errors.ts';
import type { Transport, TransportRequest, TransportResponse } from '../ports.ts';

/**
 * Sends by XMLHttpRequest, the only way of a browser that tells of the bytes of a body as they go, and what has no
 * body by fetch, which can leave the HTTP cache aside: a HEAD would else be answered with an object seen before.
 */
export function createXhrTransport(): Transport {
  return {
    async send(request) {
      request.signal?.throwIfAborted();
      return request.method === 'GET' || request.method === 'HEAD'
        ? await sendByFetch(request)
        : await sendByXhr(request);
    },
  };
}

function sendByXhr(request: TransportRequest): Promise<TransportResponse> {
  const { method, url, headers, body, signal, onSent } = request;
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    const onAbort = (): void => {
      reject(signal?.reason);
      xhr.abort();
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    const end = (settle: () => void): void => {
      signal?.removeEventListener('abort', onAbort);
      settle();
    };
    xhr.addEventListener('load', () => {
      // Firefox loads nothing, with status 0, when its own origin ends a fresh connection in good order unanswered.
      end(() => (xhr.status === 0 ? reject(noAnswer()) : resolve(responseOf(xhr))));
    });
    xhr.addEventListener('error', () => end(() => reject(noAnswer())));
    // An abort that is not ours is the browser's own, in a page that it puts to sleep.
    xhr.addEventListener('abort', () => end(() => reject(noAnswer())));
    if (body !== undefined && onSent !== undefined) {
      const tell = ({ loaded }: ProgressEvent): void => {
        if (loaded > 0) onSent(loaded);
      };
      xhr.upload.addEventListener('progress', tell);
      xhr.upload.addEventListener('load', tell);
    }
    xhr.open(method, url);
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
    xhr.send(payload(body));
  });
}

async function sendByFetch(request: TransportRequest): Promise<TransportResponse> {
  const { method, url, headers, signal } = request;
  try {
    const init = { method, headers, cache: 'no-store', credentials: 'omit' } as const;
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

function responseOf(xhr: XMLHttpRequest): TransportResponse {
  return {
    status: xhr.status,
    url: xhr.responseURL,
    body: xhr.responseText,
    header: (name) => xhr.getResponseHeader(name) ?? undefined,
  };
}

// A slice has no type of its own, so that the browser adds no Content-Type that was not signed.
function payload(body: TransportRequest['body']): Blob | FormData | string | null {
  if (body === undefined || typeof body === 'string') return body ?? null;
  if (body instanceof FormData) return body;
  return body.source.slice(body.offset, body.offset + body.size);
}

function noAnswer(cause?: unknown): UploadError {
  return new UploadError('network', 'A request got no answer that this page can read.', {
    advice:
      'Either the network broke, or the answer is withheld: by CORS, by an ad-blocker or by the Content-Security-Policy of the page.',
    cause,
  });
}
