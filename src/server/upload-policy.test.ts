import { describe, expect, test } from 'vitest';
import { errorOf, useEmulator } from '../../emulator/testing/harness.ts';
import { STS_KEYS } from '../../emulator/testing/sts-client.ts';
import { assumeRole } from './assume-role.ts';
import { type UploadPolicyOptions, uploadPolicy } from './upload-policy.ts';

const bench = useEmulator();

const BUCKET = 'partway-demo';

async function keysFor(options: UploadPolicyOptions) {
  return await assumeRole({
    ...STS_KEYS,
    roleArn: 'acs:ram::1234567890123456:role/emulator',
    sessionName: 'user-7',
    policy: uploadPolicy(options),
    endpoint: `${bench.emulator.origin}/__emulator/sts-api`,
  });
}

/** What each request of an upload is answered under a policy: nothing for what goes well. */
async function refusals(options: UploadPolicyOptions): Promise<Record<string, string | undefined>> {
  const keys = await keysFor(options);
  const key = options.key ?? `${options.prefix}a.bin`;
  const body = Buffer.from('x');
  const uploadId = await bench.client.initiate(key, { keys });
  const etag = (await bench.client.uploadPart(key, uploadId, 1, body, { keys })).headers.etag ?? '';
  const other = await bench.client.initiate(key, { keys });
  const calls = {
    listParts: () => bench.client.send({ key, query: { uploadId }, keys }),
    complete: () => bench.client.complete(key, uploadId, [[1, etag]], { keys }),
    put: () => bench.client.send({ method: 'PUT', key, body, keys }),
    abort: () => bench.client.send({ method: 'DELETE', key, query: { uploadId: other }, keys }),
    get: () => bench.client.send({ key, keys }),
    remove: () => bench.client.send({ method: 'DELETE', key, keys }),
  };
  const results: Record<string, string | undefined> = {};
  for (const [name, call] of Object.entries(calls)) {
    const reply = await call();
    if (reply.status >= 300) results[name] = errorOf(reply);
  }
  return results;
}

const DENIED = '403 AccessDenied';

test('allows what an upload needs, and nothing else', async () => {
  expect(uploadPolicy({ bucket: 'videos', prefix: 'users/7/' })).toEqual({
    Version: '1',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['oss:PutObject', 'oss:ListParts', 'oss:AbortMultipartUpload', 'oss:GetObject'],
        Resource: ['acs:oss:*:*:videos/users/7/*'],
      },
    ],
  });
  expect(await refusals({ bucket: BUCKET, prefix: 'users/7/' })).toEqual({ remove: DENIED });
  expect(await refusals({ bucket: BUCKET, key: 'a"b' })).toEqual({ remove: DENIED });
});

test('each right beside sending can be left out', async () => {
  const place = { bucket: BUCKET, prefix: 'users/7/' };
  const remove = DENIED;
  expect(await refusals({ ...place, canResume: false })).toEqual({ remove, listParts: DENIED });
  expect(await refusals({ ...place, canCancel: false })).toEqual({ remove, abort: DENIED });
  expect(await refusals({ ...place, canRead: false })).toEqual({ remove, get: DENIED });
  const least = { ...place, canResume: false, canCancel: false, canRead: false };
  expect(uploadPolicy(least).Statement[0]?.Action).toEqual(['oss:PutObject']);
});

test('others’ keys stay closed', async () => {
  const keys = await keysFor({ bucket: BUCKET, prefix: 'users/7/' });
  const one = await keysFor({ bucket: BUCKET, key: 'users/7' });
  for (const key of ['users/70/a', 'users/7', 'other/users/7/a']) {
    expect(errorOf(await bench.client.send({ method: 'PUT', key, body: 'x', keys }))).toBe(DENIED);
  }
  for (const key of ['users/70', 'users/7/', 'users/7/a']) {
    const put = { method: 'PUT', key, body: 'x', keys: one };
    expect(errorOf(await bench.client.send(put))).toBe(DENIED);
  }
});

describe('refuses', () => {
  test.each([
    [{ bucket: 'Videos', prefix: 'a/' }, '`bucket`'],
    [{ bucket: 'videos*', prefix: 'a/' }, '`bucket`'],
    [{ bucket: 'videos' }, '`prefix` to be a non-empty string; got undefined'],
    [{ bucket: 'videos', prefix: '' }, '`prefix` to be a non-empty string'],
    [{ bucket: 'videos', key: '' }, '`key` to be a non-empty string'],
    [{ bucket: 'videos', key: 'a', prefix: 'a/' }, '`key` or `prefix`; got both'],
    [{ bucket: 'videos', prefix: 'users/7' }, '`prefix` to end with "/"'],
    [{ bucket: 'videos', prefix: 'users/ü' }, '`prefix` to end with "/"'],
    [{ bucket: 'videos', prefix: '*/' }, '`prefix` to have no "*" or "?"'],
    [{ bucket: 'videos', prefix: 'users/?/' }, '`prefix` to have no "*" or "?"'],
    [{ bucket: 'videos', key: 'users/*' }, '`key` to have no "*" or "?"'],
    [{ bucket: 'videos', prefix: '/users/' }, '`prefix` not to start with "/"'],
    [{ bucket: 'videos', prefix: 'users/../' }, '`prefix` to have no "." or ".." segment'],
    [{ bucket: 'videos', prefix: `${'x'.repeat(1023)}/` }, '`prefix` to be at most 1023 bytes'],
    [{ bucket: 'videos', key: '\ud800' }, '`key` to be well-formed text'],
    [{ bucket: 'videos', key: '"'.repeat(1000) }, '`policy` to be at most 2048 characters'],
  ])('%#', (options, said) => {
    expect(() => uploadPolicy(options as UploadPolicyOptions)).toThrow(said);
  });
});
