import { expect, onTestFinished, test } from 'vitest';
import { createEmulator, type Emulator, type EmulatorOptions } from '../../emulator/index.ts';
import { BUCKET, FILE, PostBench } from '../testing/post-bench.ts';
import { signedFields } from '../testing/post-fields.ts';

// Every error of the manual's chapter on PostObject, and what it is told to do about it.

const bench = new PostBench();

async function startAnother(options: EmulatorOptions): Promise<Emulator> {
  const another = await createEmulator({ buckets: [BUCKET], ...options });
  onTestFinished(() => another.close());
  return another;
}

test('a signature that is wrong', async () => {
  const fields = { ...signedFields(), Signature: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' };
  const error = await bench.failure({ fields });
  expect(error).toMatchObject({ kind: 'service', code: 'AccessDenied', operation: 'PostObject' });
  expect(error.advice).toContain('Sign the Base64 text of the policy');
  expect(error.message).toContain('PostObject was refused (403 AccessDenied');
  expect(bench.statuses()).toEqual([403]);
});

test('a condition that only OSS can judge', async () => {
  const fields = signedFields({ key: 'k' }, { conditions: [{ bucket: 'photos' }] });
  const error = await bench.failure({ fields });
  expect(error.serviceMessage).toContain('["eq", "$bucket", "photos"]');
  expect(error.advice).toContain('Compare the field');
});

test('a condition with a token in it, which no message shows', async () => {
  const keys = { ...bench.emulator.issueCredentials() };
  const conditions = [{ bucket: keys.securityToken }];
  const error = await bench.failure({ fields: signedFields({ key: 'k' }, { keys, conditions }) });
  expect(error.serviceMessage).toContain('["eq", "$bucket", "…"]');
  expect(JSON.stringify([error, error.message])).not.toContain(keys.securityToken);
});

test('no signature for a bucket that is not open', async () => {
  const error = await bench.failure({ fields: { key: 'k' } });
  expect(error).toMatchObject({ code: 'AccessDenied', status: 403 });
  expect(error.advice).toContain('Let your server sign the form');
});

test('a key of STS without its token', async () => {
  const { securityToken: _left, ...keys } = bench.emulator.issueCredentials();
  const error = await bench.failure({ fields: signedFields({ key: 'k' }, { keys }) });
  expect(error.code).toBe('InvalidAccessKeyId');
  expect(error.advice).toContain('token as x-oss-security-token');
  expect(bench.statuses()).toEqual([403]);
});

test('a field that is too long, by the manual’s limit', async () => {
  const strict = await startAnother({ forms: { fieldValue: 4096 } });
  const fields = signedFields({ key: 'k', 'x-oss-meta-a': 'x'.repeat(5000) });
  const error = await bench.failure({ fields }, FILE, strict);
  expect(error.code).toBe('FieldItemTooLong');
  expect(error.advice).toContain('4 KB');
});

test('fields that are too long together', async () => {
  const strict = await startAnother({ forms: { beforeFile: 4096 } });
  const names = Array.from({ length: 50 }, (_, index) => `x-oss-meta-${index}`);
  const many = Object.fromEntries(names.map((name) => [name, 'x'.repeat(5000)]));
  const error = await bench.failure({ fields: signedFields({ key: 'k', ...many }) }, FILE, strict);
  expect(error.code).toBe('MaxPOSTPreDataLengthExceededError');
  expect(error.advice).toContain('file as the last field');
});

test('a file that is too large for the server', async () => {
  const strict = await startAnother({ limits: { maxBodySize: 6 } });
  const error = await bench.failure({}, FILE, strict);
  expect(error.code).toBe('EntityTooLarge');
  expect(error.advice).toContain('content-length-range');
  expect(error.advice).not.toContain('partSize');
});

test('a key that is taken', async () => {
  const fields = signedFields({ key: 'k', 'x-oss-forbid-overwrite': 'true' });
  await bench.post({ fields });
  const error = await bench.failure({ fields });
  expect(error).toMatchObject({ code: 'FileAlreadyExists', status: 409 });
  expect(error.advice).toContain('Choose another `key`');
});

// The door, or the browser itself, lets none of these through.
test.each([
  ['IncorrectNumberOfFilesInPOSTRequest', undefined, 'one form per file'],
  ['MalformedPOSTRequest', undefined, 'FormData'],
  ['RequestIsNotMultipartContent', undefined, 'Content-Type'],
  ['EntityTooSmall', undefined, 'Lower content-length-range'],
  ['InvalidPolicyDocument', 'Invalid Policy: Invalid JSON: unknown char e', 'double quotes'],
  ['InvalidPolicyDocument', 'Invalid Policy: Invalid JSON: , or ] expected', 'JSON.stringify'],
  [
    'InvalidPolicyDocument',
    'Invalid Policy: Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.',
    'one condition per field',
  ],
  [
    'InvalidArgument',
    "The bucket POST must contain the specified 'key'. If it is specified, please check the order of the fields",
    'before the file',
  ],
  ['InvalidArgument', 'Post request signature is empty.', 'all of OSSAccessKeyId'],
])('%s: %s', async (code, message, expected) => {
  const fault = { type: 'error', code, ...(message === undefined ? {} : { message }) } as const;
  bench.emulator.faults.add({ match: { operation: 'PostObject' }, fault });
  const error = await bench.failure();
  expect(error).toMatchObject({ kind: 'service', code });
  expect(error.advice).toContain(expected);
  expect(bench.statuses()).toHaveLength(1);
});
