import type { GeneralCode } from './codes.ts';
import type { ErrorCodeEntry } from './entry.ts';

export const GENERAL: Readonly<Record<GeneralCode, ErrorCodeEntry>> = {
  BadRequest: {
    status: 400,
    meaning: 'OSS cannot make sense of the request, often a preflight without its headers.',
    advice:
      'If it persists, look for a proxy or service worker that drops Origin or Access-Control-Request-Method.',
    recovery: 'retry',
    source: 'OSS docs, HTTP status code 400',
  },
  BucketAlreadyExists: {
    status: 409,
    meaning: 'A bucket of this name exists already; uploads create none and never meet it.',
    advice: 'Create the bucket under another name: names are unique over all accounts.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §1',
  },
  BucketNotEmpty: {
    status: 409,
    meaning: 'A bucket that holds objects or unfinished uploads cannot be deleted.',
    advice:
      'Abort the unfinished uploads and delete the objects first, or let a lifecycle rule do it.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §1',
  },
  CallbackFailed: {
    status: 203,
    meaning: 'The object is stored, but your server did not take the callback as OSS wants it.',
    advice:
      'Do not upload again. Make callbackUrl reachable from the internet, and answer within 5 seconds with status 200, a Content-Length and a JSON body without byte order mark.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §1 and §6',
  },
  ImageDamage: {
    status: 403,
    meaning: 'OSS cannot process a stored picture because it is damaged; uploads never meet it.',
    advice: 'Open the original file to see whether it is intact, then upload it once more.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §1',
  },
  InternalError: {
    status: 500,
    meaning: 'OSS, or STS, failed by itself.',
    advice: 'Try again later; if it goes on, give the request id to the support of Alibaba Cloud.',
    recovery: 'retry',
    source: 'OSS docs, error responses; STS docs, AssumeRole',
  },
  InvalidArgument: {
    status: 400,
    meaning: 'A parameter, a header or the Authorization of the request has a wrong form.',
    advice:
      'Look at ArgumentName in the answer, then at `headers`: storage class, callback and traffic limit are checked strictly. A form wants the field key before file.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §1, §3 and §6',
  },
  InvalidBucketName: {
    status: 400,
    meaning: 'The bucket name breaks the rules: 3 to 63 of a-z, 0-9 and hyphen, none at the ends.',
    advice:
      'Correct `bucket`, and see that `addressing` suits `endpoint`: a wrong one makes OSS read something else as the name.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §1 and §9',
  },
  InvalidObjectName: {
    status: 400,
    meaning: 'The key is empty, longer than 1,023 bytes, or starts with a slash or backslash.',
    advice:
      'Choose another `key`: shorten it in UTF-8 bytes, not characters, and strip leading slashes.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §1 and §9',
  },
  InvalidObjectState: {
    status: 403,
    meaning: 'An archived object has not been restored, so that it cannot be read.',
    advice:
      'Restore the object in the console before reading it; an upload to its key is not hindered.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §1',
  },
  InvalidRequest: {
    status: 400,
    meaning: 'The request combines things that do not go together.',
    advice: 'Remove what you added in `headers`, then put the headers back one by one.',
    recovery: 'fail',
    source: 'OSS docs, HTTP status code 400',
  },
  InvalidTargetBucketForLogging: {
    status: 400,
    meaning:
      'The bucket that logs should go to does not exist or is not yours; no matter of uploads.',
    advice: "Choose a bucket of the same account and region in the bucket's logging settings.",
    recovery: 'fail',
    source: 'Manual 2019-08-16, §1',
  },
  InvalidTargetType: {
    status: 400,
    meaning: 'A symbolic link points to another symbolic link; uploads never meet it.',
    advice: 'Point the link to the object itself.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §1',
  },
  MalformedXML: {
    status: 400,
    meaning: 'OSS cannot read the XML that the request carries.',
    advice:
      'Look for a proxy that changes or empties request bodies; if there is none, report a bug with the request id.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §1',
  },
  MethodNotAllowed: {
    status: 405,
    meaning: 'The method is not for this resource.',
    advice:
      'Check `endpoint` and `addressing`: the request has probably gone to a bucket or a website in place of an object.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §1',
  },
  MissingArgument: {
    status: 400,
    meaning: 'A parameter that the operation needs is missing.',
    advice:
      'Look for a proxy or CDN that cuts the query string off, and let it pass all parameters.',
    recovery: 'fail',
    source: 'OSS docs, HTTP status code 400; an older error table says 411',
  },
  MissingContentLength: {
    status: 411,
    meaning: 'The request tells no length of its body; browsers always send one.',
    advice: 'Look for a proxy or service worker that streams the body on without a Content-Length.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §1',
  },
  NoSuchBucket: {
    status: 404,
    meaning: 'There is no bucket of this name.',
    advice: 'Correct `bucket`; with a custom domain, check which bucket the domain is bound to.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §1',
  },
  NoSuchKey: {
    status: 404,
    meaning: 'There is no object under this key.',
    advice:
      'Compare `key` letter by letter, case included; after an upload, see that it has ended and no lifecycle rule deletes objects.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §1',
  },
  NotImplemented: {
    status: 400,
    meaning: 'A header asks for something that OSS cannot do in this operation.',
    advice:
      'Remove the header that the answer names from `headers`: often a conditional one such as If-Modified-Since.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §1',
  },
  ObjectNotAppendable: {
    status: 409,
    meaning: 'Bytes can be appended to appendable objects only; uploads never append.',
    advice: 'Choose another key for the appended object, or delete the object that has it.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §1',
  },
  OperationNotSupported: {
    status: 400,
    meaning: 'The operation is not for this kind of bucket or object.',
    advice: 'Check the storage class in `headers` and the type of the bucket in the console.',
    recovery: 'fail',
    source: 'OSS docs, HTTP status code 400',
  },
  PositionNotEqualToLength: {
    status: 409,
    meaning: 'An append does not start where the object ends; uploads never append.',
    advice: 'Take the position from the header x-oss-next-append-position of the last answer.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §1',
  },
  PreconditionFailed: {
    status: 412,
    meaning: 'The object is not in the state that a conditional header demands.',
    advice:
      'Remove If-Match and If-Unmodified-Since from `headers`, or read the object anew first.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §1',
  },
  SymlinkTargetNotExist: {
    status: 404,
    meaning: 'A symbolic link points to an object that does not exist; uploads never meet it.',
    advice: 'Upload the object that the link points to, or correct the link.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §1',
  },
  TooManyBuckets: {
    status: 400,
    meaning: 'The account has as many buckets in this region as it may; uploads create none.',
    advice: 'Use key prefixes in an existing bucket, or apply for a higher quota in the console.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §1',
  },
};
