import { describe, expect, test, vi } from 'vitest';
import { startRawServer } from '../../emulator/testing/app-server.ts';
import { PERMANENT_KEYS } from '../../emulator/testing/client.ts';
import type { ErrorCodeEntry } from '../oss/error-codes/entry.ts';
import { STS } from '../oss/error-codes/sts.ts';
import {
  fetchWith,
  formOf,
  policyOfLength,
  ROLE,
  SECRET,
  USER,
  useSts,
} from '../testing/sts-bench.ts';
import { type AssumeRoleOptions, assumeRole } from './assume-role.ts';
import { StsError } from './sts-error.ts';

const { bench, options, failure, temporaryKeys } = useSts();

/** A `fetch` that spoils what was signed. */
function fetchInstead(from: string, to: string): typeof fetch {
  return (url, init) => fetch(url, { ...init, body: formOf(init).replace(from, to) });
}

/** Every row of the manual's table, and what all such services share. */
const REFUSALS: readonly (readonly [string, number, () => Partial<AssumeRoleOptions>])[] = [
  ['EntityNotExist.Role', 404, () => ({ roleArn: `${ROLE}-missing` })],
  [
    'InvalidAccessKeyId.Inactive',
    403,
    () => {
      bench.emulator.setKeyEnabled(USER.accessKeyId, false);
      return {};
    },
  ],
  ['InvalidAccessKeyId.NotFound', 404, () => ({ accessKeyId: 'nobody' })],
  ['InvalidParameter', 400, () => ({ fetch: fetchInstead('Version=2015', 'Version=2014') })],
  ['InvalidParameter.DurationSeconds', 400, () => ({ durationSeconds: 3601 })],
  [
    'InvalidParameter.PolicyGrammar',
    400,
    () => ({
      policy: {
        Version: '1',
        Statement: [{ Effect: 'Allow', Action: 'put anything', Resource: '*' }],
      },
    }),
  ],
  ['InvalidParameter.PolicySize', 400, () => ({ policy: policyOfLength(1025) })],
  ['InvalidParameter.RoleArn', 400, () => ({ roleArn: 'acs:ram::123:role/a/b' })],
  ['InvalidParameter.RoleSessionName', 400, () => ({ sessionName: 'x'.repeat(33) })],
  [
    'MissingSecurityToken',
    400,
    () => {
      const { accessKeyId, accessKeySecret } = temporaryKeys();
      return { accessKeyId, accessKeySecret };
    },
  ],
  ['NoPermission', 403, () => PERMANENT_KEYS],
  [
    'InvalidSecurityToken.MismatchWithAccessKey',
    400,
    () => ({ ...temporaryKeys(), securityToken: temporaryKeys().securityToken }),
  ],
  [
    'InvalidSecurityToken.Expired',
    400,
    () => {
      const keys = temporaryKeys();
      bench.emulator.expireCredentials();
      return keys;
    },
  ],
  ['InvalidTimeStamp.Expired', 400, () => ({ now: () => Date.now() - 16 * 60_000 })],
  ['SignatureDoesNotMatch', 400, () => ({ accessKeySecret: `${SECRET}-another` })],
  ['SignatureDoesNotMatch', 400, () => ({ ...temporaryKeys(), accessKeySecret: SECRET })],
];

describe('what STS refuses', () => {
  test.each(REFUSALS)('%s, at once and with advice', async (code, status, provoke) => {
    const changes = provoke();
    const send = vi.fn<typeof fetch>(changes.fetch ?? fetch);
    const error = await failure({ ...changes, fetch: send });
    expect(error).toBeInstanceOf(StsError);
    expect(error).toMatchObject({ kind: 'service', code, status, isRetryable: false });
    expect(error).toHaveProperty('requestId', expect.stringMatching(/^[\dA-F-]{36}$/));
    const advice = error instanceof StsError ? (error.advice ?? '') : '';
    expect(advice.length).toBeGreaterThan(20);
    const inCatalogue: Readonly<Record<string, ErrorCodeEntry>> = STS;
    expect([advice, undefined]).toContain(inCatalogue[code]?.advice);
    expect(error.message).toContain(`AssumeRole was refused (${status} ${code}: `);
    expect(error.message.endsWith(advice)).toBe(true);
    expect(send).toHaveBeenCalledOnce();
  });

  test('is all that the catalogue knows', () => {
    expect(REFUSALS.map(([code]) => code)).toEqual(expect.arrayContaining(Object.keys(STS)));
  });

  test('NoPermission for a user without the right, and for a role that does not trust the user', async () => {
    const keys = { accessKeyId: 'plain', accessKeySecret: SECRET };
    bench.emulator.addUser({ ...keys, statements: [] });
    expect(await failure(keys)).toMatchObject({ code: 'NoPermission' });
    bench.emulator.addRole({ name: 'closed', statements: [], trusted: ['somebody'] });
    const error = await failure({ roleArn: 'acs:ram::1234567890123456:role/closed' });
    expect(error).toMatchObject({ code: 'NoPermission' });
    expect(error).toHaveProperty('serviceMessage', expect.stringContaining('does not trust you'));
  });

  test('a wrong signature, without the text that should have been signed', async () => {
    const error = await failure({ accessKeySecret: 'wrong' });
    const serviceMessage = 'Specified signature is not matched with our calculation.';
    expect(error).toMatchObject({ code: 'SignatureDoesNotMatch', serviceMessage });
    expect(error.message).not.toContain('AccessKeyId');
  });

  test('an error that nobody knows is told as it is', async () => {
    const answer = () => Response.json({ Code: 'constructor', RequestId: 'ID' }, { status: 418 });
    const error = await failure({ fetch: fetchWith(answer) });
    expect(error).toMatchObject({ code: 'constructor', status: 418, requestId: 'ID' });
    expect(error.message).toBe('AssumeRole was refused (418 constructor).');
    expect(error).toHaveProperty('advice', undefined);
  });
});

describe('an answer that is not one of STS', () => {
  test.each([
    ['a page', '200 OK', '<html>Sign in</html>', 'that is not JSON'],
    ['a page of an error', '404 Not Found', '<html>Not here</html>', 'that is not JSON'],
    ['a text in JSON', '200 OK', '"hello"', 'that is not JSON'],
    ['a redirection', '307 Temporary Redirect\r\nLocation: /elsewhere', '', 'that is not JSON'],
    ['no credentials', '200 OK', '{"RequestId":"ID"}', 'without usable credentials'],
    [
      'credentials without a token',
      '200 OK',
      '{"Credentials":{"AccessKeyId":"a","AccessKeySecret":"b","Expiration":"2030-01-01T00:00:00Z"}}',
      'without usable credentials',
    ],
    [
      'credentials that end at no time',
      '200 OK',
      '{"Credentials":{"AccessKeyId":"a","AccessKeySecret":"b","SecurityToken":"c","Expiration":"soon"}}',
      'without usable credentials',
    ],
    ['an error without a code', '400 Bad Request', '{"error":"no"}', 'without an error code'],
  ])('%s', async (_name, status, body, said) => {
    const head = `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: ${body.length}`;
    const endpoint = await startRawServer(`${head}\r\n\r\n${body}`);
    const error = await failure({ endpoint });
    expect(error).toMatchObject({ kind: 'protocol', code: undefined, isRetryable: false });
    expect(error.message).toContain(`(${status.slice(0, 3)}) ${said}. Check \`endpoint\``);
  });

  test('a proxy that cannot reach it is asked again', async () => {
    const send = fetchWith(() => new Response('<html>', { status: 502 }));
    expect(await assumeRole(options({ fetch: send }))).toHaveProperty('expiration');
  });
});
