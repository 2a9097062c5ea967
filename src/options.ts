import { type CallbackOptions, type EncodedCallback, encodeCallback } from './callback/callback.ts';
import { checkInteger } from './oss/check-integer.ts';
import type { Addressing } from './oss/endpoint.ts';
import { MAX_FILE_SIZE, MAX_PART_SIZE, MIN_PART_SIZE } from './oss/limits.ts';
import { checkKey, quote } from './oss/names.ts';
import { checkSigningOptions, type SigningOptions } from './signing-options.ts';

/** What an uploader is told: where it uploads to and how, and who signs its requests. */
export type UploaderOptions = UploaderSettings & SigningOptions;

/** All but who signs. */
export type UploaderSettings = GeneralSettings & EndpointSettings;

export interface GeneralSettings {
  /** The bucket's name. */
  readonly bucket: string;
  /** Region id, such as `cn-hangzhou`; `oss-cn-hangzhou` is accepted, too. V4 signatures made in the page need it. */
  readonly region?: string | undefined;
  /**
   * How the bucket is named in addresses: `virtual-hosted` before the host, `path` as the first segment,
   * `custom-domain` not at all. It holds for all of `endpoints`: leave it out where they are of different kinds.
   *
   * @default `virtual-hosted` below aliyuncs.com, `path` for localhost and IP addresses, else `custom-domain`
   */
  readonly addressing?: Addressing | undefined;
  /**
   * Bytes that one part should hold: the nearest multiple of the file's unit (100 KiB; more for files above 1,024 MB)
   * is taken. 100 KiB to 1 MiB is advised: small parts lose little when the link breaks. At most 5 GiB. Where a link
   * keeps breaking under parts of this size, smaller ones are sent until it bears them again.
   *
   * @default what takes about 5 s at the speed last measured, 100 to 1,000 KiB; 1,000 KiB where none is known
   */
  readonly partSize?: number | undefined;
  /**
   * Most part requests in flight over all files of this uploader. There are fewer for a while, down to one, when the
   * server asks to slow down or requests run out of time. With `spread` so many go to each endpoint.
   *
   * @default 6, what browsers open per host over HTTP/1.1
   */
  readonly concurrency?: number | undefined;
  readonly retry?: RetryOptions | undefined;
  readonly timeout?: TimeoutOptions | undefined;
  readonly checkpoint?: CheckpointOptions | undefined;
  /**
   * How it is made sure that the object is the file: `crc64` compares what OSS says of each part, and of the object, with
   * the bytes that were read; `md5` also sends the MD5 of each part, so that OSS refuses damage at once, and reads each
   * part twice for it; `none` trusts the network.
   *
   * @default 'crc64'
   */
  readonly integrity?: Integrity | undefined;
  /**
   * How the worker is started in which uploads live, such as `createInlineWorker` of `partway/inline-worker`; `false` has
   * the page load the same code and do it all itself, as it does wherever no worker is to be had.
   *
   * @default a module worker from `worker.js`, which lies beside this library; Vite and webpack bring it along
   */
  readonly worker?: false | (() => Worker) | undefined;
}

/** Where the bucket is reached: at one endpoint, or at several that stand in for each other. */
export type EndpointSettings = AtOneEndpoint | AtSeveralEndpoints;

/** The bucket is reached at one endpoint. */
export interface AtOneEndpoint {
  /**
   * A host or address: a region's endpoint, the acceleration endpoint, a custom domain, an emulator; or a path of the
   * page's own origin behind which a proxy passes requests on to the bucket.
   *
   * @default the public endpoint of `region`
   */
  readonly endpoint?: string | undefined;
  readonly endpoints?: undefined;
  readonly spread?: undefined;
}

/** The bucket is reached at several endpoints. */
export interface AtSeveralEndpoints {
  /**
   * Up to four endpoints of the one bucket, each as `endpoint` may be, the preferred one first. When the one in use gives no
   * answer and another does, requests go on there, and come back when it is well. Not with `form`.
   */
  readonly endpoints: readonly string[];
  /**
   * Whether the bytes of files go by all endpoints that are well, each by the one that has least to do: browsers open six
   * connections to a host over HTTP/1.1. All other requests go to the preferred one.
   *
   * @default false
   */
  readonly spread?: boolean | undefined;
  readonly endpoint?: undefined;
}

export interface RetryOptions {
  /**
   * Failures in a row of one request, with no part of its upload confirmed between, after which the upload fails.
   * Waiting for the network does not count. By the default waits six failures take some 8 s, twelve some 65 s.
   *
   * @default 6
   */
  readonly limit?: number | undefined;
  /**
   * The first wait is a random time up to this, each further one up to twice as long. Milliseconds.
   *
   * @default 500
   */
  readonly baseDelay?: number | undefined;
  /**
   * No wait is longer, unless the server asks for it with Retry-After. Milliseconds.
   *
   * @default 20_000
   */
  readonly maxDelay?: number | undefined;
}

export interface TimeoutOptions {
  /**
   * How long a request may stand still beyond the time that the link needs for all that is in flight. There is no
   * limit on the total time of a part; one that stands still while others get through is sent again after a few
   * seconds, by what parts took lately. Milliseconds.
   *
   * @default 30_000
   */
  readonly stall?: number | undefined;
  /**
   * How long a request may wait for one of the six connections that all tabs share. It then asks anew, at no cost to
   * its budget; the twelfth time in one request ends the upload. Milliseconds.
   *
   * @default 300_000
   */
  readonly queue?: number | undefined;
  /**
   * How long OSS may take to put an object together; thousands of parts take minutes. Milliseconds.
   *
   * @default 300_000
   */
  readonly complete?: number | undefined;
  /**
   * How long the server may take to answer the probe that tells a dead network from an unreadable answer.
   * Milliseconds.
   *
   * @default 10_000
   */
  readonly probe?: number | undefined;
  /**
   * How long `credentials`, `sign`, `signMany` or `form` may take before it is asked again. Milliseconds.
   *
   * @default 60_000
   */
  readonly credentials?: number | undefined;
}

export interface CheckpointOptions {
  /**
   * Age at which an unfinished upload is given up: its checkpoint is deleted, and the upload aborted on the server
   * when an uploader next starts. Milliseconds.
   *
   * @default 604_800_000 (7 days)
   */
  readonly maxAge?: number | undefined;
}

export interface UploadOptions {
  /** The object's key: 1 to 1,023 bytes of UTF-8, no leading slash, no `.` or `..` segment. */
  readonly key: string;
  /** What the file is called in lists of unfinished uploads. @default the file's own name */
  readonly fileName?: string | undefined;
  /** The object's Content-Type. @default the file's own type, else `application/octet-stream` */
  readonly contentType?: string | undefined;
  /** Further headers of the object, such as `Cache-Control` or `x-oss-storage-class`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** User metadata, sent as `x-oss-meta-*`: letters, digits and hyphens in names, ASCII in values, 8 KB in all. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** What OSS shall tell the app's server once the object is stored; the result says what became of it. */
  readonly callback?: CallbackOptions | undefined;
  /**
   * Where the file came from, in browsers that tell: it is kept with the checkpoint, so that the next page can read the
   * file without having it picked again (`Unfinished.file`).
   */
  readonly handle?: FileSystemFileHandle | undefined;
  /** Aborting it cancels the upload. */
  readonly signal?: AbortSignal | undefined;
}

/** How it is made sure that the object is the file. */
export type Integrity = (typeof INTEGRITY)[number];

const INTEGRITY = ['crc64', 'md5', 'none'] as const;

type Filled<Options> = { readonly [Name in keyof Options]-?: Exclude<Options[Name], undefined> };

/** All settings with their values. */
export interface ResolvedOptions {
  readonly isSpread: boolean;
  readonly integrity: Integrity;
  /** Absent where the link decides. */
  readonly partSize: number | undefined;
  readonly concurrency: number;
  readonly retry: Filled<RetryOptions>;
  readonly timeout: Filled<TimeoutOptions>;
  readonly checkpoint: Filled<CheckpointOptions>;
}

/** Right for a phone on a train; the reasons stand at the options. */
const DEFAULTS: Omit<ResolvedOptions, 'partSize' | 'isSpread'> = {
  integrity: 'crc64',
  concurrency: 6,
  retry: { limit: 6, baseDelay: 500, maxDelay: 20_000 },
  timeout: { stall: 30_000, queue: 300_000, complete: 300_000, probe: 10_000, credentials: 60_000 },
  checkpoint: { maxAge: 7 * 24 * 60 * 60 * 1000 },
};

const MAX_METADATA_BYTES = 8 * 1024;
/** What setTimeout can count; a longer wait would fire at once. Milliseconds. */
const MAX_TIMER = 2 ** 31 - 1;
/** The uploader sets these itself, from other options or for the signature. */
const OWN_HEADERS =
  /^(authorization|host|date|content-(length|md5|type)|x-oss-(date|security-token|content-sha256|callback(-var)?|meta-.*))$/;

/**
 * Checks the options that no other part of the library checks, and fills in the defaults.
 *
 * @throws TypeError or RangeError naming the option.
 */
export function resolveOptions(options: UploaderOptions): ResolvedOptions {
  checkSigningOptions(options);
  if (!['undefined', 'function'].includes(typeof options.worker) && options.worker !== false) {
    throw new TypeError(
      `Expected \`worker\` to be false or a function that returns a Worker; got ${quote(options.worker)}.`,
    );
  }
  const { endpoints, spread = false } = options;
  if (endpoints !== undefined && options.form !== undefined) {
    throw new TypeError('Expected `endpoint` with `form`; got `endpoints`.');
  }
  if (typeof spread !== 'boolean' || (spread && endpoints === undefined)) {
    throw new TypeError('Expected `spread` to be true or false, and only with `endpoints`.');
  }
  const resolved: ResolvedOptions = {
    isSpread: spread,
    partSize: options.partSize,
    concurrency: options.concurrency ?? DEFAULTS.concurrency,
    ...resolveLimits(options),
    checkpoint: filledIn(options.checkpoint, DEFAULTS.checkpoint),
    integrity: options.integrity ?? DEFAULTS.integrity,
  };
  if (!INTEGRITY.includes(resolved.integrity)) {
    throw new RangeError(
      `Expected \`integrity\` to be "crc64", "md5" or "none"; got ${quote(resolved.integrity)}.`,
    );
  }
  if (resolved.partSize !== undefined)
    checkInteger('partSize', resolved.partSize, MIN_PART_SIZE, MAX_PART_SIZE);
  checkInteger('concurrency', resolved.concurrency, 1, 256);
  checkInteger('checkpoint.maxAge', resolved.checkpoint.maxAge, 1, Number.MAX_SAFE_INTEGER);
  return resolved;
}

/**
 * How often and how long requests are tried, with the defaults filled in.
 *
 * @throws TypeError or RangeError naming the option.
 */
export function resolveLimits(
  options: Pick<UploaderOptions, 'retry' | 'timeout'>,
): Pick<ResolvedOptions, 'retry' | 'timeout'> {
  const retry = filledIn(options.retry, DEFAULTS.retry);
  const timeout = filledIn(options.timeout, DEFAULTS.timeout);
  checkInteger('retry.limit', retry.limit, 1, 1000);
  checkInteger('retry.baseDelay', retry.baseDelay, 0, MAX_TIMER);
  checkInteger('retry.maxDelay', retry.maxDelay, 0, MAX_TIMER);
  for (const [name, value] of Object.entries(timeout)) {
    checkInteger(`timeout.${name}`, value, 1, MAX_TIMER);
  }
  return { retry, timeout };
}

type Given<Settings> = { readonly [Name in keyof Settings]?: Settings[Name] | undefined };

/** What is `undefined` was not given. */
function filledIn<Settings extends object>(
  given: Given<Settings> | undefined,
  defaults: Settings,
): Settings {
  const entries = Object.entries(given ?? {}).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(entries) };
}

/** What an upload is told about its object, checked. */
export interface ResolvedUploadOptions {
  readonly key: string;
  readonly fileName: string | undefined;
  /** Epoch milliseconds. */
  readonly lastModified: number | undefined;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly callback: EncodedCallback | undefined;
  readonly handle?: FileSystemFileHandle | undefined;
}

/** @throws TypeError or RangeError naming the option. */
export function resolveUploadOptions(file: unknown, options: UploadOptions): ResolvedUploadOptions {
  if (!(file instanceof Blob)) {
    throw new TypeError(`Expected \`file\` to be a File or Blob; got ${quote(file)}.`);
  }
  if (file.size > MAX_FILE_SIZE) {
    throw new RangeError(
      `Expected \`file\` to be at most 48.8 TB (${MAX_FILE_SIZE} bytes); got ${file.size}.`,
    );
  }
  if (options.signal !== undefined && !(options.signal instanceof AbortSignal)) {
    throw new TypeError(`Expected \`signal\` to be an AbortSignal; got ${quote(options.signal)}.`);
  }
  const isFile = 'name' in file && 'lastModified' in file;
  const name = isFile && typeof file.name === 'string' ? file.name : undefined;
  return {
    key: checkKey(options.key),
    fileName: checkText('fileName', options.fileName) ?? name,
    lastModified: isFile && typeof file.lastModified === 'number' ? file.lastModified : undefined,
    headers: objectHeaders(file, options),
    ...(options.handle === undefined ? {} : { handle: checkHandle(options.handle) }),
    callback: options.callback === undefined ? undefined : encodeCallback(options.callback),
  };
}

function checkHandle(handle: unknown): FileSystemFileHandle {
  if (typeof handle === 'object' && handle !== null && 'getFile' in handle && canBeKept(handle)) {
    return handle as FileSystemFileHandle;
  }
  throw new TypeError(`Expected \`handle\` to be a FileSystemFileHandle; got ${quote(handle)}.`);
}

// Those of polyfills can be neither stored nor told to a worker.
function canBeKept(handle: object): boolean {
  try {
    structuredClone(handle);
    return true;
  } catch {
    return false;
  }
}

function objectHeaders(file: Blob, options: UploadOptions): Record<string, string> {
  const type = checkText('contentType', options.contentType) ?? file.type;
  const headers: Record<string, string> = {
    'content-type': checkHeaderValue(
      'contentType',
      type === '' ? 'application/octet-stream' : type,
    ),
  };
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    const lower = name.toLowerCase();
    if (!/^[!#$%&'*+.^`|~\w-]+$/.test(name) || OWN_HEADERS.test(lower)) {
      throw new TypeError(
        `Expected \`headers\` to hold headers that the uploader does not set itself; got ${quote(name)}.`,
      );
    }
    headers[lower] = checkHeaderValue(`headers[${quote(name)}]`, value);
  }
  let bytes = 0;
  for (const [name, value] of Object.entries(options.metadata ?? {})) {
    if (!/^[a-z\d-]+$/i.test(name)) {
      throw new TypeError(
        `Expected names in \`metadata\` to be letters, digits and hyphens; got ${quote(name)}.`,
      );
    }
    bytes += name.length + checkHeaderValue(`metadata[${quote(name)}]`, value).length;
    headers[`x-oss-meta-${name.toLowerCase()}`] = value;
  }
  if (bytes > MAX_METADATA_BYTES) {
    throw new RangeError(
      `Expected \`metadata\` to be at most ${MAX_METADATA_BYTES} bytes; got ${bytes}.`,
    );
  }
  return headers;
}

function checkHeaderValue(option: string, value: unknown): string {
  // Headers are Latin-1 on the wire and UTF-8 in the signature: only what is the same in both can be sent.
  if (typeof value === 'string' && /^[\t\x20-\x7e]*$/.test(value)) return value;
  throw new TypeError(
    `Expected \`${option}\` to be text in ASCII without line breaks (encode the rest, as encodeURIComponent does); got ${quote(value)}.`,
  );
}

function checkText(option: string, value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw new TypeError(`Expected \`${option}\` to be a string; got ${quote(value)}.`);
}
