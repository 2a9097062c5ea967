import { expect, test } from 'vitest';
import { element, type Keys, PERMANENT_KEYS, type Reply } from '../testing/client.ts';
import { errorOf, startEmulator, useEmulator } from '../testing/harness.ts';
import { assumeRole, STS_KEYS, type StsCall } from '../testing/sts-client.ts';

const bench = useEmulator();

interface StsAnswer {
  RequestId: string;
  Code?: string;
  Message?: string;
  HostId?: string;
  AssumedRoleUser: { Arn: string; AssumedRoleId: string };
  Credentials: Record<'AccessKeyId' | 'AccessKeySecret' | 'SecurityToken' | 'Expiration', string>;
}

function parse(reply: Reply): StsAnswer {
  return JSON.parse(reply.text) as StsAnswer;
}

async function credentials(parameters: Record<string, string> = {}): Promise<Keys> {
  const reply = await assumeRole(bench.emulator, { parameters });
  expect(reply.status).toBe(200);
  const { AccessKeyId, AccessKeySecret, SecurityToken } = parse(reply).Credentials;
  return {
    accessKeyId: AccessKeyId,
    accessKeySecret: AccessKeySecret,
    securityToken: SecurityToken,
  };
}

/** Status and code of a refusal, and its message. */
async function refusal(call: StsCall): Promise<[string, string]> {
  const reply = await assumeRole(bench.emulator, call);
  const { Code = '', Message = '', HostId, RequestId } = parse(reply);
  expect(HostId).toBe(new URL(bench.emulator.origin).host);
  expect(RequestId).toBe(reply.headers['x-acs-request-id']);
  return [`${reply.status} ${Code}`, Message];
}

const policyOf = (action: string, resource: string, Effect = 'Allow') =>
  JSON.stringify({
    Version: '1',
    Statement: [{ Effect, Action: [action], Resource: [resource] }],
  });

test.each(['GET', 'POST'] as const)('%s, answered in JSON', async (method) => {
  const now = Date.now();
  const reply = await assumeRole(bench.emulator, { method });
  expect(reply.status).toBe(200);
  expect(reply.headers['content-type']).toBe('application/json;charset=utf-8');
  const { RequestId, AssumedRoleUser, Credentials } = parse(reply);
  expect(RequestId).toMatch(/^[0-9A-F-]{36}$/);
  expect(AssumedRoleUser.Arn).toBe('acs:ram::1234567890123456:role/emulator/session-1');
  expect(AssumedRoleUser.AssumedRoleId).toMatch(/^\d{18}:session-1$/);
  expect(Credentials.AccessKeyId).toMatch(/^STS\./);
  expect(Credentials.Expiration).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  const life = Date.parse(Credentials.Expiration) - now;
  expect(life).toBeGreaterThan(3_590_000);
  expect(life).toBeLessThan(3_605_000);
});

test('answered in XML, errors too, unless JSON is asked for', async () => {
  const reply = await assumeRole(bench.emulator, { parameters: { Format: null } });
  expect(reply.headers['content-type']).toBe('text/xml;charset=utf-8');
  expect(reply.text).toContain('<AssumeRoleResponse>');
  expect(element(reply.text, 'SecurityToken')).toMatch(/^CAIS/);
  const parameters = { Format: 'XML', RoleArn: 'nobody' };
  const error = await assumeRole(bench.emulator, { parameters });
  expect(error.status).toBe(400);
  expect(element(error.text, 'Code')).toBe('InvalidParameter.RoleArn');
});

test.each(['sts.localhost', 'sts.cn-hangzhou.aliyuncs.com', 'sts.aliyuncs.com:80'])(
  'under the host %s',
  async (host) => {
    const call = { method: 'GET', path: '/', host } as const;
    expect((await assumeRole(bench.emulator, call)).status).toBe(200);
  },
);

test('the credentials work, by all signatures', async () => {
  const keys = await credentials();
  for (const signedBy of ['header-v4', 'header-v1', 'url-v4', 'url-v1'] as const)
    expect(errorOf(await bench.client.send({ key: 'k', keys, signedBy }))).toBe('404 NoSuchKey');
});

test('they live as long as was asked', async () => {
  const keys = await credentials({ DurationSeconds: '900' });
  bench.emulator.setClockOffset(899_000);
  const time = Date.now() + 899_000;
  expect(errorOf(await bench.client.send({ key: 'k', keys, time }))).toBe('404 NoSuchKey');
  bench.emulator.setClockOffset(901_000);
  expect(errorOf(await bench.client.send({ key: 'k', keys, time }))).toBe(
    '403 SecurityTokenExpired',
  );
});

test('a session policy narrows the role’s rights, by action and by prefix', async () => {
  const Policy = policyOf('oss:PutObject', 'acs:oss:*:*:partway-demo/mine/*');
  const keys = await credentials({ Policy });
  const put = { method: 'PUT', key: 'mine/a', body: 'x', keys };
  expect((await bench.client.send(put)).status).toBe(200);
  expect(await bench.client.initiate('mine/a', { keys })).not.toBe('');
  for (const call of [
    { ...put, key: 'a' },
    { key: 'mine/a', keys },
  ]) {
    const reply = await bench.client.send(call);
    expect(errorOf(reply)).toBe('403 AccessDenied');
    expect(element(reply.text, 'Message')).toBe("Access denied by authorizer's policy.");
  }
});

test('a session policy gives nothing that the role lacks', async () => {
  const statements = [{ effect: 'allow', actions: ['oss:GetObject'], resources: ['*'] }] as const;
  bench.emulator.addRole({ name: 'reader', statements });
  const RoleArn = 'acs:ram::1234567890123456:role/reader';
  const keys = await credentials({ RoleArn, Policy: policyOf('oss:*', '*') });
  expect(errorOf(await bench.client.send({ key: 'k', keys }))).toBe('404 NoSuchKey');
  const reply = await bench.client.send({ method: 'PUT', key: 'k', body: 'x', keys });
  expect(element(reply.text, 'Message')).toContain('because of bucket acl');
});

test('a session policy that denies, although everybody may', async () => {
  bench.emulator.setAcl('public-read');
  const keys = await credentials({ Policy: policyOf('oss:*', '*', 'Deny') });
  const reply = await bench.client.send({ key: 'k', keys });
  expect(element(reply.text, 'Message')).toBe("Access denied by authorizer's policy.");
});

test('the main account’s key', async () => {
  expect(await refusal({ keys: PERMANENT_KEYS })).toEqual([
    '403 NoPermission',
    'Roles may not be assumed by root accounts.',
  ]);
});

test('a temporary key without its token, with another’s, after its time; a role without the right', async () => {
  const [keys, other] = [await credentials(), await credentials()];
  const { accessKeyId, accessKeySecret } = keys;
  expect(await refusal({ keys: { accessKeyId, accessKeySecret } })).toEqual([
    '400 MissingSecurityToken',
    'SecurityToken is mandatory for this action.',
  ]);
  const mixed = { ...keys, securityToken: other.securityToken ?? '' };
  expect((await refusal({ keys: mixed }))[0]).toBe(
    '400 InvalidSecurityToken.MismatchWithAccessKey',
  );
  expect(await refusal({ keys })).toEqual([
    '403 NoPermission',
    'You are not authorized to do this action. You should be authorized by RAM.',
  ]);
  bench.emulator.expireCredentials();
  expect((await refusal({ keys }))[0]).toBe('400 InvalidSecurityToken.Expired');
});

test.each(['nobody', ' emulator-sts-key-id'])('an unknown key: %o', async (accessKeyId) => {
  expect(await refusal({ keys: { ...STS_KEYS, accessKeyId } })).toEqual([
    '404 InvalidAccessKeyId.NotFound',
    'Specified access key is not found.',
  ]);
});

test('a disabled key', async () => {
  bench.emulator.setKeyEnabled(STS_KEYS.accessKeyId, false);
  expect(await refusal({})).toEqual([
    '403 InvalidAccessKeyId.Inactive',
    'Specified access key is disabled.',
  ]);
});

test.each([
  'no JSON',
  '[]',
  '{"Version":"1","Statements":[]}',
  '{"Version":"2","Statement":[]}',
  '{"Version":"1"}',
  '{"Version":"1","Statement":[{"Effect":"Permit","Action":"oss:*","Resource":"*"}]}',
  '{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss","Resource":"*"}]}',
  '{"Version":"1","Statement":[{"Effect":"Allow","Action":[],"Resource":"*"}]}',
  '{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:*"}]}',
])('a policy with a wrong grammar: %s', async (Policy) => {
  expect(await refusal({ parameters: { Policy } })).toEqual([
    '400 InvalidParameter.PolicyGrammar',
    'The parameter Policy has not passed grammar check.',
  ]);
});

test('a policy of 1024 characters, and a longer one', async () => {
  const policy = policyOf('oss:*', '*');
  const Policy = policy.padEnd(1024, ' ');
  expect((await assumeRole(bench.emulator, { parameters: { Policy } })).status).toBe(200);
  expect(await refusal({ parameters: { Policy: `${Policy} ` } })).toEqual([
    '400 InvalidParameter.PolicySize',
    'The size of Policy must be smaller than 1024 bytes.',
  ]);
});

test.each(['a', '1', 'abc*abc', 'Teenage Mutant Ninja Turtles', 'x'.repeat(33)])(
  'a session name that is not legal: %s',
  async (RoleSessionName) => {
    expect(await refusal({ parameters: { RoleSessionName } })).toEqual([
      '400 InvalidParameter.RoleSessionName',
      'The parameter RoleSessionName is wrongly formed.',
    ]);
  },
);

test.each(['899', '3601', '-1', 'soon'])('a duration of %s', async (DurationSeconds) => {
  expect(await refusal({ parameters: { DurationSeconds } })).toEqual([
    '400 InvalidParameter.DurationSeconds',
    'The Min/Max value of DurationSeconds is 15min/1hr.',
  ]);
});

test('a role may allow longer sessions', async () => {
  bench.emulator.addRole({ name: 'long', statements: [], maxSessionSeconds: 43_200 });
  const parameters = {
    RoleArn: 'acs:ram::1234567890123456:role/long',
    DurationSeconds: '43200',
  };
  expect((await assumeRole(bench.emulator, { parameters })).status).toBe(200);
});

test.each([
  ['400 InvalidParameter.RoleArn', 'acs:ram::123:user/eric'],
  ['400 InvalidParameter.RoleArn', 'emulator'],
  ['404 EntityNotExist.Role', 'acs:ram::1234567890123456:role/missing'],
  ['403 NoPermission', 'acs:ram::6543210987654321:role/emulator'],
])('%s for the role %s', async (expected, RoleArn) => {
  expect((await refusal({ parameters: { RoleArn } }))[0]).toBe(expected);
});

test('a role that does not trust the user', async () => {
  bench.emulator.addRole({ name: 'closed', statements: [], trusted: ['somebody'] });
  const RoleArn = 'acs:ram::1234567890123456:role/closed';
  const [code, message] = await refusal({ parameters: { RoleArn } });
  expect(code).toBe('403 NoPermission');
  expect(message).toMatch(/^No permission perform sts:AssumeRole on this Role\./);
});

test('a user without the right to assume roles', async () => {
  const keys = { accessKeyId: 'plain', accessKeySecret: 's' };
  bench.emulator.addUser({ ...keys, statements: [] });
  expect((await refusal({ keys }))[0]).toBe('403 NoPermission');
});

test('a wrong signature', async () => {
  const [code, message] = await refusal({ keys: { ...STS_KEYS, accessKeySecret: 'wrong' } });
  expect(code).toBe('400 SignatureDoesNotMatch');
  expect(message).toContain('server string to sign is:POST&%2F&AccessKeyId%3Demulator-sts-key-id');
  const changed = await refusal({
    tamper: (parameters) => parameters.set('RoleSessionName', 'other'),
  });
  expect(changed[0]).toBe('400 SignatureDoesNotMatch');
});

test('a nonce twice', async () => {
  const parameters = { SignatureNonce: 'once' };
  expect((await assumeRole(bench.emulator, { parameters })).status).toBe(200);
  expect((await refusal({ parameters }))[0]).toBe('400 SignatureNonceUsed');
});

test('a timestamp may have milliseconds, as some SDKs write it', async () => {
  const parameters = { Timestamp: new Date().toISOString() };
  expect((await assumeRole(bench.emulator, { parameters })).status).toBe(200);
});

test('a timestamp out of its form, or out of time', async () => {
  const Timestamp = new Date().toUTCString();
  expect((await refusal({ parameters: { Timestamp } }))[0]).toBe('400 InvalidTimeStamp.Format');
  const time = Date.now() - 16 * 60_000;
  expect((await refusal({ time }))[0]).toBe('400 InvalidTimeStamp.Expired');
});

test.each([
  ['Action', 'GetCallerIdentity', '404 InvalidAction.NotFound'],
  ['Version', '2020-01-01', '400 InvalidParameter'],
  ['SignatureMethod', 'HMAC-MD5', '400 InvalidParameter'],
  ['RoleArn', null, '400 MissingParameter'],
  ['RoleSessionName', null, '400 MissingParameter'],
  ['SignatureNonce', null, '400 MissingParameter'],
])('%s is %s', async (name, value, expected) => {
  expect((await refusal({ parameters: { [name]: value } }))[0]).toBe(expected);
});

test('a service with a fault of its own says so, until it is well again', async () => {
  bench.emulator.setStsBroken(true);
  expect((await refusal({}))[0]).toBe('500 InternalError');
  await bench.emulator.reset();
  expect((await assumeRole(bench.emulator)).status).toBe(200);
});

test('lengths and quotas are options', async () => {
  const { emulator } = await startEmulator({
    sts: { roleSessionNameLength: 64, policyLength: 2048, minSessionSeconds: 1, callsPerMinute: 2 },
  });
  const parameters = {
    RoleSessionName: 'x'.repeat(64),
    Policy: policyOf('oss:*', '*').padEnd(2048, ' '),
    DurationSeconds: '1',
  };
  for (const _ of [1, 2]) expect((await assumeRole(emulator, { parameters })).status).toBe(200);
  const third = await assumeRole(emulator, { parameters });
  expect([third.status, parse(third).Code]).toEqual([400, 'Throttling.User']);
  emulator.setClockOffset(61_000);
  expect((await assumeRole(emulator, { parameters })).status).toBe(200);
  await expect(startEmulator({ sts: { policyLength: 0 } })).rejects.toThrow('sts.policyLength');
});
