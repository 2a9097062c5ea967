import { UploadError } from '../errors.ts';
import type { Digests, TransportRequest, TransportResponse } from '../ports.ts';

/** An answer in a form that crosses from a worker to its page. */
export interface Answer {
  readonly status: number;
  readonly url: string;
  readonly body: string;
  /** All that may be read, as `getAllResponseHeaders()` gives them: one in a line, names in lower case. */
  readonly headers: string;
  readonly digests?: Digests | undefined;
}

/** Sends by XMLHttpRequest, the only way of a browser that tells of the bytes of a body as they go. */
export function sendByXhr(
  request: Omit<TransportRequest, 'body'>,
  body: Blob | Uint8Array<ArrayBuffer> | FormData | string | undefined,
): Promise<Answer> {
  const { method, url, headers, signal, onSent } = request;
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
      end(() => (xhr.status === 0 ? reject(noAnswer()) : resolve(answerOf(xhr))));
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
    xhr.send(body ?? null);
  });
}

export function toResponse({ headers, ...answer }: Answer): TransportResponse {
  return {
    ...answer,
    header(name) {
      const start = `${name.toLowerCase()}: `;
      const line = headers.split('\r\n').find((each) => each.startsWith(start));
      return line?.slice(start.length);
    },
  };
}

export function noAnswer(cause?: unknown): UploadError {
  return new UploadError('network', 'A request got no answer that this page can read.', {
    advice:
      'Either the network broke, or the answer is withheld: by CORS, by an ad-blocker or by the Content-Security-Policy of the page.',
    cause,
  });
}

function answerOf(xhr: XMLHttpRequest): Answer {
  return {
    status: xhr.status,
    url: xhr.responseURL,
    body: xhr.responseText,
    headers: xhr.getAllResponseHeaders(),
  };
}
