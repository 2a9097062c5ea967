import type { ErrorRow } from './error-table.ts';

/** An error whose condition cannot exist here. */
export interface AbsentErrorRow extends ErrorRow {
  /** What the emulator lacks. */
  readonly reason: string;
}

const NO_ARCHIVE = 'no archive storage';
const NO_IMAGES = 'no image processing';
const NO_KEY_SERVICE = 'no key management service';
const NO_OVERLOAD = 'overload of the service itself';
const NO_STATES = 'no accounts that lose their buckets';
const NO_SYMLINKS = 'no symbolic links';
const NO_WORM_API = 'no retention policies over the API; see setRetention';
const OLD = 'an internal fault of old releases';

/**
 * Errors of the service that nothing here leads to (OSS docs, "HTTP status code 400" to "503"). Fault rules can answer
 * them; nobody else does.
 */
export const ABSENT_ERRORS: Readonly<Record<string, AbsentErrorRow>> = {
  AbnormalBucketOwnerStatus: absent(403, NO_STATES),
  ActiveRequestLimitExceeded: absent(503, NO_OVERLOAD),
  AliasNotFound: absent(404, NO_KEY_SERVICE),
  ArchiveRestoreNotFinished: absent(403, NO_ARCHIVE),
  BucketDisable: absent(403, NO_STATES),
  BucketNotBelongTo: absent(403, 'one account owns all buckets'),
  CnameDenied: absent(403, 'domains are bound by an option'),
  CpuLimitExceeded: absent(503, NO_OVERLOAD),
  FileGroupTooLarge: absent(400, OLD),
  FilePartInterity: absent(400, OLD),
  FilePartStale: absent(400, OLD),
  ImageDamage: absent(403, NO_IMAGES),
  ImageTooLarge: absent(400, NO_IMAGES, 'Maximal size of image supported is.'),
  InlineDataTooLarge: absent(
    400,
    'what is too large answers EntityTooLarge',
    'Inline data exceeds the maximum allowed size.',
  ),
  InvalidChannelName: absent(400, 'no live channels'),
  InvalidEncryptionRequest: absent(400, 'metadata of client-side encryption is not looked at'),
  InvalidObjectState: absent(
    403,
    NO_ARCHIVE,
    "The operation is not valid for the object's storage class",
  ),
  InvalidTargetBucketForLogging: absent(
    400,
    'no access logs',
    'Put bucket log requester is not target bucket owner.',
  ),
  InvalidTargetType: absent(400, NO_SYMLINKS, "The symbolic's target file type is invalid."),
  InvalidTaggingKey: absent(400, 'no tags of buckets', 'The tagging key you provided is invalid.'),
  InvalidXMLFormat: absent(400, 'all documents answer MalformedXML'),
  KeyDisabled: absent(409, NO_KEY_SERVICE),
  KeyNotFound: absent(404, NO_KEY_SERVICE),
  KeyPendingDeletion: absent(409, NO_KEY_SERVICE),
  KeyPendingImport: absent(409, NO_KEY_SERVICE),
  KmsInDebt: absent(403, NO_KEY_SERVICE),
  KmsInDebtOverdue: absent(403, NO_KEY_SERVICE),
  KmsUbsmsInvalidBid: absent(403, NO_KEY_SERVICE),
  MetaOperationQpsLimitExceeded: absent(503, 'the other spelling is answered'),
  MirrorFailed: absent(424, 'no back-to-origin'),
  NoSuchBucketPolicy: absent(404, 'no bucket policies'),
  NoSuchRegion: absent(404, 'no list of regions'),
  NoSuchUser: absent(404, 'no administration of users over the API'),
  NoSuchVersion: absent(404, 'no versions'),
  NonStandardHostForbidden: absent(403, 'every host leads here'),
  OperationNotSupported: absent(400, 'what is not supported answers NotImplemented'),
  RepeatedTags: absent(400, 'no tags of buckets', 'Tag keys must be unique.'),
  RequestIsNotMultiPartContent: absent(400, 'the other spelling is answered'),
  RestoreAlreadyInProgress: absent(409, NO_ARCHIVE),
  SecurityTokenNotSupported: absent(403, 'tokens are good for every operation'),
  ServiceUnavailable: absent(503, NO_OVERLOAD, 'Please reduce your request rate.'),
  SymlinkTargetNotExist: absent(404, NO_SYMLINKS, 'The symbolic target is not existent.'),
  TooManyCname: absent(400, 'domains are bound by an option'),
  TooManyPipes: absent(400, NO_IMAGES),
  TooManyTags: absent(400, 'no tags of buckets', 'The bucket tags num is beyond limit.'),
  WORMConfigurationAlreadyExists: absent(409, NO_WORM_API),
  WORMConfigurationLocked: absent(403, NO_WORM_API),
};

function absent(
  status: number,
  reason: string,
  message = 'The request cannot be fulfilled.',
): AbsentErrorRow {
  return { status, reason, message };
}
