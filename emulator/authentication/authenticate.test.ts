import { expect, test } from 'vitest';
import { element, PERMANENT_KEYS } from '../testing/client.ts';
import { errorOf, startEmulator, useEmulator } from '../testing/harness.ts';

const bench = useEmulator();
const minutes = 60_000;

function tampered(change: (authorization: string) => string) {
  return bench.client.send({
    key: 'k',
    tamper: (headers) => {
      headers['authorization'] = change(headers['authorization'] ?? '');
    },
  });
}

test('a request without signature is anonymous, and denied', async () => {
  const reply = await bench.client.send({ key: 'k', keys: null });
  expect(errorOf(reply)).toBe('403 AccessDenied');
  expect(element(reply.text, 'EC')).toBe('0003-00000001');
});

test('a good signature is accepted, and what it protects exists or not', async () => {
  expect(errorOf(await bench.client.send({ key: 'k' }))).toBe('404 NoSuchKey');
});

test('spaces after the commas are accepted', async () => {
  const reply = await tampered((authorization) => authorization.replaceAll(',', ', '));
  expect(errorOf(reply)).toBe('404 NoSuchKey');
});

test('additional headers are signed', async () => {
  const call = { key: 'k', headers: { range: 'bytes=0-1' }, additionalHeaders: ['host', 'range'] };
  expect(errorOf(await bench.client.send(call))).toBe('404 NoSuchKey');
  const reply = await bench.client.send({
    ...call,
    tamper: (headers) => {
      headers['range'] = 'bytes=0-2';
    },
  });
  expect(errorOf(reply)).toBe('403 SignatureDoesNotMatch');
});

test('an additional header that is not there', async () => {
  const reply = await bench.client.send({
    key: 'k',
    headers: { range: 'bytes=0-1' },
    additionalHeaders: ['range'],
    tamper: (headers) => void delete headers['range'],
  });
  expect(errorOf(reply)).toBe('400 InvalidArgument');
  expect(element(reply.text, 'Message')).toBe('The additional header range is not in the request.');
});

test('header values are signed as the bytes on the wire', async () => {
  const name = Buffer.from('目录').toString('latin1');
  const call = {
    method: 'PUT',
    key: 'k',
    headers: { 'x-oss-meta-name': name },
    body: Buffer.from('x'),
  };
  expect((await bench.client.send(call)).status).toBe(200);
  expect(bench.emulator.objects()[0]?.metadata).toEqual({ name: '目录' });
});

test('a wrong signature is answered with what the server signed', async () => {
  const reply = await tampered((authorization) =>
    authorization.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
  );
  expect(errorOf(reply)).toBe('403 SignatureDoesNotMatch');
  const text = element(reply.text, 'StringToSign');
  expect(text).toMatch(
    /^OSS4-HMAC-SHA256\n\d{8}T\d{6}Z\n\d{8}\/cn-hangzhou\/oss\/aliyun_v4_request\n[0-9a-f]{64}$/,
  );
  expect(
    Buffer.from(element(reply.text, 'StringToSignBytes').replaceAll(' ', ''), 'hex').toString(),
  ).toBe(text);
  expect(element(reply.text, 'CanonicalRequest')).toContain('GET\n/partway-demo/k\n');
  expect(element(reply.text, 'SignatureProvided')).toMatch(/^[0-9a-f]{64}$/);
  expect(element(reply.text, 'OSSAccessKeyId')).toBe('emulator-key-id');
});

test.each([
  ['another algorithm', () => 'Basic abc', undefined],
  ['no credential', () => 'OSS4-HMAC-SHA256 Signature=0', '0002-00000213'],
  ['no signature', (a: string) => a.replace(/,Signature.*/, ''), undefined],
  ['no name', (a: string) => a.replace('Credential=', ''), undefined],
  ['an unknown parameter', (a: string) => `${a},Extra=1`, undefined],
  [
    'empty additional headers',
    (a: string) => a.replace(',Sig', ',AdditionalHeaders=,Sig'),
    '0002-00000209',
  ],
  [
    'another ending',
    (a: string) => a.replace('aliyun_v4_request', 'aws4_request'),
    '0002-00000213',
  ],
  ['another product', (a: string) => a.replace('/oss/', '/s3/'), '0002-00000227'],
  ['another region', (a: string) => a.replace('cn-hangzhou', 'oss-cn-hangzhou'), '0002-00000226'],
  [
    'a date with dashes',
    (a: string) => a.replace(/\/(\d{4})(\d\d)(\d\d)\//, '/$1-$2-$3/'),
    '0002-00000212',
  ],
  ['the date of another day', (a: string) => a.replace(/\/\d{8}\//, '/20200101/'), '0002-00000212'],
  [
    'too many parts',
    (a: string) => a.replace('aliyun_v4_request', 'aliyun_v4_request/x'),
    '0002-00000213',
  ],
])('malformed Authorization: %s', async (_, change, ec) => {
  const reply = await tampered(change);
  expect(errorOf(reply)).toBe('400 InvalidArgument');
  expect(element(reply.text, 'ArgumentName')).toBe('Authorization');
  expect(reply.headers['x-oss-ec']).toBe(ec);
});

test('a payload hash is refused', async () => {
  const reply = await bench.client.send({ key: 'k', headers: { 'x-oss-content-sha256': 'abc' } });
  expect(errorOf(reply)).toBe('400 InvalidArgument');
  expect(element(reply.text, 'ArgumentName')).toBe('x-oss-content-sha256');
});

test.each([
  [
    'neither x-oss-date nor Date',
    (h: Record<string, string>) => {
      delete h['x-oss-date'];
    },
    '0002-00000503',
  ],
  [
    'x-oss-date as in V1',
    (h: Record<string, string>) => {
      h['x-oss-date'] = new Date().toUTCString();
    },
    '0002-00000502',
  ],
  [
    'x-oss-date of no day',
    (h: Record<string, string>) => {
      h['x-oss-date'] = '20261399T000000Z';
    },
    '0002-00000502',
  ],
  [
    'Date as in ISO',
    (h: Record<string, string>) => {
      delete h['x-oss-date'];
      h['date'] = '20261122T000000Z';
    },
    '0002-00000502',
  ],
])('a date that cannot be used: %s', async (_, change, ec) => {
  const reply = await bench.client.send({ key: 'k', tamper: change });
  expect(errorOf(reply)).toBe('403 AccessDenied');
  expect(reply.headers['x-oss-ec']).toBe(ec);
});

test('Date takes the place of x-oss-date', async () => {
  const time = Math.floor(Date.now() / 1000) * 1000;
  const reply = await bench.client.send({
    key: 'k',
    time,
    headers: { date: new Date(time).toUTCString() },
    signsWithDate: true,
  });
  expect(errorOf(reply)).toBe('404 NoSuchKey');
});

test('a clock may be wrong by 15 minutes, not more', async () => {
  const time = Date.parse('2026-11-22T12:00:00Z');
  const { client } = await startEmulator({ now: () => time });
  for (const skew of [-15 * minutes, 15 * minutes])
    expect(errorOf(await client.send({ key: 'k', time: time + skew }))).toBe('404 NoSuchKey');
  for (const skew of [-15 * minutes - 1000, 15 * minutes + 1000])
    expect(errorOf(await client.send({ key: 'k', time: time + skew }))).toBe(
      '403 RequestTimeTooSkewed',
    );
  const reply = await client.send({ key: 'k', time: time - 60 * minutes });
  expect(element(reply.text, 'MaxAllowedSkewMilliseconds')).toBe('900000');
  expect(element(reply.text, 'RequestTime')).toBe('2026-11-22T11:00:00.000Z');
  expect(element(reply.text, 'ServerTime')).toBe('2026-11-22T12:00:00.000Z');
  expect(reply.headers.date).toBe('Sun, 22 Nov 2026 12:00:00 GMT');
});

test('an unknown key', async () => {
  const keys = { ...PERMANENT_KEYS, accessKeyId: 'nobody' };
  const reply = await bench.client.send({ key: 'k', keys });
  expect(errorOf(reply)).toBe('403 InvalidAccessKeyId');
  expect(element(reply.text, 'OSSAccessKeyId')).toBe('nobody');
});

test('issued credentials work, with their token', async () => {
  const keys = bench.emulator.issueCredentials();
  expect(keys.accessKeyId).toMatch(/^STS\./);
  expect(errorOf(await bench.client.send({ key: 'k', keys }))).toBe('404 NoSuchKey');
  const { accessKeyId, accessKeySecret } = keys;
  const withoutToken = { accessKeyId, accessKeySecret };
  expect(errorOf(await bench.client.send({ key: 'k', keys: withoutToken }))).toBe(
    '403 InvalidAccessKeyId',
  );
});

test('a garbled token, another key’s token, a token with the permanent key', async () => {
  const [one, other] = [bench.emulator.issueCredentials(), bench.emulator.issueCredentials()];
  const garbled = { ...one, securityToken: `${one.securityToken}x` };
  expect(errorOf(await bench.client.send({ key: 'k', keys: garbled }))).toBe(
    '403 InvalidSecurityToken',
  );
  const mixed = { ...one, securityToken: other.securityToken };
  const reply = await bench.client.send({ key: 'k', keys: mixed });
  expect(errorOf(reply)).toBe('403 AccessKeyIdAndSecurityTokenNotMatch');
  const permanent = { ...PERMANENT_KEYS, securityToken: one.securityToken };
  expect(errorOf(await bench.client.send({ key: 'k', keys: permanent }))).toBe(
    '403 InvalidAccessKeyId',
  );
});

test('the token is signed', async () => {
  const [one, other] = [bench.emulator.issueCredentials(), bench.emulator.issueCredentials()];
  const swapSecret = { ...one, accessKeySecret: other.accessKeySecret };
  expect(errorOf(await bench.client.send({ key: 'k', keys: swapSecret }))).toBe(
    '403 SignatureDoesNotMatch',
  );
});

test('credentials live as long as they say, by the emulator’s clock', async () => {
  let time = Date.now();
  const { client, emulator } = await startEmulator({ now: () => time });
  const keys = emulator.issueCredentials({ durationSeconds: 2 });
  expect(Date.parse(keys.expiration)).toBe(time + 2000);
  time += 1999;
  expect(errorOf(await client.send({ key: 'k', keys, time }))).toBe('404 NoSuchKey');
  time += 1;
  const reply = await client.send({ key: 'k', keys, time });
  expect(errorOf(reply)).toBe('403 SecurityTokenExpired');
  expect(reply.headers['x-oss-ec']).toBe('0002-00000007');
});

test('all issued credentials can be made to expire, new ones work', async () => {
  const keys = bench.emulator.issueCredentials();
  bench.emulator.expireCredentials();
  expect(errorOf(await bench.client.send({ key: 'k', keys }))).toBe('403 SecurityTokenExpired');
  const renewed = bench.emulator.issueCredentials();
  expect(errorOf(await bench.client.send({ key: 'k', keys: renewed }))).toBe('404 NoSuchKey');
});

test('credentials outlive a restart, if the owner’s secret stays', async () => {
  const first = await startEmulator();
  const keys = first.emulator.issueCredentials();
  first.emulator.expireCredentials();
  const later = first.emulator.issueCredentials();
  await first.emulator.close();
  const { client, emulator } = await startEmulator();
  expect(errorOf(await client.send({ key: 'k', keys: later }))).toBe('404 NoSuchKey');
  emulator.expireCredentials();
  for (const issued of [keys, later])
    expect(errorOf(await client.send({ key: 'k', keys: issued }))).toBe('403 SecurityTokenExpired');
  const other = await startEmulator({ accessKeySecret: 'another' });
  expect(errorOf(await other.client.send({ key: 'k', keys: later }))).toBe(
    '403 InvalidSecurityToken',
  );
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
  'no credentials for %d seconds',
  (durationSeconds) => {
    expect(() => bench.emulator.issueCredentials({ durationSeconds })).toThrow(
      'durationSeconds: expected a positive number',
    );
  },
);
