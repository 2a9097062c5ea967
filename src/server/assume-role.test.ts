import OSS from 'ali-oss';
import { describe, expect, test } from 'vitest';
import { errorOf, startEmulator } from '../../emulator/testing/harness.ts';
import { endpointOf, policyOfLength, ROLE, SECRET, USER, useSts } from '../testing/sts-bench.ts';
import { assumeRole } from './assume-role.ts';
import { uploadPolicy } from './upload-policy.ts';

const { bench, options } = useSts();

const BUCKET = 'partway-demo';

describe('credentials', () => {
  test('are what a page takes, and live as long as was asked', async () => {
    const before = Date.now();
    const credentials = await assumeRole(options({ durationSeconds: 900 }));
    expect(Object.keys(credentials)).toEqual([
      'accessKeyId',
      'accessKeySecret',
      'securityToken',
      'expiration',
    ]);
    expect(credentials.accessKeyId).toMatch(/^STS\./);
    const life = Date.parse(credentials.expiration) - before;
    expect(Math.abs(life - 900_000)).toBeLessThan(5000);
  });

  test('sign a PutObject, within the policy alone', async () => {
    const policy = uploadPolicy({ bucket: BUCKET, prefix: 'films/' });
    for (const given of [policy, JSON.stringify(policy, undefined, 2)]) {
      const keys = await assumeRole(options({ policy: given }));
      const put = { method: 'PUT', body: 'x', keys };
      expect((await bench.client.send({ ...put, key: 'films/a' })).status).toBe(200);
      expect(errorOf(await bench.client.send({ ...put, key: 'songs/a' }))).toBe('403 AccessDenied');
    }
  });

  test('have the name of the session and odd characters pass the signature', async () => {
    const policy = uploadPolicy({ bucket: BUCKET, key: "目录/a b+c~d'(e)!&=%20.bin" });
    const keys = await assumeRole(options({ sessionName: 'a.b@c-d_e', policy }));
    const key = "目录/a b+c~d'(e)!&=%20.bin";
    const reply = await bench.client.send({ method: 'PUT', key, body: 'x', keys });
    expect(reply.status).toBe(200);
  });

  test('of the longest life, name and policy that newer pages allow', async () => {
    const { emulator } = await startEmulator({
      sts: { roleSessionNameLength: 64, policyLength: 2048 },
      users: [USER],
      roles: [{ name: 'long', statements: [], maxSessionSeconds: 43_200 }],
    });
    const { expiration } = await assumeRole(
      options({
        endpoint: endpointOf(emulator.origin),
        roleArn: 'acs:ram::1234567890123456:role/long',
        sessionName: 'x'.repeat(64),
        durationSeconds: 43_200,
        policy: policyOfLength(2048),
      }),
    );
    expect(Date.parse(expiration) - Date.now()).toBeGreaterThan(43_100_000);
  });

  test('for blanks around the key, as copying leaves them', async () => {
    const keys = { accessKeyId: ' marked-user\n', accessKeySecret: `${SECRET}\n` };
    expect(await assumeRole(options(keys))).toHaveProperty('expiration');
  });

  test('by the clock that is given', async () => {
    const offset = 60 * 60_000;
    bench.emulator.setClockOffset(offset);
    expect(await assumeRole(options({ now: () => Date.now() + offset }))).toHaveProperty(
      'expiration',
    );
  });
});

describe('ali-oss', () => {
  test('takes our policy to the same end', async () => {
    const sts = new OSS.STS({
      ...USER,
      endpoint: endpointOf(bench.emulator.origin),
    } as OSS.Options);
    const policy = uploadPolicy({ bucket: BUCKET, prefix: 'films/' });
    const { credentials } = await sts.assumeRole(ROLE, policy, 900, 'user-7');
    const keys = {
      accessKeyId: credentials.AccessKeyId,
      accessKeySecret: credentials.AccessKeySecret,
      securityToken: credentials.SecurityToken,
    };
    const put = { method: 'PUT', body: 'x', keys };
    expect((await bench.client.send({ ...put, key: 'films/a' })).status).toBe(200);
    expect(errorOf(await bench.client.send({ ...put, key: 'songs/a' }))).toBe('403 AccessDenied');
  });

  test('uploads with our credentials', async () => {
    const { accessKeyId, accessKeySecret, securityToken } = await assumeRole(
      options({ policy: uploadPolicy({ bucket: BUCKET, key: 'films/a' }) }),
    );
    const client = new OSS({
      accessKeyId,
      accessKeySecret,
      stsToken: securityToken,
      refreshSTSToken: () => Promise.reject(new Error('There is no need to.')),
      bucket: BUCKET,
      region: 'oss-cn-hangzhou',
      endpoint: bench.emulator.origin.replace('127.0.0.1', 'localhost'),
      sldEnable: true,
    } as OSS.Options);
    await client.put('films/a', Buffer.from('x'));
    await expect(client.put('films/b', Buffer.from('x'))).rejects.toMatchObject({ status: 403 });
  });
});
