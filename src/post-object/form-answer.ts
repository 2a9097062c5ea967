import type { CallbackOutcome } from '../callback/index.ts';
import { unquoted } from '../oss/multipart-etag.ts';
import { incompleteAnswer } from '../oss/service-error.ts';
import { childText, readXml } from '../oss/xml.ts';
import type { TransportResponse } from '../ports.ts';
import type { PostForm } from './form.ts';

/** An object that a form has made, as the answer tells it. */
export interface StoredForm {
  readonly bucket: string | undefined;
  readonly key: string;
  /** Unquoted; empty where the bucket's CORS rule hides it and the answer has no body. */
  readonly etag: string;
  readonly location: string;
  readonly status: number;
  readonly requestId: string | undefined;
  readonly callback: CallbackOutcome | undefined;
}

/**
 * Reads the answer to a form: 204 or 200 without a body, 201 with a PostResponse, or what became of the callback (OSS
 * docs, PostObject and Callback).
 *
 * @throws UploadError of kind `protocol` for whatever OSS does not answer.
 */
export async function readFormAnswer(
  response: TransportResponse,
  form: PostForm,
): Promise<StoredForm> {
  const stored = {
    bucket: form.bucket,
    key: form.key,
    location: form.location,
    etag: unquoted(response.header('etag') ?? ''),
    status: response.status,
    requestId: response.header('x-oss-request-id'),
    callback: undefined,
  };
  if (form.hasCallback) return { ...stored, callback: await readCallback(response) };
  if (response.status === 201) return { ...stored, ...readPostResponse(response) };
  if ((response.status === 200 || response.status === 204) && response.body === '') return stored;
  throw incompleteAnswer('PostObject', response);
}

// OSS passes on nothing but JSON: a page in its place comes from somebody else, and so does a 203 of a proxy's own.
async function readCallback(response: TransportResponse): Promise<CallbackOutcome> {
  const { status, body } = response;
  const isAppAnswer = status === 200 && isJson(body);
  const isFailure = status === 203 && childText(readXml(body), 'Code') === 'CallbackFailed';
  if (!isAppAnswer && !isFailure) throw incompleteAnswer('PostObject', response);
  const { readCallbackOutcome } = await import('../callback/index.ts');
  return readCallbackOutcome(response);
}

function readPostResponse(
  response: TransportResponse,
): Pick<StoredForm, 'bucket' | 'key' | 'etag' | 'location'> {
  const root = readXml(response.body);
  const [bucket, key, etag, location] = ['Bucket', 'Key', 'ETag', 'Location'].map((name) =>
    childText(root, name),
  );
  if (root?.name !== 'PostResponse' || !key || !etag || !location) {
    throw incompleteAnswer('PostObject', response);
  }
  return { bucket, key, etag: unquoted(etag), location };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
