import { quote } from '../oss/names.ts';

export interface CallbackResponseOptions {
  /** Only 200 lets OSS tell the uploader of success; others become 203 CallbackFailed. @default 200 */
  readonly status?: number | undefined;
}

/** 1 MB (OSS docs, Callback). */
const MAX_BYTES = 1024 ** 2;

/**
 * An answer to a callback that OSS takes, and hands on to the uploader: JSON with its length (OSS docs, Callback).
 *
 * @param value what JSON can hold.
 * @throws TypeError for what it cannot, RangeError above 1 MB or for a status that has no body.
 */
export function callbackResponse(
  value: unknown,
  { status = 200 }: CallbackResponseOptions = {},
): Response {
  const isFit = Number.isInteger(status) && status >= 200 && status <= 599;
  if (!isFit || status === 204 || status === 205 || status === 304) {
    throw new RangeError(
      `Expected \`status\` to be 200 to 599, and one that has a body; got ${quote(status)}.`,
    );
  }
  const text: unknown = JSON.stringify(value);
  if (typeof text !== 'string') {
    throw new TypeError(`Expected \`value\` to be what JSON can hold; got ${quote(value)}.`);
  }
  const body = new TextEncoder().encode(text);
  if (body.length > MAX_BYTES) {
    throw new RangeError(
      `Expected \`value\` to be at most ${MAX_BYTES} bytes of JSON, as OSS takes no more; got ${body.length}.`,
    );
  }
  const headers = { 'content-type': 'application/json', 'content-length': String(body.length) };
  return new Response(body, { status, headers });
}
