import type { OssErrorCode } from './codes.ts';
import type { ErrorCodeEntry } from './entry.ts';

/** One of the causes of a code that forms have for reasons of their own. */
export interface FormCause extends ErrorCodeEntry {
  readonly code: OssErrorCode;
  /** What the message contains; absent where it tells nothing. */
  readonly pattern?: RegExp;
  /** Whether other operations have this code, or this message, for other reasons. */
  readonly isOnlyOfForms?: boolean;
}

const MANUAL = 'Manual 2019-08-16, §3';
const DOCS = 'OSS docs, PostObject';

/** In the order in which they are tried. */
export const FORM_CAUSES: readonly FormCause[] = [
  {
    code: 'InvalidArgument',
    pattern: /must contain the specified 'key'/i,
    status: 400,
    meaning: 'The form has no field key, or has it after the file.',
    advice: 'Give `key` in `fields`; in a form of your own, append it before the file.',
    recovery: 'fail',
    source: MANUAL,
  },
  {
    code: 'InvalidArgument',
    pattern: /post request (?:accesskeyid|signature) is empty|must contain the specified '/i,
    status: 400,
    meaning: 'Of the fields that sign a form, some are missing or empty.',
    advice:
      'Give all of OSSAccessKeyId, policy and Signature, or all of policy and x-oss-signature-version, -credential, -date and x-oss-signature; none of them for a bucket that everybody may write to.',
    recovery: 'fail',
    source: MANUAL,
  },
  {
    code: 'InvalidPolicyDocument',
    pattern: /exactly one property/i,
    status: 400,
    meaning: 'A condition in braces is empty or names several fields, or there is no condition.',
    advice:
      'Write one condition per field, such as {"bucket":"videos"} and {"key":"a.mp4"}, and at least one of them.',
    recovery: 'fail',
    source: MANUAL,
  },
  {
    code: 'InvalidPolicyDocument',
    pattern: /unknown char/i,
    status: 400,
    meaning: 'The policy is no JSON: a quote is missing, or a backslash stands alone.',
    advice:
      'Make the policy with JSON.stringify on your server in place of putting text together; values need double quotes, a backslash another one before it.',
    recovery: 'fail',
    source: MANUAL,
  },
  {
    code: 'InvalidPolicyDocument',
    pattern: /invalid json/i,
    status: 400,
    meaning: 'The policy is no JSON: a comma, a bracket or a brace is missing.',
    advice: 'Make the policy with JSON.stringify on your server in place of putting text together.',
    recovery: 'fail',
    source: MANUAL,
  },
  {
    code: 'InvalidPolicyDocument',
    pattern: /base64/i,
    status: 400,
    meaning: 'The policy of the form is not Base64.',
    advice:
      'Send the Base64 of the policy, the same text that is signed: no JSON, nothing percent-encoded.',
    recovery: 'fail',
    source: MANUAL,
  },
  {
    code: 'InvalidPolicyDocument',
    pattern: /expiration/i,
    status: 400,
    meaning: 'The policy has no expiration, or one that cannot be read.',
    advice: 'Give `expiration` as ISO 8601 in GMT, such as "2030-01-01T12:00:00.000Z".',
    recovery: 'fail',
    source: DOCS,
  },
  {
    code: 'InvalidPolicyDocument',
    pattern: /invalid condition/i,
    status: 400,
    meaning: 'A condition of the policy has a shape that OSS does not know.',
    advice:
      'Write conditions as {"field":"value"}, ["eq","$field","value"], ["starts-with","$field","value"], ["in","$field",[...]], ["not-in","$field",[...]] or ["content-length-range",least,most].',
    recovery: 'fail',
    source: DOCS,
  },
  {
    code: 'AccessDenied',
    pattern: /anonymous|because of bucket acl/i,
    isOnlyOfForms: true,
    status: 403,
    meaning:
      'The bucket is not open to everybody, and the form is not signed, or by a key without the right.',
    advice:
      'Let your server sign the form, with a key whose RAM user or role may do oss:PutObject on this `key`; leave the bucket private.',
    recovery: 'fail',
    source: DOCS,
  },
  {
    code: 'InvalidArgument',
    isOnlyOfForms: true,
    status: 400,
    meaning: 'A field of the form has a value that OSS does not take.',
    advice:
      'Look at the field that the message names: storage class, ACL, callback and traffic limit are checked strictly.',
    recovery: 'fail',
    source: `${MANUAL} and §6`,
  },
  {
    code: 'EntityTooLarge',
    isOnlyOfForms: true,
    status: 400,
    meaning: 'The file is larger than 5 GB, or than content-length-range of the policy allows.',
    advice:
      'Raise content-length-range in the policy, or tell people the limit before they pick a file; above 5 GB upload in parts.',
    recovery: 'fail',
    source: MANUAL,
  },
  {
    code: 'EntityTooSmall',
    isOnlyOfForms: true,
    status: 400,
    meaning: 'The file is smaller than content-length-range of the policy allows.',
    advice:
      'Lower content-length-range in the policy, or refuse such files, empty ones above all, before they are sent.',
    recovery: 'fail',
    source: MANUAL,
  },
  {
    code: 'FileAlreadyExists',
    isOnlyOfForms: true,
    status: 409,
    meaning: 'The key is taken, and x-oss-forbid-overwrite forbids replacing the object.',
    advice: 'Choose another `key`, or leave x-oss-forbid-overwrite out of `fields`.',
    recovery: 'fail',
    source: 'OSS docs, HTTP status code 409',
  },
  ...(['InvalidAccessKeyId', 'AccessKeyIdAndSecurityTokenNotMatch'] as const).map((code) => ({
    code,
    isOnlyOfForms: true,
    status: 403,
    meaning: 'The access key of the form is unknown, switched off, or of STS without its token.',
    advice:
      'Check the key on your server; with keys of STS, give their token as x-oss-security-token, and key, token and signature of one answer.',
    recovery: 'renew-credentials' as const,
    source: MANUAL,
  })),
  ...(['SecurityTokenExpired', 'InvalidSecurityToken'] as const).map((code) => ({
    code,
    isOnlyOfForms: true,
    status: 403,
    meaning: 'The token of STS that the form carries is over, or was changed on its way.',
    advice:
      'Let `fields` be a function that asks your server for new ones, and let the policy end before the token does.',
    recovery: 'renew-credentials' as const,
    source: MANUAL,
  })),
];
