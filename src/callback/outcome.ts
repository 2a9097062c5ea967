import { childText, readXml } from '../oss/xml.ts';
import type { TransportResponse } from '../ports.ts';
import { adviceFor } from './callback-failures.ts';

/**
 * What became of a callback. The object is stored in every case:
 *
 * - `ok: true`: the app's server was told; `body` is what it answered, parsed if it is JSON, else the text.
 * - `ok: false`: it was told in vain, or could not be; `message` is what OSS says, `advice` what to do.
 * - `ok: undefined`: the answer was lost, and with it whether the app was told.
 */
export type CallbackOutcome =
  | { readonly ok: true; readonly status: number; readonly body: unknown }
  | {
      readonly ok: false;
      readonly code: string;
      readonly message: string;
      readonly advice: string;
    }
  | { readonly ok: undefined; readonly advice: string };

/**
 * Reads what became of a callback from the answer to the upload that asked for it: 200 with the app's own answer, or
 * 203 CallbackFailed (OSS docs, Callback; "OSS Errors and Troubleshooting" 2019-08-16, §6).
 */
export function readCallbackOutcome(response: TransportResponse): CallbackOutcome {
  if (response.status === 203) return readFailure(response.body);
  if (response.status === 200 && response.body !== '') {
    return { ok: true, status: response.status, body: parseJson(response.body) };
  }
  return {
    ok: undefined,
    advice:
      'The object is stored, but the answer holds nothing of your server, as if no callback had been asked for: look for a proxy or CDN that takes it out. Ask your server whether it was told, and tell it yourself if not.',
  };
}

/** The outcome of a callback where the object turned out to be there, and the answer that told more was lost. */
export function lostCallbackOutcome(): CallbackOutcome {
  return {
    ok: undefined,
    advice:
      'The object is stored, but the answer that told of the callback was lost. Ask your server whether it was told, and tell it yourself if not; do not upload again.',
  };
}

function readFailure(body: string): CallbackOutcome {
  const error = readXml(body);
  const message = childText(error, 'Message') ?? '';
  return {
    ok: false,
    code: childText(error, 'Code') ?? 'CallbackFailed',
    message,
    advice: adviceFor(message),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
