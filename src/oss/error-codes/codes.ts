/** Names, resources and requests in general. */
export type GeneralCode =
  | 'BadRequest'
  | 'BucketAlreadyExists'
  | 'BucketNotEmpty'
  | 'CallbackFailed'
  | 'ImageDamage'
  | 'InternalError'
  | 'InvalidArgument'
  | 'InvalidBucketName'
  | 'InvalidObjectName'
  | 'InvalidObjectState'
  | 'InvalidRequest'
  | 'InvalidTargetBucketForLogging'
  | 'InvalidTargetType'
  | 'MalformedXML'
  | 'MethodNotAllowed'
  | 'MissingArgument'
  | 'MissingContentLength'
  | 'NoSuchBucket'
  | 'NoSuchKey'
  | 'NotImplemented'
  | 'ObjectNotAppendable'
  | 'OperationNotSupported'
  | 'PositionNotEqualToLength'
  | 'PreconditionFailed'
  | 'SymlinkTargetNotExist'
  | 'TooManyBuckets';

/** The parts of an upload, their bytes, and the object that they make. */
export type MultipartCode =
  | 'EntityTooLarge'
  | 'EntityTooSmall'
  | 'FileAlreadyExists'
  | 'FileGroupTooLarge'
  | 'FileImmutable'
  | 'FilePartInterity'
  | 'FilePartNotExist'
  | 'FilePartStale'
  | 'IncompleteBody'
  | 'InlineDataTooLarge'
  | 'InvalidCRC64'
  | 'InvalidDigest'
  | 'InvalidPart'
  | 'InvalidPartOrder'
  | 'NoSuchUpload'
  | 'PartAlreadyExist'
  | 'PartNotSequential';

/** Timeouts, the manual's own chapter, and the limits on requests and bandwidth. */
export type LoadCode =
  | 'ActiveRequestLimitExceeded'
  | 'ConnectionTimeout'
  | 'ConnectionTimeoutError'
  | 'CpuLimitExceeded'
  | 'DownloadTrafficRateLimitExceeded'
  | 'MetaOperationQPSLimitExceeded'
  | 'MetaOperationQpsLimitExceeded'
  | 'PartitionQpsLimitted'
  | 'QpsLimitExceeded'
  | 'RequestTimeout'
  | 'ResponseTimeoutError'
  | 'ServiceUnavailable'
  | 'TotalQpsLimitExceeded'
  | 'UploadTrafficRateLimitExceeded';

/** Who may do what, from where, and whose account it is: the manual's chapters on permissions, 403, Referer and CORS. */
export type PermissionCode =
  | 'AbnormalBucketOwnerStatus'
  | 'AccessDenied'
  | 'AccessForbidden'
  | 'AccessKeyIdAndSecurityTokenNotMatch'
  | 'BucketDisable'
  | 'BucketNotBelongTo'
  | 'CnameDenied'
  | 'InDebt'
  | 'InDebtOverdue'
  | 'InvalidAccessKeyId'
  | 'InvalidSecurityToken'
  | 'NonStandardHostForbidden'
  | 'PermanentRedirect'
  | 'RequestTimeTooSkewed'
  | 'SecondLevelDomainForbidden'
  | 'SecurityTokenExpired'
  | 'SecurityTokenNotSupported'
  | 'SignatureDoesNotMatch'
  | 'TransferAccelerationDisabled'
  | 'UserDisable';

/** Uploads by HTML form. */
export type PostObjectCode =
  | 'FieldItemTooLong'
  | 'IncorrectNumberOfFilesInPOSTRequest'
  | 'InvalidPolicyDocument'
  | 'MalformedPOSTRequest'
  | 'MaxPOSTPreDataLengthExceededError'
  | 'RequestIsNotMultiPartContent'
  | 'RequestIsNotMultipartContent';

/** What STS answers to AssumeRole, as JSON. `InternalError` is one of them, too. */
export type StsCode =
  | 'EntityNotExist.Role'
  | 'InvalidAccessKeyId.Inactive'
  | 'InvalidAccessKeyId.NotFound'
  | 'InvalidParameter'
  | 'InvalidParameter.DurationSeconds'
  | 'InvalidParameter.PolicyGrammar'
  | 'InvalidParameter.PolicySize'
  | 'InvalidParameter.RoleArn'
  | 'InvalidParameter.RoleSessionName'
  | 'MissingSecurityToken'
  | 'NoPermission';

/** Server-side encryption and the key service behind it. */
export type EncryptionCode =
  | 'AliasNotFound'
  | 'InvalidEncryptionAlgorithmError'
  | 'InvalidEncryptionRequest'
  | 'KeyDisabled'
  | 'KeyNotFound'
  | 'KeyPendingDeletion'
  | 'KeyPendingImport'
  | 'KmsInDebt'
  | 'KmsInDebtOverdue'
  | 'KmsServiceNotEnabled'
  | 'KmsUbsmsInvalidBid';

/** Settings of buckets and features beside uploads. */
export type FeatureCode =
  | 'ArchiveRestoreNotFinished'
  | 'CORSRuleBeyondLimit'
  | 'ImageTooLarge'
  | 'InvalidChannelName'
  | 'InvalidRange'
  | 'InvalidTag'
  | 'InvalidTaggingKey'
  | 'InvalidXMLFormat'
  | 'MirrorFailed'
  | 'NoSuchBucketPolicy'
  | 'NoSuchCORSConfiguration'
  | 'NoSuchLifecycle'
  | 'NoSuchRegion'
  | 'NoSuchUser'
  | 'NoSuchVersion'
  | 'RepeatedTags'
  | 'RestoreAlreadyInProgress'
  | 'TooManyCname'
  | 'TooManyPipes'
  | 'TooManyTags'
  | 'UserKeyMustBeSpecified'
  | 'WORMConfigurationAlreadyExists'
  | 'WORMConfigurationLocked';

/** Every error code in the catalogue. Where the sources spell a code in two ways, both are here. */
export type OssErrorCode =
  | GeneralCode
  | MultipartCode
  | LoadCode
  | PermissionCode
  | PostObjectCode
  | StsCode
  | EncryptionCode
  | FeatureCode;
