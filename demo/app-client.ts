import {
  type CallbackOptions,
  type Credentials,
  type FileForForm,
  type PostFields,
  type SigningOptions,
  UploadError,
} from '../src/index.ts';
import { remoteSigner } from '../src/remote-signer.ts';
import { BadAnswer, fetchJson } from './fetch-json.ts';
import type { HeardCallback } from './server/callback-receiver.ts';
import { MAX_FORM_SIZE } from './server/rules.ts';

/** Who signs what this page sends. */
export type Way = 'sts' | 'signer' | 'form';

const SIGNING: Readonly<Record<Way, SigningOptions>> = {
  sts: { credentials: () => fetchJson<Credentials>('/sts') },
  signer: remoteSigner('/sign'),
  form: { form: fetchForm, formLimit: MAX_FORM_SIZE },
};

export function isWay(value: string): value is Way {
  return Object.hasOwn(SIGNING, value);
}

/** What the uploader is given for that. */
export function signingFor(way: Way): SigningOptions {
  return SIGNING[way];
}

/** What an upload is given for the app's server to be told. */
export async function fetchCallbackOptions(): Promise<CallbackOptions> {
  return await fetchJson<CallbackOptions>('/callback-options');
}

/** What the app's server was told, newest first. */
export async function fetchHeard(): Promise<readonly HeardCallback[]> {
  return await fetchJson<readonly HeardCallback[]>('/callbacks');
}

async function fetchForm({ key, size, contentType }: FileForForm): Promise<{ fields: PostFields }> {
  try {
    return await fetchJson<{ fields: PostFields }>('/post-policy', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key, size, contentType }),
    });
  } catch (error) {
    // Asking again would not change its mind.
    if (!(error instanceof BadAnswer) || error.status >= 500) throw error;
    const { message, status } = error;
    throw new UploadError('credentials', message, { code: 'FormRefused', status });
  }
}
