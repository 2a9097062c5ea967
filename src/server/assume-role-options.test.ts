import { describe, expect, test } from 'vitest';
import { fetchWith, policyOfLength, SECRET, useSts } from '../testing/sts-bench.ts';
import type { AssumeRoleOptions } from './assume-role.ts';

const { failure } = useSts();

describe('options are checked before anything is sent', () => {
  test.each([
    [{ accessKeyId: '' }, '`accessKeyId`'],
    [{ accessKeySecret: undefined }, '`accessKeySecret` to be a non-empty string; got nothing'],
    [{ accessKeySecret: 7 }, '`accessKeySecret`'],
    [{ securityToken: '' }, '`securityToken`'],
    [{ roleArn: 'acs:ram::123:user/eric' }, '`roleArn` to be acs:ram::{account}:role/{name}'],
    [{ roleArn: undefined }, '`roleArn`'],
    [{ sessionName: 'a' }, '`sessionName` to be 2 to 64'],
    [{ sessionName: 'x'.repeat(65) }, '`sessionName`'],
    [{ sessionName: 'müller' }, '`sessionName`'],
    [{ durationSeconds: 899 }, '`durationSeconds` to be 900 to 43200; got 899'],
    [{ durationSeconds: 43_201 }, '`durationSeconds`'],
    [{ durationSeconds: '3600' }, '`durationSeconds` to be a whole number; got "3600"'],
    [{ policy: '{' }, '`policy` to be a policy, as an object or as JSON text; got "{"'],
    [{ policy: [] }, '`policy`'],
    [{ policy: { Version: '2' } }, '`policy.Version` to be "1"; got "2"'],
    [{ policy: { Version: '1', Statement: [] } }, '`policy.Statement`'],
    [{ policy: { Version: '1', Statement: [7] } }, '`policy.Statement[0]` to be an object; got 7'],
    [
      { policy: { Version: '1', Statement: [{ Effect: 'Permit' }] } },
      '`policy.Statement[0].Effect`',
    ],
    [{ policy: { Version: '1', Statement: [{ Effect: 'Deny' }] } }, '`policy.Statement[0].Action`'],
    [
      {
        policy: { Version: '1', Statement: [{ Effect: 'Deny', NotAction: 'oss:*', Resource: [] }] },
      },
      '`policy.Statement[0].Resource`',
    ],
    [{ policy: policyOfLength(2049) }, '`policy` to be at most 2048 characters; got 2049'],
    [{ endpoint: 'sts.aliyuncs.com' }, '`endpoint`'],
    [{ endpoint: 'ftp://sts.aliyuncs.com' }, '`endpoint`'],
    [{ endpoint: `https://u:${encodeURIComponent(SECRET)}@sts.aliyuncs.com` }, '`endpoint`'],
    [{ timeout: 0 }, '`timeout`'],
    [{ retry: { limit: 0 } }, '`retry.limit`'],
    [{ retry: { baseDelay: -1 } }, '`retry.baseDelay`'],
    [{ retry: { maxDelay: 2 ** 31 } }, '`retry.maxDelay`'],
  ])('%#', async (changes, said) => {
    const send = fetchWith();
    const error = await failure({ ...(changes as Partial<AssumeRoleOptions>), fetch: send });
    expect(error.constructor === TypeError || error.constructor === RangeError).toBe(true);
    expect(error.message).toContain(said);
    expect(send).not.toHaveBeenCalled();
  });
});
