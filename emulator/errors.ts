import type { XmlElement } from './xml.ts';

interface ErrorRow {
  readonly status: number;
  readonly message: string;
  /** The service's fine-grained number, where its documentation names one. */
  readonly ec?: string;
}

/**
 * Every error the emulator answers by itself: status, default message, error number (OSS Errors and Troubleshooting
 * 2019-08-16, §1 and §3; OSS docs, "EC error codes"). Fault rules may name any other code as well.
 */
const ERRORS = {
  AccessDenied: { status: 403, message: 'AccessDenied', ec: '0003-00000001' },
  AccessForbidden: {
    status: 403,
    message:
      'CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource CORS spec.',
  },
  AccessKeyIdAndSecurityTokenNotMatch: {
    status: 403,
    message: 'The AccessKeyId and the security token you provided do not match.',
    ec: '0002-00000004',
  },
  BadRequest: { status: 400, message: 'The request is invalid.' },
  EntityTooLarge: {
    status: 400,
    message: 'Your proposed upload exceeds the maximum allowed object size.',
  },
  EntityTooSmall: {
    status: 400,
    message: 'Your proposed upload smaller than the minimum allowed size.',
    ec: '0042-00000213',
  },
  FileAlreadyExists: {
    status: 409,
    message: 'The object you specified already exists and can not be overwritten.',
  },
  InternalError: {
    status: 500,
    message: 'We encountered an internal error. Please try again.',
  },
  InvalidAccessKeyId: {
    status: 403,
    message: 'The OSS Access Key Id you provided does not exist in our records.',
    ec: '0002-00000902',
  },
  InvalidArgument: { status: 400, message: 'Invalid argument.' },
  InvalidBucketName: { status: 400, message: 'The specified bucket is not valid.' },
  InvalidCRC64: {
    status: 400,
    message: 'The CRC64 you specified did not match what we calculated.',
  },
  InvalidDigest: {
    status: 400,
    message: 'The Content-MD5 you specified did not match what we received.',
  },
  InvalidObjectName: { status: 400, message: 'The specified object is not valid.' },
  InvalidPart: {
    status: 400,
    message:
      "One or more of the specified parts could not be found or the specified entity tag might not have matched the part's entity tag.",
  },
  InvalidPartOrder: {
    status: 400,
    message: 'The list of parts was not in ascending order. Parts list must specified in order.',
    ec: '0042-00000209',
  },
  InvalidRange: { status: 416, message: 'The requested range cannot be satisfied.' },
  InvalidSecurityToken: {
    status: 403,
    message: 'The security token you provided is invalid.',
    ec: '0002-00000006',
  },
  MalformedXML: {
    status: 400,
    message:
      'The XML you provided was not well-formed or did not validate against our published schema.',
    ec: '0042-00000205',
  },
  MethodNotAllowed: {
    status: 405,
    message: 'The specified method is not allowed against this resource.',
  },
  MissingContentLength: {
    status: 411,
    message: 'You must provide the Content-Length HTTP header.',
  },
  NoSuchBucket: {
    status: 404,
    message: 'The specified bucket does not exist.',
    ec: '0015-00000101',
  },
  NoSuchKey: { status: 404, message: 'The specified key does not exist.', ec: '0026-00000001' },
  NoSuchUpload: {
    status: 404,
    message:
      'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    ec: '0042-00000002',
  },
  NotImplemented: {
    status: 400,
    message: 'A header you provided implies functionality that is not implemented.',
  },
  RequestTimeTooSkewed: {
    status: 403,
    message: 'The difference between the request time and the current time is too large.',
    ec: '0002-00000504',
  },
  SecurityTokenExpired: {
    status: 403,
    message: 'The security token you provided has expired.',
    ec: '0002-00000007',
  },
  SignatureDoesNotMatch: {
    status: 403,
    message:
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    ec: '0002-00000201',
  },
} as const satisfies Record<string, ErrorRow>;

/** The codes of the table. */
export type ErrorCode = keyof typeof ERRORS;

/** What may differ from the table's row. */
export interface ErrorDetails {
  readonly status?: number;
  readonly message?: string;
  readonly ec?: string;
  /** Elements beside Code, Message, RequestId and HostId. */
  readonly extras?: readonly XmlElement[];
  /** Headers of the answer. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error as OSS answers it; thrown anywhere, answered in one place. */
export class OssError extends Error {
  override readonly name = 'OssError';
  readonly code: string;
  readonly status: number;
  readonly ec: string | undefined;
  readonly extras: readonly XmlElement[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    const row: ErrorRow = ERRORS[code];
    super(details.message ?? row.message);
    this.code = code;
    this.status = details.status ?? row.status;
    this.ec = details.ec ?? row.ec;
    this.extras = details.extras ?? [];
    this.headers = details.headers ?? {};
  }
}

/** The table's default message for a code, known or not. */
export function messageFor(code: string): string {
  const rows: Readonly<Record<string, ErrorRow>> = ERRORS;
  return rows[code]?.message ?? code;
}

/** InvalidArgument with the elements that name the culprit. */
export function invalidArgument(
  name: string,
  value: string,
  message: string,
  ec?: string,
): OssError {
  return new OssError('InvalidArgument', {
    message,
    ...(ec === undefined ? {} : { ec }),
    extras: [
      ['ArgumentName', name],
      ['ArgumentValue', value],
    ],
  });
}
