/**
 * Why a request is not taken for a callback of OSS, or cannot be read as one:
 * - `Unsigned`: it lacks the signature or the address of the key, or they are not readable.
 * - `ForeignKey`: the key is not at an address of the provider's.
 * - `KeyUnavailable`: the key could not be fetched, or what came is none; see `cause`.
 * - `SignatureMismatch`: the key has not signed this path, query and body.
 * - `BodyTooLarge`, `BodyCutOff`: it was not read to its end.
 * - `NotJson`: the body is not what `json()` was asked for.
 */
export type CallbackErrorCode =
  | 'Unsigned'
  | 'ForeignKey'
  | 'KeyUnavailable'
  | 'SignatureMismatch'
  | 'BodyTooLarge'
  | 'BodyCutOff'
  | 'NotJson';

const STATUS: Readonly<Record<CallbackErrorCode, number>> = {
  Unsigned: 403,
  ForeignKey: 403,
  KeyUnavailable: 503,
  SignatureMismatch: 403,
  BodyTooLarge: 413,
  BodyCutOff: 400,
  NotJson: 400,
};

/** The one error that verifying a callback rejects with. Its message holds nothing of the request but the key's address. */
export class CallbackError extends Error {
  override readonly name = 'CallbackError';
  readonly code: CallbackErrorCode;
  /** HTTP status to answer with; OSS then tells the uploader 203 CallbackFailed, and does not call again. */
  readonly status: number;

  constructor(code: CallbackErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.status = STATUS[code];
  }
}
