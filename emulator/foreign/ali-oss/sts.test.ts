import OSS from 'ali-oss';
import { describe, expect, test } from 'vitest';
import { useEmulator } from '../../testing/harness.ts';
import { STS_KEYS } from '../../testing/sts-client.ts';
import { BUCKET, createAliOss, SIGNATURES } from './client.ts';

const bench = useEmulator();

const ROLE = 'acs:ram::1234567890123456:role/emulator';

function createSts(keys = STS_KEYS): OSS.STS {
  const options = { ...keys, endpoint: `${bench.emulator.origin}/__emulator/sts-api` };
  return new OSS.STS(options);
}

describe.each(SIGNATURES)('credentials for requests signed by %s', (signature) => {
  test('a role, narrowed to a prefix', async () => {
    const statement = {
      Effect: 'Allow',
      Action: ['oss:PutObject'],
      Resource: [`acs:oss:*:*:${BUCKET}/films/*`],
    };
    const policy = { Version: '1', Statement: [statement] };
    const { credentials } = await createSts().assumeRole(ROLE, policy, 900, 'page-1');
    expect(credentials.AccessKeyId).toMatch(/^STS\./);
    const refreshed = {
      accessKeyId: credentials.AccessKeyId,
      accessKeySecret: credentials.AccessKeySecret,
      stsToken: credentials.SecurityToken,
    };
    const refreshSTSToken = () => Promise.resolve(refreshed);
    const client = createAliOss(bench.emulator, signature, { ...refreshed, refreshSTSToken });
    await client.put('films/a', Buffer.from('x'));
    for (const denied of [client.put('songs/a', Buffer.from('x')), client.get('films/a')])
      await expect(denied).rejects.toMatchObject({ status: 403, code: 'AccessDenied' });
    bench.emulator.setClockOffset(901_000);
    await expect(client.put('films/b', Buffer.from('x'))).rejects.toMatchObject({ status: 403 });
  });
});

test('what STS refuses', async () => {
  await expect(createSts().assumeRole('acs:ram::1:role/none')).rejects.toMatchObject({
    code: expect.stringMatching(/^(?:EntityNotExist\.Role|NoPermission)$/) as unknown,
  });
  await expect(createSts().assumeRole(ROLE, undefined, 10)).rejects.toMatchObject({
    code: 'InvalidParameter.DurationSeconds',
  });
  const wrong = createSts({ ...STS_KEYS, accessKeySecret: 'wrong' });
  await expect(wrong.assumeRole(ROLE)).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
});
