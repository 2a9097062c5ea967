import { expect, test } from 'vitest';
import { element, PERMANENT_KEYS } from '../testing/client.ts';
import { readFixture } from '../testing/fixtures.ts';
import {
  FORM_TYPE,
  type FormField,
  formBody,
  policyOf,
  signFormV1,
  signFormV4,
} from '../testing/form.ts';
import { errorOf, startEmulator, useEmulator } from '../testing/harness.ts';

const bench = useEmulator();

function post(fields: readonly FormField[], content = 'content', contentType = 'text/plain') {
  return bench.client.send({
    method: 'POST',
    keys: null,
    headers: { 'content-type': FORM_TYPE },
    body: formBody(fields, [{ content, contentType }]),
  });
}

function postWith(policy: string, ...fields: FormField[]) {
  return post([['key', 'user/eric/a'], ...fields, ...signFormV1(policy, PERMANENT_KEYS)]);
}

const IMAGE: FormField = ['Content-Type', 'image/png'];

test.each([
  [{ bucket: 'partway-demo' }],
  [{ key: 'user/eric/a' }],
  [['eq', '$bucket', 'partway-demo']],
  [['eq', '$Key', 'user/eric/a']],
  [['starts-with', '$key', 'user/eric/']],
  [['starts-with', '$key', '']],
  [['content-length-range', 7, 7]],
  [['content-length-range', '1', '100']],
  [['in', '$content-type', ['image/jpg', 'image/png']]],
  [['not-in', '$content-type', ['image/jpg']]],
  [['eq', '$x-oss-meta-prop', 'prop-1']],
  [{ 'X-OSS-Meta-Prop': 'prop-1' }],
])('%j holds', async (condition) => {
  const reply = await postWith(policyOf([condition]), IMAGE, ['x-oss-meta-prop', 'prop-1']);
  expect(reply.status).toBe(204);
});

test.each([
  [['starts-with', '$key', 'user/bob/'], '["starts-with", "$key", "user/bob/"]'],
  [['eq', '$bucket', 'mingdi-bjx'], '["eq", "$bucket", "mingdi-bjx"]'],
  [{ bucket: 'other' }, '["eq", "$bucket", "other"]'],
  [['starts-with', '$x-oss-meta-prop', 'prop-'], '["starts-with", "$x-oss-meta-prop", "prop-"]'],
  [['eq', '$success_action_status', '200'], '["eq", "$success_action_status", "200"]'],
  [['in', '$content-type', ['a/b', 'c/d']], '["in", "$content-type", ["a/b", "c/d"]]'],
  [['not-in', '$content-type', ['image/png']], '["not-in", "$content-type", ["image/png"]]'],
  [['not-in', '$absent', ['x']], '["not-in", "$absent", ["x"]]'],
])('%j does not', async (condition, text) => {
  const reply = await postWith(
    policyOf([{ bucket: 'partway-demo' }, condition].toReversed()),
    IMAGE,
  );
  expect(errorOf(reply)).toBe('403 AccessDenied');
  expect(element(reply.text, 'Message')).toBe(
    `Invalid according to Policy: Policy Condition failed: ${text}`,
  );
  expect(element(reply.text, 'Condition')).toBe(text);
  expect(bench.emulator.objects()).toEqual([]);
});

test('the type of the file itself is what a condition means when no field names one', async () => {
  const policy = policyOf([['in', '$content-type', ['image/png']]]);
  const fields: FormField[] = [['key', 'k'], ...signFormV1(policy, PERMANENT_KEYS)];
  expect((await post(fields, 'x', 'image/png')).status).toBe(204);
  expect((await post(fields, 'x', 'image/gif')).status).toBe(403);
});

test.each([
  [[8, 100], '400 EntityTooSmall', ['ProposedSize', '7'], ['MinSizeAllowed', '8']],
  [[0, 6], '400 EntityTooLarge', ['ProposedSize', '7'], ['MaxSizeAllowed', '6']],
])('content-length-range %j', async (range, error, ...elements) => {
  const reply = await postWith(policyOf([['content-length-range', ...range]]));
  expect(errorOf(reply)).toBe(error);
  for (const [name = '', value] of elements) expect(element(reply.text, name)).toBe(value);
  expect(bench.emulator.objects()).toEqual([]);
});

test('of two ranges the narrower one counts', async () => {
  const ranges = [
    ['content-length-range', 0, 100],
    ['content-length-range', 0, 5],
  ];
  expect(errorOf(await postWith(policyOf(ranges)))).toBe('400 EntityTooLarge');
});

test('escapes', async () => {
  const text = `{"expiration":"2099-01-01T12:00:00.000Z","conditions":[
    ["eq","\\u0024x-oss-meta-a","\\/\\\\\\"\\$\\b\\f\\n\\r\\t\\u4e2D"],
    ["eq","\\$key","user\\/eric\\/a"]]}`;
  expect((await postWith(text, ['x-oss-meta-a', '/\\"$\b\f\n\r\t中'])).status).toBe(204);
  expect(errorOf(await postWith(text, ['x-oss-meta-a', '/\\"$']))).toBe('403 AccessDenied');
});

const EXPIRATION = '"expiration":"2099-01-01T12:00:00.000Z"';
const ONE_PROPERTY = 'Simple-Conditions must have exactly one property specified.';

test.each([
  [`{${EXPIRATION},"conditions":[]}`, ONE_PROPERTY],
  [`{${EXPIRATION},"conditions":[{}]}`, ONE_PROPERTY],
  [`{${EXPIRATION},"conditions":[{"key":"a","bucket":"b"}]}`, ONE_PROPERTY],
  [`{${EXPIRATION}}`, ONE_PROPERTY],
  [`{expiration:1}`, 'Invalid JSON: unknown char e'],
  [`{${EXPIRATION},"conditions":[["eq","$key",user]]}`, 'Invalid JSON: unknown char u'],
  [`{${EXPIRATION},"conditions":[["eq","$key","\\x"]]}`, 'Invalid JSON: unknown char x'],
  [`{${EXPIRATION},"conditions":[["eq","$key","\\u12"]]}`, 'Invalid JSON: unknown char u'],
  [`{${EXPIRATION},"conditions":[["eq" "$key"]]}`, 'Invalid JSON: , or ] expected'],
  [`{${EXPIRATION},"conditions":[["eq","$key","a"]`, 'Invalid JSON: , or ] expected'],
  [`{${EXPIRATION} "conditions":[]}`, 'Invalid JSON: , or } expected'],
  [`{"expiration" 1}`, 'Invalid JSON: : expected'],
  [`{"expiration":"`, 'Invalid JSON: " expected'],
  [`{${EXPIRATION},"conditions":[01]}`, 'Invalid JSON: unknown char 0'],
  ['[]', 'Invalid JSON: { expected'],
  ['{} x', 'Invalid JSON: unknown char x'],
  ['['.repeat(50), 'Invalid JSON: unknown char ['],
  ['{"conditions":[["content-length-range",0,1]]}', 'missing: expiration'],
  ['{"expiration":"tomorrow","conditions":[{"a":"b"}]}', `Invalid 'expiration' value`],
  ['{"expiration":true,"conditions":[{"a":"b"}]}', `Invalid 'expiration' value`],
  [`{${EXPIRATION},"conditions":[123]}`, 'Invalid condition: 123'],
  [`{${EXPIRATION},"conditions":[{"key":1}]}`, 'Invalid condition'],
  [`{${EXPIRATION},"conditions":[["not-in","$a","no-list"]]}`, 'Invalid condition'],
  [`{${EXPIRATION},"conditions":[["in","$a",[]]]}`, 'Invalid condition'],
  [`{${EXPIRATION},"conditions":[["eq","key","a"]]}`, 'Invalid condition'],
  [`{${EXPIRATION},"conditions":[["eq","$key"]]}`, 'Invalid condition'],
  [`{${EXPIRATION},"conditions":[["like","$key","a"]]}`, 'Invalid condition'],
  [`{${EXPIRATION},"conditions":[["content-length-range",5,1]]}`, 'Invalid condition'],
  [`{${EXPIRATION},"conditions":[["content-length-range","a",1]]}`, 'Invalid condition'],
  [`{${EXPIRATION},"conditions":[["content-length-range",1]]}`, 'Invalid condition'],
])('%s: InvalidPolicyDocument', async (policy, message) => {
  const reply = await postWith(policy);
  expect(errorOf(reply)).toBe('400 InvalidPolicyDocument');
  expect(element(reply.text, 'Message')).toMatch(/^Invalid Policy: /);
  expect(element(reply.text, 'Message')).toContain(message);
});

test('a policy that is not base64', async () => {
  const fields = signFormV1('{}', PERMANENT_KEYS).map(
    ([name, value]): FormField => [name, name === 'policy' ? '{"not":"base64"}' : value],
  );
  expect(errorOf(await post([['key', 'k'], ...fields]))).toBe('400 InvalidPolicyDocument');
});

test('a policy whose time is over, by the emulator’s clock', async () => {
  const reply = await postWith(policyOf([{ bucket: 'partway-demo' }], new Date(Date.now() - 1000)));
  expect(errorOf(reply)).toBe('403 AccessDenied');
  expect(element(reply.text, 'Message')).toBe('Invalid according to Policy: Policy expired.');
});

test('what is wrong is found in order: time, signature, conditions, size', async () => {
  const stranger = { ...PERMANENT_KEYS, accessKeySecret: 'wrong' };
  const send = (policy: string, keys = PERMANENT_KEYS) =>
    post([['key', 'k'], ...signFormV1(policy, keys)]).then(({ text }) => element(text, 'Message'));
  const broken = [
    ['eq', '$key', 'other'],
    ['content-length-range', 0, 1],
  ];
  expect(await send(policyOf(broken, new Date(0)), stranger)).toContain('Policy expired');
  expect(await send(policyOf(broken), stranger)).toMatch(/^SignatureDoesNotMatch The request/);
  expect(await send(policyOf(broken))).toContain('Policy Condition failed');
  expect(await send(policyOf(broken.slice(1)))).toContain('maximum allowed');
});

test.each([
  ['OSSAccessKeyId', 'Post request accessKeyId is empty.', signFormV1],
  ['policy', "The bucket POST must contain the specified 'policy'.", signFormV1],
  ['Signature', 'Post request signature is empty.', signFormV1],
  ['policy', "specified 'policy'", signFormV4],
  ['x-oss-signature-version', "specified 'x-oss-signature-version'", signFormV4],
  ['x-oss-credential', "specified 'x-oss-credential'", signFormV4],
  ['x-oss-date', "specified 'x-oss-date'", signFormV4],
  ['x-oss-signature', "specified 'x-oss-signature'", signFormV4],
])('without %s: %s', async (missing, message, sign) => {
  const fields = sign(policyOf([{ bucket: 'partway-demo' }]), PERMANENT_KEYS);
  const rest = fields.filter(([name]) => name !== missing);
  const reply = await post([['key', 'k'], ...rest]);
  expect(errorOf(reply)).toBe('400 InvalidArgument');
  expect(element(reply.text, 'Message')).toContain(message);
  expect(element(reply.text, 'ArgumentName')).toBe(missing.toLowerCase());
  const blank = await post([['key', 'k'], ...rest, [missing, '']]);
  expect(element(blank.text, 'EC')).toBe('0002-00000704');
});

test('a public bucket does not excuse a signature that is half there', async () => {
  bench.emulator.setAcl('public-read-write');
  const [id] = signFormV1('{}', PERMANENT_KEYS);
  expect(errorOf(await post([['key', 'k'], id ?? ['', '']]))).toBe('400 InvalidArgument');
});

interface Vector {
  accessKeyId: string;
  accessKeySecret: string;
  policyJson: string;
  date: string;
  securityToken: string;
  expect: { formFields: Record<string, string> };
}

test('vector of V4, with a token', async () => {
  const [vector] = (readFixture('post-policy.json') as { postV4: Vector[] }).postV4;
  if (vector === undefined) throw new Error('no vector');
  const { accessKeyId, accessKeySecret, securityToken, policyJson, expect: expected } = vector;
  const keys = { accessKeyId, accessKeySecret, securityToken };
  const time = Date.parse('2024-03-15T08:09:10Z');
  const fields = signFormV4(policyJson, keys, time);
  expect(Object.fromEntries(fields)).toEqual(expected.formFields);
  // The token belongs to no key here: everything but it is found good first.
  const { client } = await startEmulator({
    buckets: ['demo-bucket'],
    accessKeyId,
    accessKeySecret,
    now: () => time + 60_000,
  });
  const send = (changed: readonly FormField[]) =>
    client.send({
      method: 'POST',
      bucket: 'demo-bucket',
      keys: null,
      headers: { 'content-type': FORM_TYPE },
      body: formBody([['key', 'user/a'], ...changed]),
    });
  expect(errorOf(await send(fields))).toBe('403 InvalidAccessKeyId');
  const bare = fields.filter(([name]) => name !== 'x-oss-security-token');
  expect(element((await send(bare)).text, 'Condition')).toBe(
    '["eq", "$x-oss-security-token", "CAISexampleSecurityToken/with+special=="]',
  );
});
