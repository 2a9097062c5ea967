import type { CallbackOptions } from '../callback/index.ts';
import type { UploadEvent } from '../events.ts';
import { type RetryOptions, resolveLimits, type TimeoutOptions } from '../options.ts';
import { quote } from '../oss/names.ts';
import type { PostFields } from './form-fields.ts';

export interface PostObjectOptions {
  /** The bucket's address, or a path of the page's own origin behind which a proxy passes forms on to it. */
  readonly url: string;
  /**
   * The fields that the app's server has made: `key`, which may have `${filename}` in it, and the signed policy; or a
   * function that asks for them, called again, at most twice, when OSS says that the policy or the token is over.
   * `key` alone is enough for a bucket that everybody may write to.
   */
  readonly fields: PostFields | (() => Promise<PostFields>);
  /** Aborting it ends the upload. */
  readonly signal?: AbortSignal | undefined;
  /** Called as bytes go out, for files of 256 KiB and more; for smaller ones once, at the end. */
  readonly onProgress?: ((progress: PostObjectProgress) => void) | undefined;
  readonly onEvent?: ((event: PostObjectEvent) => void) | undefined;
  /** The object's Content-Type. @default what `fields` say, else the file's own type, else `application/octet-stream` */
  readonly contentType?: string | undefined;
  /** What `${filename}` stands for. @default the file's own name */
  readonly fileName?: string | undefined;
  /** What OSS shall tell the app's server; where `fields` have a callback already, the server has set it. */
  readonly callback?: CallbackOptions | undefined;
  readonly retry?: RetryOptions | undefined;
  /** As for uploads; `credentials` is how long the function `fields` may take. */
  readonly timeout?: Pick<TimeoutOptions, 'stall' | 'queue' | 'probe' | 'credentials'> | undefined;
}

export interface PostObjectProgress {
  /** Bytes of the file given to the network. Never goes back: a form that is sent again shows when it gets further. */
  readonly sentBytes: number;
  /** Bytes of the file. */
  readonly size: number;
}

/** Something that happened to a form on its way. */
export type PostObjectEvent =
  | Extract<
      UploadEvent,
      { readonly type: 'retry' | 'credentials-refused' | 'still-waiting-for-network' }
    >
  /** There is no network: the form waits for it, for as long as the page lives. */
  | { readonly type: 'network-lost' }
  | { readonly type: 'network-back' }
  /** OSS takes it and advises against it. */
  | { readonly type: 'warning'; readonly message: string };

/** All options, checked, with their values. */
export interface ResolvedPostOptions
  extends Omit<PostObjectOptions, 'contentType' | 'fileName' | 'retry' | 'timeout'>,
    ReturnType<typeof resolveLimits> {
  readonly signal: AbortSignal;
  readonly contentType: string | undefined;
  readonly fileName: string | undefined;
}

/**
 * @param pageUrl what a path such as `/upload` is relative to; absent outside pages and workers.
 * @throws TypeError or RangeError naming the option.
 */
export function resolvePostOptions(
  options: PostObjectOptions,
  pageUrl: string | undefined,
): ResolvedPostOptions {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`Expected the options to be { url, fields, ... }; got ${quote(options)}.`);
  }
  const { signal = new AbortController().signal } = options;
  if (!(signal instanceof AbortSignal)) {
    throw new TypeError(`Expected \`signal\` to be an AbortSignal; got ${quote(signal)}.`);
  }
  for (const name of ['onProgress', 'onEvent'] as const) checkFunction(name, options[name]);
  for (const name of ['contentType', 'fileName'] as const) checkText(name, options[name]);
  return {
    ...options,
    ...resolveLimits(options),
    url: checkUrl(options.url, pageUrl),
    signal,
    contentType: options.contentType,
    fileName: options.fileName,
  };
}

function checkUrl(given: unknown, pageUrl: string | undefined): string {
  const url = typeof given === 'string' ? parseUrl(given, pageUrl) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search + url.hash !== '') {
    throw new TypeError(
      `Expected \`url\` to be the bucket's address, such as "https://videos.oss-cn-hangzhou.aliyuncs.com", or a path of this page's origin, without a query; got ${quote(given)}.`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new TypeError('Expected `url` to have no user name or password in it.');
  }
  if (/^(?:oss-[a-z\d-]+|[a-z\d-]+\.oss)\.aliyuncs\.com$/.test(url.hostname)) {
    throw new TypeError(
      `Expected \`url\` to name the bucket before the endpoint, as in "https://videos.${url.hostname}"; got ${quote(given)}.`,
    );
  }
  return url.href;
}

function parseUrl(text: string, pageUrl: string | undefined): URL | undefined {
  try {
    return /^\/(?!\/)/.test(text) ? new URL(text, pageUrl) : new URL(text);
  } catch {
    return undefined;
  }
}

function checkFunction(option: string, value: unknown): void {
  if (value === undefined || typeof value === 'function') return;
  throw new TypeError(`Expected \`${option}\` to be a function; got ${quote(value)}.`);
}

function checkText(option: string, value: unknown): void {
  if (value === undefined || typeof value === 'string') return;
  throw new TypeError(`Expected \`${option}\` to be a string; got ${quote(value)}.`);
}
