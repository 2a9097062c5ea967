/** One kind of error. */
export interface ErrorRow {
  readonly status: number;
  /** The message unless whoever throws knows a better one. */
  readonly message: string;
  /** The service's fine-grained number, where its documentation names one. */
  readonly ec?: string;
}

/**
 * Every error that the emulator answers by itself (OSS Errors and Troubleshooting 2019-08-16, §1 to §9; OSS docs,
 * "HTTP status code 203" to "503", "EC error codes"). `ERRORS.md` tells how to provoke each.
 */
export const ERRORS = {
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
  BucketAlreadyExists: {
    status: 409,
    message:
      'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.',
    ec: '0015-00000104',
  },
  BucketNotEmpty: {
    status: 409,
    message: 'The bucket has objects. Please delete them first.',
    ec: '0015-00000301',
  },
  CORSRuleBeyondLimit: { status: 400, message: 'The CORS Rules num is beyond limit.' },
  CallbackFailed: { status: 203, message: 'Error status : -1.' },
  DownloadTrafficRateLimitExceeded: {
    status: 503,
    message: 'The download traffic rate limit has been exceeded. Please reduce your request rate.',
  },
  EntityTooLarge: {
    status: 400,
    message: 'Your proposed upload exceeds the maximum allowed object size.',
  },
  EntityTooSmall: {
    status: 400,
    message: 'Your proposed upload smaller than the minimum allowed size.',
    ec: '0042-00000213',
  },
  FieldItemTooLong: { status: 400, message: 'Your name of form field is too long.' },
  FileAlreadyExists: {
    status: 409,
    message: 'The object you specified already exists and can not be overwritten.',
  },
  FileImmutable: { status: 409, message: 'The object you specified is immutable.' },
  FilePartNotExist: { status: 400, message: 'The Part you read had been deleted.' },
  IncompleteBody: {
    status: 400,
    message: 'You did not provide the number of bytes specified by the Content-Length HTTP header.',
  },
  IncorrectNumberOfFilesInPOSTRequest: {
    status: 400,
    message: 'POST requires exactly one file upload per request.',
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
  InvalidEncryptionAlgorithmError: {
    status: 400,
    message: 'The Encryption request you specified is not valid. Supported value: AES256/SM4/KMS.',
  },
  InvalidHostPutBucket: {
    status: 400,
    message: 'Your host is invalid. Please put bucket use Open Storage Service standard host.',
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
  InvalidPolicyDocument: { status: 400, message: 'Invalid Policy: Invalid JSON.' },
  InvalidRange: { status: 416, message: 'The requested range cannot be satisfied.' },
  InvalidRequest: {
    status: 400,
    message: 'Request specific response headers cannot be used for anonymous GET requests.',
  },
  InvalidSecurityToken: {
    status: 403,
    message: 'The security token you provided is invalid.',
    ec: '0002-00000006',
  },
  InvalidTag: { status: 400, message: 'The TagKey you have provided is invalid.' },
  KmsServiceNotEnabled: { status: 403, message: 'This user does not turn on KMS service.' },
  MalformedPOSTRequest: {
    status: 400,
    message: 'The body of your POST request is not well-formed multipart/form-data.',
  },
  MalformedXML: {
    status: 400,
    message:
      'The XML you provided was not well-formed or did not validate against our published schema.',
    ec: '0042-00000205',
  },
  MaxPOSTPreDataLengthExceededError: {
    status: 400,
    message: 'Your POST request fields preceding the upload file were too large.',
  },
  MetaOperationQPSLimitExceeded: {
    status: 503,
    message: 'Please reduce your meta operation request rate.',
  },
  MethodNotAllowed: {
    status: 405,
    message: 'The specified method is not allowed against this resource.',
  },
  MissingArgument: { status: 400, message: 'Missing Some Required Arguments.' },
  MissingContentLength: {
    status: 411,
    message: 'You must provide the Content-Length HTTP header.',
  },
  NoSuchBucket: {
    status: 404,
    message: 'The specified bucket does not exist.',
    ec: '0015-00000101',
  },
  NoSuchCORSConfiguration: {
    status: 404,
    message: 'The CORS Configuration does not exist.',
  },
  NoSuchKey: { status: 404, message: 'The specified key does not exist.', ec: '0026-00000001' },
  NoSuchLifecycle: { status: 404, message: 'No Row found in Lifecycle Table.' },
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
  ObjectNotAppendable: { status: 409, message: 'The object is not appendable.' },
  PartAlreadyExist: {
    status: 409,
    message: 'Part already exists. It can not be overwritten in a sequential multipart upload.',
    ec: '0042-00000108',
  },
  PartNotSequential: {
    status: 400,
    message: 'Part is not sequential. Parts of a sequential multipart upload come in order.',
  },
  PermanentRedirect: {
    status: 403,
    message:
      'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
  },
  PositionNotEqualToLength: {
    status: 409,
    message: 'Position is not equal to file length',
    ec: '0026-00000016',
  },
  PreconditionFailed: {
    status: 412,
    message: 'At least one of the pre-conditions you specified did not hold.',
  },
  QpsLimitExceeded: { status: 429, message: 'Please reduce your request rate.' },
  RequestIsNotMultipartContent: {
    status: 400,
    message: 'Bucket POST must be of the enclosure-type multipart/form-data.',
  },
  RequestTimeTooSkewed: {
    status: 403,
    message: 'The difference between the request time and the current time is too large.',
    ec: '0002-00000504',
  },
  RequestTimeout: {
    status: 400,
    message:
      'Your socket connection to the server was not read from or written to within the timeout period. Idle connections will be closed.',
  },
  SecondLevelDomainForbidden: {
    status: 403,
    message:
      'The bucket you are attempting to access must be addressed using OSS third level domain.',
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
  TooManyBuckets: {
    status: 400,
    message: 'You have attempted to create more buckets than allowed.',
  },
  TotalQpsLimitExceeded: {
    status: 503,
    message: 'Please reduce your request rate.',
    ec: '0004-00000302',
  },
  TransferAccelerationDisabled: {
    status: 403,
    message: 'Transfer acceleration is disabled for this bucket.',
  },
  UploadTrafficRateLimitExceeded: {
    status: 503,
    message: 'The upload traffic rate limit has been exceeded. Please reduce your request rate.',
  },
  UserDisable: { status: 403, message: 'UserDisable' },
  UserKeyMustBeSpecified: { status: 400, message: 'User key must be specified.' },
} as const satisfies Record<string, ErrorRow>;
