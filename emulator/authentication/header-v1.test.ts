import { expect, test } from 'vitest';
import { bytes, type Call, element, md5Hex, PERMANENT_KEYS } from '../testing/client.ts';
import { errorOf, startEmulator, useEmulator } from '../testing/harness.ts';

const bench = useEmulator();
const minutes = 60_000;
const V1 = { key: 'k', signedBy: 'header-v1' } as const;

function tampered(change: (headers: Record<string, string>) => void, call: Call = {}) {
  return bench.client.send({ ...V1, ...call, tamper: change });
}

test('a whole multipart upload, signed by V1', async () => {
  const { client } = bench;
  const call = { signedBy: 'header-v1' } as const;
  const body = bytes(1000);
  const key = '目录/a b+c(1).bin';
  const uploadId = await client.initiate(key, call);
  expect((await client.uploadPart(key, uploadId, 1, body, call)).status).toBe(200);
  const list = await client.send({ key, query: { uploadId, 'max-parts': '1' }, ...call });
  expect(element(list.text, 'Size')).toBe('1000');
  expect((await client.complete(key, uploadId, [[1, md5Hex(body)]], call)).status).toBe(200);
  expect((await client.send({ key, ...call })).body).toEqual(body);
});

test('Date takes the place of x-oss-date', async () => {
  expect(errorOf(await bench.client.send({ ...V1, signsWithDate: true }))).toBe('404 NoSuchKey');
});

test('header values are signed as the bytes on the wire', async () => {
  const name = Buffer.from('目录').toString('latin1');
  const call = { ...V1, method: 'PUT', headers: { 'x-oss-meta-name': name } };
  expect((await bench.client.send({ ...call, body: Buffer.from('x') })).status).toBe(200);
});

test('a wrong signature is answered with what the server signed', async () => {
  const reply = await bench.client.send({
    ...V1,
    keys: { ...PERMANENT_KEYS, accessKeySecret: 'wrong' },
    headers: { 'content-type': 'text/plain' },
    query: { uploadId: 'U', 'max-parts': '9' },
  });
  expect(errorOf(reply)).toBe('403 SignatureDoesNotMatch');
  const text = element(reply.text, 'StringToSign');
  expect(text).toMatch(
    /^GET\n\ntext\/plain\n.* GMT\nx-oss-date:.* GMT\n\/partway-demo\/k\?uploadId=U$/,
  );
  const hex = element(reply.text, 'StringToSignBytes');
  expect(Buffer.from(hex.replaceAll(' ', ''), 'hex').toString()).toBe(text);
  expect(element(reply.text, 'SignatureProvided')).toMatch(/^[\w+/]{27}=$/);
  expect(element(reply.text, 'OSSAccessKeyId')).toBe('emulator-key-id');
  expect(reply.text).not.toContain('CanonicalRequest');
});

test.each([
  ['', 'Authorization header value is empty.'],
  ['Basic abc', 'Authorization header is invalid.'],
  ['OSS', 'Authorization header is invalid, bad num of Items in Authorization header.'],
  ['OSS a:b c', 'Authorization header is invalid, bad num of Items in Authorization header.'],
  ['OSS a', 'AccessKeyId or Signature is missing in Authorization header value.'],
  ['OSS a:', 'AccessKeyId or Signature is missing in Authorization header value.'],
  ['OSS :b', 'AccessKeyId or Signature is missing in Authorization header value.'],
  [
    'OSS4-HMAC-SHA256 Credential=a,Signature=b,More=c',
    'Unknown parameter in Authorization header.',
  ],
])('malformed: %o', async (authorization, message) => {
  const reply = await tampered((headers) => {
    headers['authorization'] = authorization;
  });
  expect(errorOf(reply)).toBe('400 InvalidArgument');
  expect(element(reply.text, 'Message')).toBe(message);
  expect(element(reply.text, 'ArgumentName')).toBe('Authorization');
  expect(element(reply.text, 'ArgumentValue')).toBe(authorization);
});

test.each([
  ['none', undefined, '0002-00000503'],
  ['that of V4', '20261122T120000Z', '0002-00000505'],
  ['one digit for the day', 'Sun, 2 Nov 2026 12:00:00 GMT', '0002-00000505'],
  ['another zone', 'Sun, 22 Nov 2026 12:00:00 +0800', '0002-00000505'],
  ['no day', 'Sun, 32 Nov 2026 12:00:00 GMT', '0002-00000505'],
])('a date that cannot be used: %s', async (_, date, ec) => {
  const reply = await tampered((headers) => {
    delete headers['x-oss-date'];
    if (date !== undefined) headers['x-oss-date'] = date;
  });
  expect(errorOf(reply)).toBe('403 AccessDenied');
  expect(element(reply.text, 'Message')).toBe('OSS authentication requires a valid Date.');
  expect(reply.headers['x-oss-ec']).toBe(ec);
});

test('dates of V4’s form can be let through', async () => {
  const { client } = await startEmulator({ acceptsIsoDateInV1: true });
  const date = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const reply = await client.send({ ...V1, headers: { 'x-oss-date': date } });
  expect(errorOf(reply)).toBe('404 NoSuchKey');
});

test('a clock may be wrong by 15 minutes, not more', async () => {
  const time = Date.parse('2026-11-22T12:00:00Z');
  const { client } = await startEmulator({ now: () => time });
  for (const skew of [-15 * minutes, 15 * minutes])
    expect(errorOf(await client.send({ ...V1, time: time + skew }))).toBe('404 NoSuchKey');
  for (const skew of [-15 * minutes - 1000, 15 * minutes + 1000]) {
    const reply = await client.send({ ...V1, time: time + skew });
    expect(errorOf(reply)).toBe('403 RequestTimeTooSkewed');
    expect(element(reply.text, 'ServerTime')).toBe('2026-11-22T12:00:00.000Z');
  }
});

test('keys and tokens are judged as in V4', async () => {
  const send = async (keys: Call['keys']) =>
    errorOf(await bench.client.send({ ...V1, ...(keys && { keys }) }));
  const [one, other] = [bench.emulator.issueCredentials(), bench.emulator.issueCredentials()];
  const { accessKeyId, accessKeySecret } = one;
  expect(await send(one)).toBe('404 NoSuchKey');
  expect(await send({ accessKeyId, accessKeySecret })).toBe('403 InvalidAccessKeyId');
  expect(await send({ ...one, securityToken: 'garbage' })).toBe('403 InvalidSecurityToken');
  expect(await send({ ...one, securityToken: other.securityToken })).toBe(
    '403 AccessKeyIdAndSecurityTokenNotMatch',
  );
  expect(await send({ ...PERMANENT_KEYS, accessKeyId: 'nobody' })).toBe('403 InvalidAccessKeyId');
  bench.emulator.expireCredentials();
  expect(await send(one)).toBe('403 SecurityTokenExpired');
});
