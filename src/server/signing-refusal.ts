/** Why requests are not signed, and the HTTP status that the page is told. */
const STATUSES = {
  MethodNotAllowed: 405,
  UnsupportedMediaType: 415,
  BodyTooLarge: 413,
  BodyCutOff: 400,
  MalformedJson: 400,
  InvalidRequest: 400,
  TooManyInOneCall: 400,
  InvalidKey: 400,
  InvalidQuery: 400,
  InvalidHeader: 400,
  InvalidSize: 400,
  ExpiresInTooLong: 400,
  OperationNotAllowed: 403,
  BucketNotAllowed: 403,
  KeyNotAllowed: 403,
  HeaderNotAllowed: 403,
  FileTooLarge: 403,
  PartTooLarge: 403,
  /** The app's own `allow` said no. */
  NotAllowed: 403,
  /** Asking again later helps. */
  CredentialsEndTooSoon: 503,
} as const;

export type SigningRefusalCode = keyof typeof STATUSES;

/** A request that was not signed, and why. No secret and no token is in it: a page may be told all of it. */
export class SigningRefusal extends Error {
  override readonly name = 'SigningRefusal';
  readonly code: SigningRefusalCode;
  /** HTTP status. */
  readonly status: number;
  /** Which request of a call it was, from 0. */
  readonly index: number | undefined;

  constructor(code: SigningRefusalCode, message: string, index?: number) {
    super(message);
    this.code = code;
    this.status = STATUSES[code];
    this.index = index;
  }
}
