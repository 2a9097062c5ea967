import { expect, test } from 'vitest';
import { bytes, element, type Keys, md5Hex, PERMANENT_KEYS } from '../testing/client.ts';
import { errorOf, startEmulator, useEmulator } from '../testing/harness.ts';

const bench = useEmulator();
const minutes = 60_000;
const V1 = { key: 'k', signedBy: 'url-v1' } as const;
const V4 = { key: 'k', signedBy: 'url-v4' } as const;
const BOTH = [V1, V4];

test.each(BOTH)('$signedBy: a whole multipart upload, with a token', async ({ signedBy }) => {
  const { client } = bench;
  const call = { signedBy, keys: bench.emulator.issueCredentials() };
  const body = bytes(1000);
  const key = '目录/a b+c(1).bin';
  const uploadId = await client.initiate(key, call);
  expect((await client.uploadPart(key, uploadId, 1, body, call)).status).toBe(200);
  expect((await client.complete(key, uploadId, [[1, md5Hex(body)]], call)).status).toBe(200);
  expect((await client.send({ key, ...call })).body).toEqual(body);
});

test.each(BOTH)('$signedBy: what is signed cannot be changed', async (call) => {
  const put = { ...call, method: 'PUT', headers: { 'content-type': 'text/plain' }, body: 'x' };
  expect((await bench.client.send(put)).status).toBe(200);
  const changes = [
    { tamper: (headers: Record<string, string>) => void delete headers['content-type'] },
    { tamper: (headers: Record<string, string>) => void (headers['x-oss-meta-a'] = '1') },
    { tamperQuery: (query: Record<string, string | null>) => void (query['x-oss-a'] = '1') },
    { keys: { ...PERMANENT_KEYS, accessKeySecret: 'wrong' } },
  ];
  for (const change of changes)
    expect(errorOf(await bench.client.send({ ...put, ...change }))).toBe(
      '403 SignatureDoesNotMatch',
    );
});

test('V1: a wrong signature is answered with what the server signed', async () => {
  const keys = { ...PERMANENT_KEYS, accessKeySecret: 'wrong' };
  const reply = await bench.client.send({ ...V1, keys });
  expect(element(reply.text, 'StringToSign')).toMatch(/^GET\n\n\n\d{10}\n\/partway-demo\/k$/);
});

test('V4: a wrong signature is answered with what the server signed', async () => {
  const keys = { ...PERMANENT_KEYS, accessKeySecret: 'wrong' };
  const reply = await bench.client.send({ ...V4, keys });
  expect(element(reply.text, 'StringToSign')).toMatch(/^OSS4-HMAC-SHA256\n/);
  expect(element(reply.text, 'CanonicalRequest')).toMatch(/^GET\n\/partway-demo\/k\n/);
});

test.each(BOTH)('$signedBy: judged by the clock: its life ends', async (call) => {
  const { emulator, client } = await startEmulator();
  const send = { ...call, lifetime: 600 };
  expect(errorOf(await client.send(send))).toBe('404 NoSuchKey');
  emulator.setClockOffset(601_000);
  const reply = await client.send({ ...send, keys: { ...PERMANENT_KEYS, accessKeySecret: 'x' } });
  expect(errorOf(reply)).toBe('403 AccessDenied');
  expect(element(reply.text, 'Message')).toBe('Request has expired.');
});

test.each(BOTH)('$signedBy: keys and tokens are judged as in the header', async (call) => {
  const send = async (keys: Keys) => errorOf(await bench.client.send({ ...call, keys }));
  const [one, other] = [bench.emulator.issueCredentials(), bench.emulator.issueCredentials()];
  const { accessKeyId, accessKeySecret } = one;
  expect(await send({ accessKeyId, accessKeySecret })).toBe('403 InvalidAccessKeyId');
  expect(await send({ ...one, securityToken: 'garbage' })).toBe('403 InvalidSecurityToken');
  expect(await send({ ...one, securityToken: other.securityToken })).toBe(
    '403 AccessKeyIdAndSecurityTokenNotMatch',
  );
  expect(await send({ ...PERMANENT_KEYS, accessKeyId: 'nobody' })).toBe('403 InvalidAccessKeyId');
  bench.emulator.expireCredentials();
  expect(await send(one)).toBe('403 SecurityTokenExpired');
});

test.each([
  [V1, 'security-token'],
  [V4, 'x-oss-security-token'],
] as const)('the token in two places: %o', async (call, parameter) => {
  const keys = bench.emulator.issueCredentials();
  const reply = await bench.client.send({
    ...call,
    keys,
    tamper: (headers) => void (headers['x-oss-security-token'] = keys.securityToken),
  });
  expect(errorOf(reply)).toBe('400 InvalidArgument');
  expect(element(reply.text, 'ArgumentName')).toBe(parameter);
});

test.each(BOTH)('$signedBy: the token in a header alone', async (call) => {
  const { securityToken, ...keys } = bench.emulator.issueCredentials();
  const headers = { 'x-oss-security-token': securityToken };
  const reply = await bench.client.send({ ...call, keys, headers });
  expect(errorOf(reply)).toBe('400 InvalidRequest');
  expect(element(reply.text, 'Message')).toBe(
    'Security-token must be provided by query string parameter.',
  );
});

test.each(BOTH)('$signedBy: a signature in the header as well', async (call) => {
  const reply = await bench.client.send({
    ...call,
    tamper: (headers) => void (headers['authorization'] = 'OSS a:b'),
  });
  expect(errorOf(reply)).toBe('400 InvalidArgument');
  expect(element(reply.text, 'Message')).toContain('not both');
});

test.each(['Signature', 'Expires', 'OSSAccessKeyId'])(
  'V1: %s is missing, or empty',
  async (name) => {
    for (const value of [undefined, '']) {
      const reply = await bench.client.send({
        ...V1,
        tamperQuery: (query) => {
          delete query[name];
          if (value !== undefined) query[name] = value;
        },
      });
      expect(errorOf(reply)).toBe('403 AccessDenied');
      expect(element(reply.text, 'Message')).toBe(
        'Query-string authentication requires the Signature, Expires and OSSAccessKeyId parameters.',
      );
    }
  },
);

test.each(['tomorrow', '-1', '1e9', '12.5'])('V1: Expires is %s', async (expires) => {
  const reply = await bench.client.send({ ...V1, query: { Expires: expires } });
  expect(errorOf(reply)).toBe('403 AccessDenied');
  expect(element(reply.text, 'Message')).toBe('Invalid date (should be seconds since epoch).');
});

test.each([
  'x-oss-signature',
  'x-oss-credential',
  'x-oss-date',
  'x-oss-expires',
  'x-oss-signature-version',
])('V4: %s is missing', async (name) => {
  const reply = await bench.client.send({
    ...V4,
    tamperQuery: (query) => void delete query[name],
  });
  expect(errorOf(reply)).toBe('403 AccessDenied');
  expect(element(reply.text, 'Message')).toMatch(
    /^Query-string authentication requires the x-oss-/,
  );
});

test.each(['0', '604801', '-1', '1h', '1.5'])('V4: x-oss-expires is %s', async (expires) => {
  const reply = await bench.client.send({ ...V4, query: { 'x-oss-expires': expires } });
  expect(errorOf(reply)).toBe('400 InvalidArgument');
  expect(element(reply.text, 'ArgumentName')).toBe('x-oss-expires');
});

test.each([1, 604_800])('V4: a life of %d seconds', async (lifetime) => {
  const time = Math.floor(Date.now() / 1000) * 1000;
  const { emulator, client } = await startEmulator({ now: () => time });
  const send = async () => errorOf(await client.send({ ...V4, time, lifetime }));
  emulator.setClockOffset(lifetime * 1000);
  expect(await send()).toBe('404 NoSuchKey');
  emulator.setClockOffset(lifetime * 1000 + 1);
  expect(await send()).toBe('403 AccessDenied');
});

test('V4: it may begin 15 minutes from now, not later', async () => {
  const time = Math.floor(Date.now() / 1000) * 1000;
  const { client } = await startEmulator({ now: () => time });
  const send = async (start: number) => errorOf(await client.send({ ...V4, time: start }));
  expect(await send(time + 15 * minutes)).toBe('404 NoSuchKey');
  expect(await send(time + 15 * minutes + 1000)).toBe('403 RequestTimeTooSkewed');
});

test.each([
  ['x-oss-credential', 'a/b', '0002-00000213'],
  ['x-oss-credential', 'a/20261122/cn-beijing/oss/aliyun_v4_request', '0002-00000226'],
  ['x-oss-credential', 'a/20261122/cn-hangzhou/s3/aliyun_v4_request', '0002-00000227'],
  ['x-oss-credential', 'a/20000101/cn-hangzhou/oss/aliyun_v4_request', '0002-00000212'],
  ['x-oss-signature-version', 'OSS2', undefined],
])('V4: %s is %s', async (name, value, ec) => {
  const reply = await bench.client.send({ ...V4, query: { [name]: value } });
  expect(errorOf(reply)).toBe('400 InvalidArgument');
  expect(element(reply.text, 'ArgumentName')).toBe(name);
  expect(reply.headers['x-oss-ec']).toBe(ec);
});

test('V4: x-oss-date is not of its form', async () => {
  const query = { 'x-oss-date': '2026-11-22T12:00:00Z' };
  const reply = await bench.client.send({ ...V4, query });
  expect(errorOf(reply)).toBe('403 AccessDenied');
  expect(reply.headers['x-oss-ec']).toBe('0002-00000502');
});

test('V4: additional headers are signed; absent ones and an empty list are refused', async () => {
  const call = { ...V4, headers: { range: 'bytes=0-1' }, additionalHeaders: ['range'] };
  expect(errorOf(await bench.client.send(call))).toBe('404 NoSuchKey');
  const changed = {
    ...call,
    tamper: (headers: Record<string, string>) => void (headers['range'] = 'bytes=0-2'),
  };
  expect(errorOf(await bench.client.send(changed))).toBe('403 SignatureDoesNotMatch');
  const absent = {
    ...call,
    tamper: (headers: Record<string, string>) => void delete headers['range'],
  };
  const reply = await bench.client.send(absent);
  expect(errorOf(reply)).toBe('400 InvalidArgument');
  expect(element(reply.text, 'Message')).toBe('The additional header range is not in the request.');
  const empty = await bench.client.send({ ...V4, query: { 'x-oss-additional-headers': '' } });
  expect(errorOf(empty)).toBe('400 InvalidArgument');
  expect(empty.headers['x-oss-ec']).toBe('0002-00000209');
});
