import { UploadError } from './errors.ts';
import type { Sign, SignMany } from './oss/remote-authorization.ts';
import type { SignedRequest } from './oss/signing-request.ts';

export interface RemoteSignerOptions {
  /** Headers of the request to the app's server, such as one that tells the session; asked for at every call. */
  readonly headers?: () =>
    | Readonly<Record<string, string>>
    | Promise<Readonly<Record<string, string>>>;
  /** Whether cookies are sent along. @default 'same-origin' */
  readonly credentials?: RequestCredentials;
}

/**
 * The page's side of `createSigner()` of `partway/server`: gives the options `sign` and `signMany` of an uploader.
 *
 * A refusal of the server (a status of 4xx but 408 and 429) ends the upload with an `UploadError` of kind `credentials`
 * and the code `SigningRefused`; any other failure is asked again.
 *
 * @param url where the app's server answers, absolute or relative to the page.
 */
export function remoteSigner(
  url: string,
  options: RemoteSignerOptions = {},
): { readonly sign: Sign; readonly signMany: SignMany } {
  const signMany: SignMany = async (requests) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...(await options.headers?.()), 'content-type': 'application/json' },
      body: JSON.stringify({ requests }),
      credentials: options.credentials ?? 'same-origin',
      cache: 'no-store',
    });
    if (isRefusal(response.status)) throw await refusal(response);
    if (!response.ok) throw new Error(`The server that signs answered ${response.status}.`);
    const answer: { readonly signed: readonly SignedRequest[] } = await response.json();
    return answer.signed;
  };
  const sign: Sign = async (request) => {
    const [signed] = await signMany([request]);
    if (signed === undefined) throw new Error('The server that signs gave no signature.');
    return signed;
  };
  return { sign, signMany };
}

function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}

async function refusal(response: Response): Promise<UploadError> {
  const answer: { error?: { message?: unknown } | null } | null = await response
    .json()
    .catch(() => null);
  const message = answer?.error?.message;
  const said = typeof message === 'string' ? `: ${message.slice(0, 300)}` : '';
  return new UploadError(
    'credentials',
    `The app's server refused to sign (${response.status}${said}).`,
    {
      code: 'SigningRefused',
      status: response.status,
      advice:
        'Its rules say who may write which key, and how much: change them, or the key, or log in.',
    },
  );
}
