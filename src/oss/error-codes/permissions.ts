import type { PermissionCode } from './codes.ts';
import type { ErrorCodeEntry } from './entry.ts';

/**
 * `SignatureDoesNotMatch` is worth one retry, for a request that was altered on the way; a second one in a row means
 * that the keys or the options are wrong.
 */
export const PERMISSIONS: Readonly<Record<PermissionCode, ErrorCodeEntry>> = {
  AbnormalBucketOwnerStatus: {
    status: 403,
    meaning: 'The account that owns the bucket is closed, restricted or in arrears.',
    advice:
      "Sign in to the console as the bucket's owner and settle what it shows about the account.",
    recovery: 'fail',
    source: 'OSS docs, HTTP status code 403',
  },
  AccessDenied: {
    status: 403,
    meaning: 'The credentials may not do this; the message of the answer says who refused.',
    advice:
      'Let the policy of the RAM user or role, and that of the STS session, allow oss:PutObject on this `key`. Resuming wants oss:ListParts, cancelling oss:AbortMultipartUpload.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §1 and §4',
  },
  AccessForbidden: {
    status: 403,
    meaning: 'No CORS rule of the bucket fits the preflight; the page sees a network error only.',
    advice:
      "Add a rule to the bucket's CORS settings with the origin of this page, scheme and port included, the methods PUT, POST, GET, HEAD and DELETE, * as allowed header, and ETag as exposed header.",
    recovery: 'fail',
    source: 'Manual 2019-08-16, §8',
  },
  AccessKeyIdAndSecurityTokenNotMatch: {
    status: 403,
    meaning: 'The security token belongs to another access key.',
    advice: 'Return id, secret and token of the same AssumeRole answer from `credentials`.',
    recovery: 'renew-credentials',
    source: 'OSS docs, HTTP status code 403',
  },
  BucketDisable: {
    status: 403,
    meaning: 'The bucket is blocked for security reasons.',
    advice:
      "See the notices about the bucket in its owner's console; use another `bucket` meanwhile.",
    recovery: 'fail',
    source: 'OSS docs, HTTP status code 403',
  },
  BucketNotBelongTo: {
    status: 403,
    meaning: 'Only the owner of the bucket may do this, and the keys are of somebody else.',
    advice: 'Check `bucket`, and take `credentials` from the account that owns it.',
    recovery: 'fail',
    source: 'OSS docs, HTTP status code 403',
  },
  CnameDenied: {
    status: 403,
    meaning: 'The custom domain is bound to a bucket of another user.',
    advice: 'Bind the domain to your bucket in its domain settings, or leave it out of `endpoint`.',
    recovery: 'fail',
    source: 'OSS docs, HTTP status code 403',
  },
  InDebt: {
    status: 403,
    meaning: 'The account has overdue payments.',
    advice:
      'Settle the bill in the console of the account that owns the bucket, then upload again.',
    recovery: 'fail',
    source: 'OSS docs, 403 errors',
  },
  InDebtOverdue: {
    status: 403,
    meaning: 'The account has been in arrears for so long that OSS is suspended for it.',
    advice: 'Settle the bill soon: after a while the data are deleted.',
    recovery: 'fail',
    source: 'OSS docs, 403 errors',
  },
  InvalidAccessKeyId: {
    status: 403,
    meaning:
      'The access key is unknown, disabled or expired, or an STS key came without its token.',
    advice:
      'See that `credentials` returns the securityToken along with a key that starts with "STS.", and that the key has no blanks around it and is enabled in the RAM console.',
    recovery: 'renew-credentials',
    source: 'Manual 2019-08-16, §1, §3 and §9',
  },
  InvalidSecurityToken: {
    status: 403,
    meaning: 'The security token is garbled, cut off or revoked.',
    advice:
      'Let `credentials` return the token exactly as STS gave it, neither shortened nor encoded.',
    recovery: 'renew-credentials',
    source: 'OSS docs, HTTP status code 403',
  },
  NonStandardHostForbidden: {
    status: 403,
    meaning: 'OSS does not know the host that the request went to.',
    advice:
      "Correct `endpoint`, or bind your domain to the bucket in the bucket's domain settings.",
    recovery: 'fail',
    source: 'OSS docs, HTTP status code 403',
  },
  PermanentRedirect: {
    status: 403,
    meaning: 'The bucket is in another region than the one asked.',
    advice:
      'Set `region` to the region that the console shows for the bucket, and leave `endpoint` out.',
    recovery: 'switch-endpoint',
    source: 'OSS docs, HTTP status code 403',
  },
  RequestTimeTooSkewed: {
    status: 403,
    meaning: "The request's time is more than 15 minutes away from the server's.",
    advice:
      "The upload signs again with the server's time by itself; if it still fails, set this device's clock and time zone right.",
    recovery: 'resync-clock',
    source: 'Manual 2019-08-16, §1 and §9',
  },
  SecondLevelDomainForbidden: {
    status: 403,
    meaning: 'The bucket stands in the path, where the public service wants it in the host.',
    advice: "Set `addressing` to 'virtual-hosted' and let `endpoint` name the region's host alone.",
    recovery: 'fail',
    source: 'OSS docs, HTTP status code 403',
  },
  SecurityTokenExpired: {
    status: 403,
    meaning: 'The security token has expired.',
    advice: 'Let `credentials` call AssumeRole anew each time it is asked, or cache less long.',
    recovery: 'renew-credentials',
    source: 'OSS docs, HTTP status code 403',
  },
  SecurityTokenNotSupported: {
    status: 403,
    meaning: 'This operation, or this region, does not take keys of STS.',
    advice: 'Use a bucket in a region that supports STS: long-lived keys have no place in a page.',
    recovery: 'fail',
    source: 'OSS docs, HTTP status code 403',
  },
  SignatureDoesNotMatch: {
    status: 403,
    meaning: 'OSS computes another signature for the request than it carries.',
    advice:
      'Check that id and secret belong together and have no blanks around them, that `region` is that of the bucket, and that `endpoint` names a host without the bucket. If all that is right, look for a proxy or CDN that adds headers or rewrites the address after signing.',
    recovery: 'sign-again',
    source: 'Manual 2019-08-16, §1 and §9',
  },
  TransferAccelerationDisabled: {
    status: 403,
    meaning: 'The request went to the acceleration endpoint, but the bucket has acceleration off.',
    advice: 'Switch transfer acceleration on in the bucket settings, or leave `endpoint` out.',
    recovery: 'fail',
    source: 'OSS docs, HTTP status code 403',
  },
  UserDisable: {
    status: 403,
    meaning: 'The account is in arrears, or blocked for security reasons.',
    advice:
      'Settle the bill or the notice that the console of the account shows, then upload again.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §1',
  },
};
