import { describe, expect, test } from 'vitest';
import { DENIAL_MESSAGES } from '../../testing/denial-messages.ts';
import { FORM_CAUSES } from './form-causes.ts';
import { DENIALS, ERROR_CODES, explain } from './index.ts';

const ENTRIES = Object.entries(ERROR_CODES);

/** As OSS words them: the manual's chapters on permissions, PostObject, Referer and 403, and the newer pages. */

describe('the catalogue', () => {
  test.each(ENTRIES)('%s says what it means, what to do and where that is from', (_code, entry) => {
    expectReadable(entry.meaning);
    expectReadable(entry.advice);
    expect(entry.source).not.toBe('');
    expect([0, 203]).toSatisfy(
      (others: number[]) =>
        others.includes(entry.status) || (entry.status >= 400 && entry.status < 600),
    );
  });

  test('knows every code of the general table of the manual', () => {
    const missing = GENERAL_TABLE.filter((code) => explain(code) === undefined);
    expect(missing).toEqual([]);
  });

  test('knows every error of STS that the manual lists', () => {
    const missing = STS_TABLE.filter((code) => explain(code) === undefined);
    expect(missing).toEqual([]);
  });

  test('says the same of two spellings of a code', () => {
    expect(explain('RequestIsNotMultiPartContent')).toBe(explain('RequestIsNotMultipartContent'));
    expect(explain('MetaOperationQpsLimitExceeded')).toBe(explain('MetaOperationQPSLimitExceeded'));
  });

  test('slows down for what OSS answers with 429 and 503, and for nothing else', () => {
    for (const [code, { status, recovery }] of ENTRIES) {
      expect([code, recovery === 'slow-down']).toEqual([code, status === 429 || status === 503]);
    }
  });

  test.each([
    ['retry', ['BadRequest', 'IncompleteBody', 'InternalError', 'RequestTimeout']],
    ['retry', ['InvalidDigest', 'InvalidCRC64', 'ConnectionTimeout']],
    ['resync-clock', ['RequestTimeTooSkewed']],
    ['renew-credentials', ['SecurityTokenExpired', 'InvalidSecurityToken', 'InvalidAccessKeyId']],
    ['renew-credentials', ['AccessKeyIdAndSecurityTokenNotMatch']],
    ['reopen', ['InvalidPart', 'InvalidPartOrder', 'FilePartNotExist', 'FilePartInterity']],
    ['restart', ['NoSuchUpload', 'EntityTooSmall']],
    ['fail', ['AccessDenied', 'EntityTooLarge', 'FileImmutable', 'CallbackFailed']],
  ])('recovers by %s from %j', (recovery, codes) => {
    expect(codes.map((code) => explain(code)?.recovery)).toEqual(codes.map(() => recovery));
  });
});

describe('AccessDenied', () => {
  test.each(DENIAL_MESSAGES)('is told apart as %s: %s', (id, message) => {
    const denial = DENIALS.find(({ pattern }) => pattern.test(message));
    expect(denial?.id).toBe(id);
    expect(explain('AccessDenied', message)).toEqual({
      status: 403,
      meaning: denial?.meaning,
      advice: denial?.advice,
      recovery: denial?.recovery,
      source: denial?.source,
    });
  });

  test('has no cause that no message is known of, and no two of one name', () => {
    const ids = DENIALS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(DENIAL_MESSAGES.map(([id]) => id))).toEqual(new Set(ids));
  });

  test.each(DENIALS)('as $id says what it means, what to do and where that is from', (denial) => {
    expectReadable(denial.meaning);
    expectReadable(denial.advice);
    expect(denial.source).not.toBe('');
  });

  test('goes to the right endpoint, renews keys that are too narrow, signs anew what is too old', () => {
    const mended = DENIALS.filter(({ recovery }) => recovery !== 'fail');
    expect(mended.map(({ id, recovery }) => [id, recovery])).toEqual([
      ['wrong-endpoint', 'switch-endpoint'],
      ['post-policy-expired', 'renew-credentials'],
      ['authorizer-policy', 'renew-credentials'],
      ['request-expired', 'sign-again'],
      ['invalid-date', 'sign-again'],
    ]);
  });

  test.each([undefined, '', 'AccessDenied', 'AccessDenied.', 'Something quite new.'])(
    'with the message %j has its own entry',
    (message) => {
      expect(explain('AccessDenied', message)).toBe(ERROR_CODES.AccessDenied);
    },
  );

  test('is told apart in capitals, too, and over line breaks', () => {
    const message = '\n  YOU ARE DENIED BY BUCKET\n  REFERER POLICY.\n';
    expect(explain('AccessDenied', message)?.advice).toMatch(/Referer/);
  });

  test('lends its messages to no other code', () => {
    const message = "Access denied by authorizer's policy.";
    expect(explain('InvalidArgument', message)).toBe(ERROR_CODES.InvalidArgument);
    expect(explain(undefined, message)).toBeUndefined();
  });
});

describe('forms', () => {
  test.each(FORM_CAUSES)(
    '$code $pattern says what it means, what to do and where from',
    (cause) => {
      expectReadable(cause.meaning);
      expectReadable(cause.advice);
      expect(cause.source).not.toBe('');
      expect(cause.status).toBe(ERROR_CODES[cause.code].status);
    },
  );

  test.each([
    [
      'InvalidArgument',
      "The bucket POST must contain the specified 'key'. If it is specified,\n please check the order of the fields",
      'before the file',
    ],
    ['InvalidArgument', 'Post request accessKeyId is empty.', 'all of OSSAccessKeyId'],
    [
      'InvalidArgument',
      "The bucket POST must contain the specified 'x-oss-date'.",
      'all of OSSAccessKeyId',
    ],
    [
      'InvalidPolicyDocument',
      'Invalid Policy: Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.',
      'one condition per field',
    ],
    ['InvalidPolicyDocument', 'Invalid Policy: Invalid JSON: unknown char e', 'double quotes'],
    ['InvalidPolicyDocument', 'Invalid Policy: Invalid JSON: , or ] expected', 'JSON.stringify'],
    ['InvalidPolicyDocument', 'Invalid Policy: Invalid base64.', 'Base64 of the policy'],
    ['InvalidPolicyDocument', 'Invalid Policy: Policy is missing: expiration.', 'ISO 8601'],
    ['InvalidPolicyDocument', 'Invalid Policy: Invalid condition: 123.', 'content-length-range'],
  ])('are known by the message: %s %s', (code, message, advice) => {
    expect(explain(code, message)?.advice).toContain(advice);
    expect(explain(code, message)).toBe(explain(code, message, 'PostObject'));
  });

  test.each([
    ['EntityTooLarge', 'smaller `partSize`'],
    ['EntityTooSmall', 'begins again by itself'],
    ['FileAlreadyExists', '`headers`'],
    ['InvalidArgument', '`headers`'],
    ['SecurityTokenExpired', '`credentials`'],
    ['InvalidAccessKeyId', '`credentials`'],
  ])('are advised otherwise than uploads in parts: %s', (code, advice) => {
    expect(explain(code, 'No.')?.advice).toContain(advice);
    expect(explain(code, 'No.', 'UploadPart')).toBe(explain(code, 'No.'));
    expect(explain(code, 'No.', 'PostObject')?.advice).not.toContain(advice);
  });

  test('have the other causes of AccessDenied, too', () => {
    const message = 'You are denied by bucket referer policy.';
    expect(explain('AccessDenied', message, 'PostObject')).toEqual(
      explain('AccessDenied', message),
    );
    expect(explain('FieldItemTooLong', '', 'PostObject')).toBe(ERROR_CODES.FieldItemTooLong);
  });
});

test.each([undefined, '', 'accessdenied', 'Nope', 'constructor', '__proto__', 'toString'])(
  'nothing is known of the code %j',
  (code) => {
    expect(explain(code)).toBeUndefined();
    expect(explain(code, 'AccessDenied')).toBeUndefined();
  },
);

/** One or two sentences that stand in a message and give nothing away. */
function expectReadable(text: string): void {
  expect(text).toMatch(/^[A-Z].*\S\.$/);
  expect(text).not.toMatch(/\n| {2}/);
  expect(text).not.toMatch(/https?:|[?&][\w-]+=|LTAI|STS\.\w/);
  expect(text).not.toMatch(/contact|administrator|please/i);
  expect(text.length).toBeLessThan(320);
}

const GENERAL_TABLE: readonly string[] = [
  'AccessDenied',
  'AccessForbidden',
  'BucketAlreadyExists',
  'BucketNotEmpty',
  'CallbackFailed',
  'DownloadTrafficRateLimitExceeded',
  'EntityTooLarge',
  'EntityTooSmall',
  'FieldItemTooLong',
  'FilePartNotExist',
  'ImageDamage',
  'IncorrectNumberOfFilesInPOSTRequest',
  'InvalidAccessKeyId',
  'InvalidArgument',
  'InvalidBucketName',
  'InvalidDigest',
  'InvalidEncryptionAlgorithmError',
  'InvalidObjectName',
  'InvalidObjectState',
  'InvalidPart',
  'InvalidPartOrder',
  'InvalidPolicyDocument',
  'InvalidTargetBucketForLogging',
  'InvalidTargetType',
  'MalformedPOSTRequest',
  'MalformedXML',
  'MaxPOSTPreDataLengthExceededError',
  'MetaOperationQPSLimitExceeded',
  'MethodNotAllowed',
  'MissingContentLength',
  'NoSuchBucket',
  'NoSuchKey',
  'NoSuchUpload',
  'NotImplemented',
  'ObjectNotAppendable',
  'PositionNotEqualToLength',
  'PreconditionFailed',
  'RequestIsNotMultipartContent',
  'RequestTimeTooSkewed',
  'RequestTimeout',
  'SignatureDoesNotMatch',
  'SymlinkTargetNotExist',
  'TooManyBuckets',
  'UploadTrafficRateLimitExceeded',
  'UserDisable',
];

const STS_TABLE: readonly string[] = [
  'EntityNotExist.Role',
  'InternalError',
  'InvalidAccessKeyId.Inactive',
  'InvalidAccessKeyId.NotFound',
  'InvalidParameter.DurationSeconds',
  'InvalidParameter.PolicyGrammar',
  'InvalidParameter.PolicySize',
  'InvalidParameter.RoleArn',
  'InvalidParameter.RoleSessionName',
  'MissingSecurityToken',
  'NoPermission',
];
