import { describe, expect, test } from 'vitest';
import { PERMANENT_KEYS } from '../../emulator/testing/client.ts';
import { useEmulator } from '../../emulator/testing/harness.ts';
import type { PostCondition, PostForm } from '../oss/post-form.ts';
import vectors from './fixtures/post-policy.json' with { type: 'json' };
import { createFormSigner } from './form-signer.ts';
import { createPostPolicy, type PostPolicyOptions } from './post-policy.ts';

const BUCKET = 'partway-demo';
const bench = useEmulator();

function options(others: Partial<PostPolicyOptions> = {}): PostPolicyOptions {
  return {
    bucket: BUCKET,
    region: 'cn-hangzhou',
    endpoint: bench.emulator.origin,
    credentials: PERMANENT_KEYS,
    expiresIn: 60,
    key: 'films/a.mp4',
    ...others,
  };
}

/** Sends a form as a page does, with fields of its own; the file last. */
async function post(
  { url, fields }: PostForm,
  own: Readonly<Record<string, string>> = {},
  content = 'content',
): Promise<string> {
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...fields, ...own })) form.append(name, value);
  form.append('file', new Blob([content], { type: 'text/html' }), 'a b.mp4');
  const response = await fetch(url, { method: 'POST', body: form });
  const code = /<Code>(.*)<\/Code>/.exec(await response.text())?.[1];
  return code === undefined ? String(response.status) : `${response.status} ${code}`;
}

function policyOf({ fields }: PostForm): { expiration: string; conditions: unknown[] } {
  return JSON.parse(Buffer.from(fields['policy'] ?? '', 'base64').toString()) as {
    expiration: string;
    conditions: unknown[];
  };
}

describe('signed policies follow the published vectors', () => {
  test.each(vectors.postV1)('$id', async ({ policyJson, expect: fields, ...credentials }) => {
    const signer = createFormSigner(1, { credentials, region: 'cn-hangzhou', now: 0 });
    expect(await signer.sign(policyJson)).toEqual(fields);
  });

  test.each(vectors.postV4)('$id', async ({ policyJson, expect: expected, region, ...keys }) => {
    const now = Date.UTC(2024, 2, 15, 8, 9, 10);
    const signer = createFormSigner(4, { credentials: keys, region, now });
    expect(await signer.sign(policyJson)).toEqual(expected.formFields);
  });

  const basic = vectors.postV1.filter(({ id }) => id === 'post-v1-basic');
  test.each(basic)('createPostPolicy, $id', async ({ expect: fields, ...credentials }) => {
    const form = await createPostPolicy({
      bucket: 'demo-bucket',
      region: 'cn-hangzhou',
      credentials,
      version: 1,
      key: { startsWith: 'user/eric/' },
      size: { min: 1, max: 104_857_600 },
      successActionStatus: 200,
      expiresIn: 3600,
      now: () => Date.UTC(2030, 0, 1, 11),
    });
    expect(form.url).toBe('https://demo-bucket.oss-cn-hangzhou.aliyuncs.com/');
    expect(form.fields).toEqual({ ...fields, success_action_status: '200' });
  });

  test.each(vectors.postV4)('createPostPolicy, $id', async ({ expect: expected, ...vector }) => {
    const form = await createPostPolicy({
      bucket: 'demo-bucket',
      region: vector.region,
      credentials: vector,
      key: { startsWith: 'user/' },
      size: { min: 1, max: 1_048_576 },
      expiresIn: 3600,
      now: () => Date.UTC(2024, 2, 15, 8, 9, 10, 999),
    });
    expect(form.fields).toEqual(expected.formFields);
    expect(form.constraints).toEqual({
      key: { startsWith: 'user/' },
      size: { min: 1, max: 1_048_576 },
      conditions: [],
      expiresAt: Date.UTC(2024, 2, 15, 9, 9, 10),
    });
  });
});

describe.each([4, 1] as const)('a form signed by V%i', (version) => {
  const policy = (others: Partial<PostPolicyOptions> = {}): Promise<PostForm> =>
    createPostPolicy(options({ version, ...others }));

  test('stores the object that it describes', async () => {
    const form = await policy({
      contentType: 'video/mp4',
      successActionStatus: 201,
      metadata: { User: '7' },
      forbidOverwrite: true,
      objectAcl: 'public-read',
      storageClass: 'IA',
      fields: { 'Cache-Control': 'no-cache' },
    });
    expect(await post(form)).toBe('201');
    const stored = await fetch(`${bench.emulator.origin}/${BUCKET}/films/a.mp4`);
    expect(await stored.text()).toBe('content');
    expect(Object.fromEntries(stored.headers)).toMatchObject({
      'content-type': 'video/mp4',
      'x-oss-meta-user': '7',
      'x-oss-storage-class': 'IA',
      'cache-control': 'no-cache',
    });
    expect(await post(form)).toBe('409 FileAlreadyExists');
  });

  test('by temporary keys, and ends with them', async () => {
    const issued = bench.emulator.issueCredentials();
    const expiration = new Date(Date.now() + 30_000).toISOString();
    const form = await policy({ credentials: { ...issued, expiration } });
    expect(form.fields['x-oss-security-token']).toBe(issued.securityToken);
    expect(form.constraints.expiresAt).toBe(Date.parse(expiration));
    expect(await post(form)).toBe('204');
    const { 'x-oss-security-token': _token, ...fields } = form.fields;
    expect(await post({ ...form, fields })).toMatch(/^403 /);
  });

  test('by credentials that a function gives', async () => {
    const credentials = async () => bench.emulator.issueCredentials({ durationSeconds: 900 });
    const form = await createPostPolicy(options({ version, credentials }));
    expect(await post(form)).toBe('204');
  });

  test('is refused when it has ended', async () => {
    const form = await policy();
    bench.emulator.setClockOffset(61_000);
    expect(await post(form)).toBe('403 AccessDenied');
  });

  test('is refused with another key', async () => {
    expect(await post(await policy(), { key: 'films/b.mp4' })).toBe('403 AccessDenied');
  });

  test('every field is pinned', async () => {
    const form = await policy({
      contentType: 'video/mp4',
      successActionStatus: 200,
      metadata: { user: '7' },
      forbidOverwrite: true,
      fields: { 'x:user': '7' },
    });
    const pinned = Object.keys(form.fields).filter((name) => !SIGNING.test(name));
    expect(pinned).toHaveLength(6);
    for (const name of pinned) {
      expect(await post(form, { [name]: 'other' })).toBe('403 AccessDenied');
      const { [name]: _left, ...others } = form.fields;
      const answer = await post({ ...form, fields: others });
      expect(answer).toBe(name === 'key' ? '400 InvalidArgument' : '403 AccessDenied');
    }
    expect(await post(form)).toBe('200');
  });

  test('a key that is left to the page', async () => {
    const form = await policy({ key: { startsWith: 'films/' } });
    expect(form.fields).not.toHaveProperty('key');
    expect(form.constraints.key).toEqual({ startsWith: 'films/' });
    expect(await post(form, { key: 'films/${filename}' })).toBe('204');
    expect(await post(form, { key: 'songs/a' })).toBe('403 AccessDenied');
    expect(bench.emulator.objects()).toMatchObject([{ key: 'films/a b.mp4' }]);
  });

  test('sizes', async () => {
    const form = await policy({ size: { min: 2, max: 5 } });
    expect(form.constraints.size).toEqual({ min: 2, max: 5 });
    expect(await post(form, {}, '1')).toBe('400 EntityTooSmall');
    expect(await post(form, {}, '123456')).toBe('400 EntityTooLarge');
    expect(await post(form, {}, '12')).toBe('204');
    expect(await post(form, {}, '12345')).toBe('204');
  });

  test.each([
    [{ startsWith: 'video/' }, 'video/mp4', 'image/png'],
    [{ in: ['video/mp4', 'video/webm'] }, 'video/webm', 'video/ogg'],
  ] as const)('a type that is left to the page: %j', async (contentType, good, bad) => {
    const form = await policy({ contentType });
    expect(form.constraints.contentType).toEqual(contentType);
    expect(await post(form, { 'x-oss-content-type': bad })).toBe('403 AccessDenied');
    expect(await post(form)).toBe('403 AccessDenied');
    expect(await post(form, { 'x-oss-content-type': good })).toBe('204');
    expect(bench.emulator.objects()).toMatchObject([{ contentType: good }]);
  });

  test.each<[PostCondition, string, string]>([
    [{ 'x:user': '7' }, '7', '8'],
    [['eq', '$x:user', 'ü$'], 'ü$', 'u'],
    [['starts-with', '$x:user', '7'], '70', '8'],
    [['in', '$x:user', ['7', '8']], '8', '9'],
    [['not-in', '$x:user', ['7', '8']], '9', '8'],
  ])('a field of the page under %j', async (condition, good, bad) => {
    const form = await policy({ pageFields: ['x:User'], conditions: [condition] });
    expect(form.constraints.conditions).toEqual([condition]);
    expect(await post(form, { 'x:user': good })).toBe('204');
    expect(await post(form, { 'x:user': bad })).toBe('403 AccessDenied');
    expect(await post(form)).toBe('403 AccessDenied');
  });

  test('conditions on the size are taken together', async () => {
    const conditions = [['content-length-range', 3, 9]] as const;
    const form = await policy({ size: { min: 2, max: 5 }, conditions });
    expect(form.constraints.size).toEqual({ min: 3, max: 5 });
    expect(await post(form, {}, '12')).toBe('400 EntityTooSmall');
    expect(await post(form, {}, '123456')).toBe('400 EntityTooLarge');
    expect(await post(form, {}, '1234')).toBe('204');
  });

  test('conditions on fields that have a value are judged at once', async () => {
    const conditions: PostCondition[] = [
      { bucket: BUCKET },
      ['starts-with', '$KEY', 'films/'],
      ['in', '$success_action_status', ['200', '201']],
    ];
    const form = await policy({ conditions, successActionStatus: 201 });
    expect(form.constraints.conditions).toEqual([]);
    expect(await post(form)).toBe('201');
  });
});

const SIGNING = /^(policy|signature|ossaccesskeyid|x-oss-(date|credential|signature.*))$/i;

test('V4 names in the policy what signs it', async () => {
  const credentials = { ...PERMANENT_KEYS, securityToken: 'token' };
  const form = await createPostPolicy(options({ credentials }));
  const { expiration, conditions } = policyOf(form);
  expect(Date.parse(expiration)).toBe(form.constraints.expiresAt);
  for (const name of [
    'x-oss-signature-version',
    'x-oss-credential',
    'x-oss-date',
    'x-oss-security-token',
  ])
    expect(conditions).toContainEqual({ [name]: form.fields[name] });
});

test('a form sends a callback, and cannot be sent without it', async () => {
  const callback = {
    callbackUrl: `${bench.emulator.origin}/__emulator/callback-receiver`,
    callbackBody: 'key=${object}&user=${x:user}',
  };
  const form = await createPostPolicy(
    options({ callback: btoa(JSON.stringify(callback)), fields: { 'x:user': '7' } }),
  );
  expect(await post(form)).toBe('200');
  expect(bench.emulator.callbacks()).toMatchObject([{ body: 'key=films%2Fa.mp4&user=7' }]);
  const { callback: _left, ...fields } = form.fields;
  expect(await post({ ...form, fields })).toBe('403 AccessDenied');
});

test('a form sends the browser on', async () => {
  const form = await createPostPolicy(options({ successActionRedirect: 'https://app.test/done' }));
  const body = new FormData();
  for (const [name, value] of Object.entries(form.fields)) body.append(name, value);
  body.append('file', new Blob(['x']), 'a');
  const { status, headers } = await fetch(form.url, { method: 'POST', body, redirect: 'manual' });
  expect(status).toBe(303);
  expect(headers.get('location')).toContain('https://app.test/done?bucket=partway-demo&key=films');
});
