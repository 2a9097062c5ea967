import type { ErrorCodeEntry } from './entry.ts';

/** One of the causes of AccessDenied. The code is always the same: only the message tells. */
export interface Denial extends Omit<ErrorCodeEntry, 'status'> {
  /** A name of our own. */
  readonly id: string;
  /** What the message contains; blanks in it count as one space each. */
  readonly pattern: RegExp;
}

/** In the order in which they are tried: the first that fits says why. */
export const DENIALS: readonly Denial[] = [
  {
    id: 'wrong-endpoint',
    pattern: /addressed using the specified endpoint/i,
    meaning: 'The bucket is in another region than the one asked.',
    advice:
      'Set `region` to the region that the console shows for the bucket, and leave `endpoint` out or let it name that region.',
    recovery: 'switch-endpoint',
    source: 'Manual 2019-08-16, §4 and §9',
  },
  {
    id: 'post-policy-expired',
    pattern: /policy expired/i,
    meaning: 'The policy of a form has expired, or its expiration is not in ISO 8601 in GMT.',
    advice:
      'Let `fields` be a function that asks your server for a new policy, and check the clock of that server.',
    recovery: 'renew-credentials',
    source: 'Manual 2019-08-16, §3',
  },
  {
    id: 'post-policy-condition',
    pattern: /policy condition failed/i,
    meaning: 'A field of a form is not what its policy demands.',
    advice:
      'Compare the field that the message names with the policy: key, bucket, metadata and headers count, and a field that is absent fails, too.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §3',
  },
  {
    id: 'post-signature',
    pattern: /signature ?does ?not ?match|signature we calculated/i,
    meaning: 'The signature of a form does not fit its policy.',
    advice:
      'Sign the Base64 text of the policy, not the JSON, with the secret that belongs to the access key, and change nothing in it afterwards.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §3',
  },
  {
    id: 'authorizer-policy',
    pattern: /denied by authorizer.{0,8}policy/i,
    meaning: 'The role behind the STS keys, or the policy of their session, does not allow this.',
    advice:
      'Both must allow oss:PutObject on this `key`: widen the one that does not, or let `credentials` ask your server for keys that fit.',
    recovery: 'renew-credentials',
    source: 'Manual 2019-08-16, §4',
  },
  {
    id: 'vpc-policy',
    pattern: /denied by vpc/i,
    meaning: "The policy of the network's endpoint in the cloud does not allow this bucket.",
    advice:
      'Add the bucket to the policy of the VPC endpoint, or upload from outside that network.',
    recovery: 'fail',
    source: 'OSS docs, 403 errors; EC 0003-00000401',
  },
  {
    id: 'bucket-policy',
    pattern: /denied by bucket policy/i,
    meaning: 'A Deny in the bucket policy, or in a RAM policy, covers this request.',
    advice:
      "Look for Deny statements that cover this `key` or the user's address, first in the bucket policy, then in the policies of the RAM user or role.",
    recovery: 'fail',
    source: 'OSS docs, HTTP status code 403; EC 0003-00000201',
  },
  {
    id: 'kms',
    pattern: /forbidden by kms/i,
    meaning: 'The credentials may not use the encryption key.',
    advice:
      'Let the RAM user or role use the key (kms:GenerateDataKey, kms:Decrypt), or choose AES256 in `headers`.',
    recovery: 'fail',
    source: 'OSS docs, HTTP status code 403',
  },
  {
    id: 'requester-pays',
    pattern: /requester.?pay/i,
    meaning: 'The bucket lets those pay who ask, and the request does not agree to that.',
    advice:
      'Take `credentials` from the account that owns the bucket, or switch pay-by-requester off in the bucket settings.',
    recovery: 'fail',
    source: 'OSS Go SDK v2, recorded answers (EC 0003-00000703)',
  },
  {
    id: 'referer',
    pattern: /bucket referer policy/i,
    meaning: 'The hotlink protection of the bucket does not let this page in.',
    advice:
      "Add the page's origin with its scheme to the Referer whitelist of the bucket, without a path, since browsers send none to other sites; or allow an empty Referer.",
    recovery: 'fail',
    source: 'Manual 2019-08-16, §5',
  },
  {
    id: 'request-expired',
    pattern: /request has expired/i,
    meaning: 'The signature has outlived its time.',
    advice: "Sign later or for longer, and set this device's clock right if it is off.",
    recovery: 'sign-again',
    source: 'Manual 2019-08-16, §1; OSS docs, HTTP status code 403',
  },
  {
    id: 'invalid-date',
    pattern: /invalid date|requires a valid date/i,
    meaning: 'The date of the signature is missing or cannot be read.',
    advice:
      'Write Expires in signed addresses as seconds since 1970; with headers, look for a proxy that drops x-oss-date.',
    recovery: 'sign-again',
    source: 'OSS docs, HTTP status code 403',
  },
  {
    id: 'missing-url-parameters',
    pattern: /requires the signature, expires and ossaccesskeyid/i,
    meaning: 'A signed address lacks one of the parameters Signature, Expires and OSSAccessKeyId.',
    advice: 'Use the address whole, as your server made it, and let no proxy shorten its query.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §1; OSS docs, HTTP status code 403',
  },
  {
    id: 'anonymous',
    pattern: /\banonymous\b/i,
    meaning: 'The request carries no signature, and the bucket is not open to everybody.',
    advice:
      'Look for a proxy or service worker that drops the Authorization header; keep the bucket private.',
    recovery: 'fail',
    source: 'OSS docs, HTTP status code 403',
  },
  {
    id: 'list-buckets',
    pattern: /forbidden to list buckets/i,
    meaning: 'The credentials may not list the buckets of the account, which no upload does.',
    advice:
      'Check `bucket`, `endpoint` and `addressing`: the request has lost its bucket on the way, as behind a wrongly set CDN.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §4',
  },
  {
    id: 'write-acl',
    pattern: /not have write acl permission/i,
    meaning: 'The credentials may not set the ACL of the object.',
    advice: 'Leave x-oss-object-acl out of `headers`, or allow oss:PutObjectAcl on this `key`.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §4',
  },
  {
    id: 'read-acl',
    pattern: /not have read acl permission/i,
    meaning: 'The credentials may not read the ACL of the object, which no upload does.',
    advice: 'Allow oss:GetObjectAcl on this key in the policy of the RAM user or role.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §4',
  },
  {
    id: 'public-acl',
    pattern: /public (object|bucket) (acl|policy) is not allowed/i,
    meaning: 'The bucket or the account blocks public access, and the request would open it.',
    advice:
      'Leave x-oss-object-acl out of `headers`, or switch Block Public Access off in the bucket settings.',
    recovery: 'fail',
    source: 'OSS, EC 0016-00000901, as reported by users',
  },
  {
    id: 'object-permission',
    pattern: /not have (read|write) permission on this object/i,
    meaning: 'The ACL of the object under this key keeps the credentials out.',
    advice: 'Change the ACL of that object in the console, or choose another `key`.',
    recovery: 'fail',
    source: 'OSS docs, HTTP status code 403',
  },
  {
    id: 'not-owner',
    pattern: /not belong to you/i,
    meaning: 'The operation is for the owner of the bucket, or for users with rights to manage it.',
    advice:
      'Check `bucket` and which account `credentials` are from; a RAM user needs the matching right on the bucket, such as oss:GetBucketInfo.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §4',
  },
  {
    id: 'bucket-acl',
    pattern: /because of bucket acl/i,
    meaning: 'The bucket is not public, and the credentials have no right to its objects.',
    advice:
      'Allow oss:PutObject on this `key` in the policy of the RAM user or role; leave the bucket private.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §3 and §4',
  },
  {
    id: 'other-region-copy',
    pattern: /not reside in the same data ?cent(er|re)/i,
    meaning: 'Objects cannot be copied from one region to another; uploads copy none.',
    advice: 'Copy within a region, or use cross-region replication.',
    recovery: 'fail',
    source: 'OSS docs, HTTP status code 403',
  },
  {
    id: 'no-right',
    pattern: /no right to access this (object|bucket)/i,
    meaning: 'The policy of the RAM user or role lacks the right for this operation.',
    advice:
      'Allow oss:PutObject on this `key`, which also covers beginning and completing; resuming wants oss:ListParts, cancelling oss:AbortMultipartUpload.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §4',
  },
];
