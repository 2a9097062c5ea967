import { expect, test } from 'vitest';
import type { RequestToSign } from '../oss/signing-request.ts';
import { createSigner } from './create-signer.ts';
import { createPostPolicy } from './post-policy.ts';
import { presign } from './presign.ts';

const SECRET = 'marked-secret-5d1f';
const TOKEN = 'marked-token-9c2e';
const CREDENTIALS = {
  accessKeyId: 'STS.marked-id',
  accessKeySecret: SECRET,
  securityToken: TOKEN,
};
const PLACE = { bucket: 'videos', region: 'cn-hangzhou', key: 'a', expiresIn: 60 } as const;
const ENDED = { ...CREDENTIALS, expiration: '2020-01-01T00:00:00Z' };

/** Which of the marked texts stand in this one, in any spelling. */
function leaks(text: string): string[] {
  const marked = [SECRET, TOKEN, btoa(SECRET), btoa(TOKEN)];
  return marked.filter((secret) => text.includes(secret));
}

/** Everything that an error can show, its causes and its stack among it. */
function shown(error: unknown): string {
  const { message, stack, cause } = error as Error;
  return [message, stack, cause === undefined ? '' : shown(cause), JSON.stringify(error)].join(
    '\n',
  );
}

test.each<[string, () => Promise<unknown>]>([
  ...[
    { credentials: ENDED },
    { credentials: { ...CREDENTIALS, accessKeyId: '' } },
    { credentials: { ...CREDENTIALS, accessKeySecret: ` ${SECRET}` } },
    { credentials: { ...CREDENTIALS, securityToken: `${TOKEN} ` } },
    { credentials: { ...CREDENTIALS, expiration: SECRET } },
    { credentials: SECRET },
    { credentials: CREDENTIALS, expiresIn: 0 },
    { credentials: CREDENTIALS, key: '' },
  ].flatMap((wrong): [string, () => Promise<unknown>][] => {
    const options = { ...PLACE, ...wrong } as typeof PLACE & { credentials: typeof CREDENTIALS };
    return [
      ['an address', () => presign({ ...options, method: 'PUT' })],
      ['a form', () => createPostPolicy(options)],
      ['a request', () => createSigner({ ...options, allow: () => true }).sign(toSign(options))],
    ];
  }),
  ['a long token', () => createPostPolicy({ ...PLACE, credentials: longToken() })],
  [
    'a condition on the token',
    () =>
      createPostPolicy({
        ...PLACE,
        credentials: CREDENTIALS,
        conditions: [{ 'x-oss-security-token': 'other' }],
      }),
  ],
])('what is thrown over %s shows neither secret nor token', async (_what, work) => {
  const [outcome] = await Promise.allSettled([new Promise((resolve) => resolve(work()))]);
  if (outcome?.status !== 'rejected') throw new Error('nothing was refused');
  expect(leaks(shown(outcome.reason))).toEqual([]);
});

test.each([
  ['with', CREDENTIALS],
  ['without', ENDED],
] as const)('no answer that refuses a page shows any, %s good credentials', async (_how, keys) => {
  const signer = createSigner({ ...PLACE, credentials: keys, allow: () => false });
  const requests = [
    {},
    { bucket: 'others' },
    { key: '../a' },
    { method: 'GET' },
    { query: { acl: '' } },
    { headers: { 'x-oss-security-token': 'x' } },
    { size: 2 },
    { expiresIn: 1e6 },
  ].map((wrong) => JSON.stringify({ requests: [{ ...toSign(PLACE), ...wrong }] }));
  for (const body of [...requests, '', '{', '[]']) {
    const headers = { 'content-type': 'application/json' };
    const http = new Request('https://app.test/', { method: 'POST', headers, body });
    const response = await signer.handle(http);
    expect(response.status).toBeGreaterThanOrEqual(400);
    const told = JSON.stringify([...response.headers]) + (await response.text());
    expect(leaks(told)).toEqual([]);
  }
});

test('what a page gets has the token, for OSS wants it, and never the secret', async () => {
  const token = { 'x-oss-security-token': TOKEN };
  const made = [
    await presign({ ...PLACE, method: 'PUT', credentials: CREDENTIALS }),
    await createPostPolicy({ ...PLACE, credentials: CREDENTIALS }),
    await createSigner({ ...PLACE, credentials: CREDENTIALS, allow: () => true }).sign(
      toSign(PLACE),
    ),
  ];
  expect(made[1]).toMatchObject({ fields: token });
  expect(made[2]).toMatchObject({ headers: token });
  for (const outcome of made) {
    expect(leaks(JSON.stringify(outcome))).toEqual([TOKEN]);
  }
});

function toSign({ bucket, key, expiresIn }: typeof PLACE): RequestToSign {
  const base = { method: 'PUT', query: {}, headers: {}, size: 1, fileSize: 1 } as const;
  return { ...base, bucket, key, expiresIn };
}

function longToken(): typeof CREDENTIALS {
  return { ...CREDENTIALS, securityToken: TOKEN.repeat(300) };
}
