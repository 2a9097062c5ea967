import type { MultipartCode } from './codes.ts';
import type { ErrorCodeEntry } from './entry.ts';

export const MULTIPART: Readonly<Record<MultipartCode, ErrorCodeEntry>> = {
  EntityTooLarge: {
    status: 400,
    meaning: 'One request carries more than 5 GB, or more than the policy of a form allows.',
    advice: 'Choose a smaller `partSize`; for a form, raise content-length-range in the policy.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §1 and §3',
  },
  EntityTooSmall: {
    status: 400,
    meaning:
      'A part other than the last is below 100 KB, or a form is below what its policy allows.',
    advice:
      'The upload begins again by itself. If it recurs, another page or tool is sending smaller parts under the same upload: give each its own `key`.',
    recovery: 'restart',
    source: 'Manual 2019-08-16, §1 and §3; OSS docs, UploadPart',
  },
  FileAlreadyExists: {
    status: 409,
    meaning: 'The key is taken, and x-oss-forbid-overwrite forbids replacing the object.',
    advice: 'Choose another `key`, or leave x-oss-forbid-overwrite out of `headers`.',
    recovery: 'fail',
    source: 'OSS docs, HTTP status code 409',
  },
  FileGroupTooLarge: {
    status: 400,
    meaning: 'The parts together make an object larger than OSS stores; an old code.',
    advice: 'Split the file before the upload: an object holds at most 48.8 TB.',
    recovery: 'fail',
    source: 'Old OSS docs, error responses',
  },
  FileImmutable: {
    status: 409,
    meaning: 'A retention policy of the bucket protects the object under this key.',
    advice:
      "Choose another `key`, or wait until the period in the bucket's retention policy is over.",
    recovery: 'fail',
    source: 'OSS docs, HTTP status code 409',
  },
  FilePartInterity: {
    status: 400,
    meaning: 'A stored part does not match its own checksum; an old code.',
    advice:
      'The part is sent again by itself; if it recurs, start the upload afresh under another `key`.',
    recovery: 'reopen',
    source: 'Old OSS docs, error responses',
  },
  FilePartNotExist: {
    status: 400,
    meaning: 'Complete names a part that was never stored or has been deleted since.',
    advice:
      'The missing part is sent by itself; if it recurs, see whether another page or a lifecycle rule ends uploads of this `key`.',
    recovery: 'reopen',
    source: 'Manual 2019-08-16, §1',
  },
  FilePartStale: {
    status: 400,
    meaning: 'A stored part has not the length that OSS noted for it; an old code.',
    advice:
      'The part is sent again by itself; if it recurs, start the upload afresh under another `key`.',
    recovery: 'reopen',
    source: 'Old OSS docs, error responses',
  },
  IncompleteBody: {
    status: 400,
    meaning: 'Fewer bytes arrived than Content-Length told.',
    advice:
      'If it persists, the link breaks before a part ends: choose a smaller `partSize`, down to 100 KiB, or look for a proxy that cuts bodies off.',
    recovery: 'retry',
    source: 'OSS docs, HTTP status code 400',
  },
  InlineDataTooLarge: {
    status: 400,
    meaning: 'The data in the request exceed what this way of uploading allows.',
    advice: 'Choose a smaller `partSize`: one request carries at most 5 GB.',
    recovery: 'fail',
    source: 'OSS docs, HTTP status code 400',
  },
  InvalidCRC64: {
    status: 400,
    meaning: 'The bytes that arrived have another CRC-64 than the request told.',
    advice:
      'If it persists, the file is being changed while it is read, or something on the way alters bytes: close programs that write to it, and try another network.',
    recovery: 'retry',
    source: 'OSS docs, HTTP status code 400',
  },
  InvalidDigest: {
    status: 400,
    meaning: 'The bytes that arrived have another MD5 than Content-MD5 told.',
    advice:
      'If it persists, the file is being changed while it is read, or something on the way alters bytes: close programs that write to it, and try another network.',
    recovery: 'retry',
    source: 'Manual 2019-08-16, §1',
  },
  InvalidPart: {
    status: 400,
    meaning: 'Complete names a part that OSS does not hold, or holds with another ETag.',
    advice:
      'The part is sent again by itself. If the answer shows the ETag "undefined", expose ETag in the bucket\'s CORS rule.',
    recovery: 'reopen',
    source: 'Manual 2019-08-16, §1',
  },
  InvalidPartOrder: {
    status: 400,
    meaning: 'The parts in Complete do not ascend, or a number is not within 1 to 10,000.',
    advice:
      'The list is made anew by itself; if it recurs, report a bug with the request id, `partSize` and the size of the file.',
    recovery: 'reopen',
    source: 'Manual 2019-08-16, §1; OSS docs, HTTP status code 400',
  },
  NoSuchUpload: {
    status: 404,
    meaning: 'OSS no longer knows the upload: it was completed, aborted or never begun.',
    advice:
      'The upload looks for the object, then begins again by itself. If it recurs, give the lifecycle rule for unfinished uploads more days, and let no other page upload to the same `key`.',
    recovery: 'restart',
    source: 'Manual 2019-08-16, §1',
  },
  PartAlreadyExist: {
    status: 409,
    meaning: 'A sequential upload holds this part already and lets nobody replace it.',
    advice:
      'Something between the page and OSS begins uploads as sequential: let `endpoint` name the bucket itself, not that gateway.',
    recovery: 'fail',
    source: 'OSS, EC 0042-00000108, as reported by users',
  },
  PartNotSequential: {
    status: 400,
    meaning: 'A sequential upload got a part out of turn.',
    advice:
      'Something between the page and OSS begins uploads as sequential: let `endpoint` name the bucket itself, or set `concurrency` to 1.',
    recovery: 'fail',
    source: 'OSS Java SDK, error codes',
  },
};
