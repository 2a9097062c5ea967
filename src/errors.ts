/**
 * What kind of thing went wrong:
 * - `service`: OSS answered with an error; see `code` and `status`.
 * - `network`: no readable answer: the network, or an answer that the browser withholds (CORS).
 * - `timeout`: nothing moved for longer than the limits in `timeout` allow.
 * - `protocol`: an answer that is not what OSS answers (a proxy's page, a cut-off body).
 * - `credentials`: a function of the app (`credentials`, `sign`, `signMany`, `form`) threw or gave something unusable, or the app
 *   does not serve a part of this library (`LibraryUnavailable`).
 * - `source`: the file cannot be read, or is not the file that was begun.
 * - `storage`: the browser's storage refused a checkpoint.
 */
export type UploadErrorKind =
  | 'service'
  | 'network'
  | 'timeout'
  | 'protocol'
  | 'credentials'
  | 'source'
  | 'storage';

/** The request that an error belongs to: OSS's own operation names. */
export type Operation =
  | 'InitiateMultipartUpload'
  | 'UploadPart'
  | 'ListParts'
  | 'CompleteMultipartUpload'
  | 'AbortMultipartUpload'
  | 'PutObject'
  | 'PostObject'
  | 'HeadObject';

export interface UploadErrorDetails {
  operation?: Operation | undefined;
  partNumber?: number | undefined;
  code?: string | undefined;
  status?: number | undefined;
  requestId?: string | undefined;
  ec?: string | undefined;
  advice?: string | undefined;
  retryAfter?: number | undefined;
  serviceMessage?: string | undefined;
  serverTime?: number | undefined;
  namedEndpoint?: NamedEndpoint | undefined;
  cause?: unknown;
}

/** Where a bucket is to be asked for instead, as an answer of OSS says. */
export interface NamedEndpoint {
  readonly bucket: string | undefined;
  /** A host such as `oss-cn-hangzhou.aliyuncs.com`. */
  readonly host: string;
}

/**
 * The one error that an upload rejects with; a cancelled upload rejects with the signal's reason instead.
 *
 * Its message reads: what failed, where, what to do. It never holds a secret, a token or a signed URL.
 */
export class UploadError extends Error {
  override readonly name = 'UploadError';
  readonly kind: UploadErrorKind;
  /** The request that failed. */
  readonly operation: Operation | undefined;
  /** The part that failed, from 1. */
  readonly partNumber: number | undefined;
  /** OSS's error code, such as `AccessDenied`; for other kinds a name of our own, where telling them apart helps. */
  readonly code: string | undefined;
  /** HTTP status of the answer. */
  readonly status: number | undefined;
  /** OSS's id of the request, the one thing that its support asks for. */
  readonly requestId: string | undefined;
  /** OSS's fine-grained error number, such as `0002-00000201`. */
  readonly ec: string | undefined;
  /** What to do about it, in one or two sentences; for answers of OSS, once the upload has failed by them. */
  get advice(): string | undefined {
    return this.#advice;
  }
  /** How long the server asked to wait, in milliseconds. */
  readonly retryAfter: number | undefined;
  /** What OSS said in words; tells the causes of AccessDenied apart. */
  readonly serviceMessage: string | undefined;
  /** The server's clock when it refused, in epoch milliseconds, where it told. */
  readonly serverTime: number | undefined;
  /** The right endpoint, where the answer named one. */
  readonly namedEndpoint: NamedEndpoint | undefined;
  #advice: string | undefined;

  constructor(kind: UploadErrorKind, message: string, details: UploadErrorDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : {});
    this.kind = kind;
    this.operation = details.operation;
    this.partNumber = details.partNumber;
    this.code = details.code;
    this.status = details.status;
    this.requestId = details.requestId;
    this.ec = details.ec;
    if (details.advice !== undefined) this.advise(details.advice);
    this.retryAfter = details.retryAfter;
    this.serviceMessage = details.serviceMessage;
    this.serverTime = details.serverTime;
    this.namedEndpoint = details.namedEndpoint;
  }

  /**
   * Adds what to do, to the message, too.
   *
   * @internal
   */
  advise(advice: string): void {
    if (this.#advice !== undefined) return;
    this.#advice = advice;
    this.message = `${this.message} ${advice}`;
  }
}

/** The reason of an abort by the page that gave none of its own. */
export function abortError(message: string): DOMException {
  return new DOMException(message, 'AbortError');
}

/** The error of a file that is not the one whose upload was begun, or not any more. */
export function changedFile(): UploadError {
  return new UploadError(
    'source',
    'This is not the file whose upload was begun, or it has been changed since.',
    {
      code: 'FileChanged',
      advice:
        'Pick the file as it was; to upload it as it is now, cancel this upload and begin another one.',
    },
  );
}

/** The error of a file whose bytes the browser cannot read. */
export function unreadableFile(cause: unknown): UploadError {
  return new UploadError('source', 'The file cannot be read.', {
    code: 'FileUnreadable',
    advice: 'It may have been changed, moved or unplugged since it was picked: pick it again.',
    cause,
  });
}

/** Whether it is one of these two, where only the page can help: by having the file picked again. */
export function needsFile(error: unknown): error is UploadError {
  return (
    error instanceof UploadError &&
    (error.code === 'FileChanged' || error.code === 'FileUnreadable')
  );
}

/** The error of a file that is not the one whose upload was to go on. */
export function anotherFile(): UploadError {
  return new UploadError('source', 'This is not the file whose upload was begun.', {
    code: 'AnotherFile',
    advice:
      'Pick the same, unchanged file; some phones make a new file of a video at each pick, which cannot be resumed.',
  });
}
