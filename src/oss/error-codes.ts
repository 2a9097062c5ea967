/**
 * What to do about the errors that retrying does not mend, in one or two sentences.
 *
 * Sources: "OSS Errors and Troubleshooting" 2019-08-16, §1, §3, §4 and §9, and the OSS documentation of HTTP 403.
 */
const ADVICE: Readonly<Record<string, string>> = {
  AccessDenied:
    'The credentials lack a right for this key: the policy of the role or user must allow oss:PutObject on it; the message of the answer says who refused.',
  AccessForbidden: 'The bucket has no CORS rule that fits this page and request.',
  ETagNotExposed:
    "Add ETag to ExposeHeader in the bucket's CORS rule: without it the page cannot tell OSS which parts belong together.",
  EntityTooLarge: 'One request may carry at most 5 GiB: choose a smaller partSize.',
  FileAlreadyExists: 'The key exists and x-oss-forbid-overwrite is set: choose another key.',
  FileImmutable: 'The key is protected by a retention policy: choose another key.',
  InvalidAccessKeyId:
    'The access key is unknown or disabled, or an STS key came without its token: check what `credentials` returns.',
  InvalidBucketName: 'Check the bucket name and the addressing option.',
  InvalidObjectName: 'OSS does not accept this key: choose another.',
  InvalidSecurityToken: 'The token is garbled or revoked: `credentials` must return a fresh set.',
  NoSuchBucket: 'Check `bucket` and `region`: there is no such bucket at this endpoint.',
  NoSuchUpload:
    'The server no longer knows the upload: a lifecycle rule or another page has ended it.',
  RequestTimeTooSkewed: "This machine's clock is more than 15 minutes off: set it right.",
  SecurityTokenExpired:
    '`credentials` returned a token that has expired: it must return a fresh one.',
  SignatureDoesNotMatch:
    'Check that the secret belongs to the access key, that `region` is the one of the bucket, and that no proxy changes headers.',
  UserDisable: 'The account that owns the bucket is in arrears or blocked.',
};

export function adviceFor(code: string | undefined): string | undefined {
  return code === undefined ? undefined : ADVICE[code];
}
