import { expect, test } from 'vitest';
import { readFixture } from '../testing/fixtures.ts';
import { keysOf } from '../testing/vectors.ts';
import { parseBasicIso } from './dates.ts';
import { verifyPolicyV1, verifyPolicyV4 } from './post-policy.ts';

interface Vector {
  id: string;
  accessKeyId: string;
  accessKeySecret: string;
  policyJson: string;
}

const vectors = readFixture('post-policy.json') as {
  postV1: (Vector & { expect: { policy: string; Signature: string } })[];
  postV4: (Vector & {
    region: string;
    date: string;
    expect: { formFields: Record<string, string> };
  })[];
};

const MISMATCH = 'The request signature we calculated does not match';

test.each(vectors.postV1)('the signature of $id, and no other', (vector) => {
  const { policy, Signature: signature } = vector.expect;
  expect(Buffer.from(vector.policyJson).toString('base64')).toBe(policy);
  const { accessKeyId } = vector;
  const context = { keys: keysOf(vector), region: '', now: () => 0 };
  const form = { policy, accessKeyId, signature };
  expect(verifyPolicyV1(form, context)).toEqual({ kind: 'owner', accessKeyId });
  for (const change of [{ policy: `${policy}=` }, { signature: signature.slice(1) }])
    expect(() => verifyPolicyV1({ ...form, ...change }, context)).toThrow(MISMATCH);
});

test.each(vectors.postV4)('the V4 signature of $id, in its time, and no other', (vector) => {
  const field = (name: string): string => vector.expect.formFields[name] ?? '';
  const form = {
    policy: field('policy'),
    version: field('x-oss-signature-version'),
    credential: field('x-oss-credential'),
    date: field('x-oss-date'),
    signature: field('x-oss-signature'),
    securityToken: field('x-oss-security-token'),
  };
  const start = parseBasicIso(vector.date) ?? 0;
  let time = start;
  const context = { keys: keysOf(vector), region: vector.region, now: () => time };
  expect(verifyPolicyV4(form, context).kind).toBe('owner');
  const other = (change: Partial<typeof form>) => () =>
    verifyPolicyV4({ ...form, ...change }, context);
  expect(other({ policy: `${form.policy}=` })).toThrow(MISMATCH);
  expect(other({ signature: form.signature.slice(1) })).toThrow(MISMATCH);
  expect(other({ date: '20240316T080910Z' })).toThrow('does not match the request date');
  expect(other({ date: 'today' })).toThrow('yyyyMMddTHHmmssZ');
  expect(other({ version: 'OSS2' })).toThrow('x-oss-signature-version must be');
  expect(other({ credential: 'id/20240315' })).toThrow('Credential must end');
  time = start + 604_800_000;
  expect(other({})).not.toThrow();
  time += 1;
  expect(other({})).toThrow('Policy expired.');
  time = start - 900_001;
  expect(other({})).toThrow('request time and the current time');
});
