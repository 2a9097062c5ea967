import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { bytes, DEAD, element, md5Hex, PERMANENT_KEYS, until } from '../testing/client.ts';
import { readFixture } from '../testing/fixtures.ts';
import {
  FORM_TYPE,
  type FormField,
  formBody,
  type Post,
  policyOf,
  sendForm,
  signedForm,
  signFormV1,
  signFormV4,
} from '../testing/form.ts';
import { errorOf, startEmulator, useEmulator } from '../testing/harness.ts';

const bench = useEmulator();

const post = (form: Post, { client } = bench) => sendForm(client, form);

const ANY = policyOf([['content-length-range', 0, 1e9]]);

const signed = (...fields: FormField[]) => signedForm(PERMANENT_KEYS, ...fields);

function stored() {
  return bench.emulator.objects().map(({ key, size }) => [key, size]);
}

test.each([
  ['V1', signFormV1],
  ['V4', signFormV4],
])('%s: the file is stored, whole', async (_version, sign) => {
  const content = bytes(1_000_000);
  const fields: FormField[] = [
    ['key', 'user/eric/film.mp4'],
    ['x-oss-meta-title', '中文'],
    ['Cache-Control', 'no-cache'],
    ...sign(ANY, PERMANENT_KEYS),
  ];
  const reply = await post({ fields, files: [{ content, contentType: 'video/mp4' }] });
  expect([reply.status, reply.text]).toEqual([204, '']);
  expect(reply.headers.etag).toBe(`"${md5Hex(content)}"`);
  expect(reply.headers['x-oss-hash-crc64ecma']).toMatch(/^\d+$/);
  const object = await bench.client.send({ key: 'user/eric/film.mp4' });
  expect(object.body.equals(content)).toBe(true);
  expect(object.headers).toMatchObject({
    'content-type': 'video/mp4',
    'cache-control': 'no-cache',
    'x-oss-object-type': 'Normal',
    etag: reply.headers.etag,
  });
  expect(bench.emulator.objects()[0]?.metadata).toEqual({ title: '中文' });
  expect(bench.emulator.log[0]).toMatchObject({ operation: 'PostObject', status: 204 });
});

test.each([{ virtualHost: true }, {}])('the bucket is addressed %j', async (where) => {
  expect((await post({ fields: signed(['key', 'k']), ...where })).status).toBe(204);
  expect(stored()).toEqual([['k', 7]]);
});

test('a path without a slash at its end is the bucket too', async () => {
  const response = await fetch(`${bench.emulator.origin}/partway-demo`, {
    method: 'POST',
    headers: { 'content-type': FORM_TYPE },
    body: new Uint8Array(formBody(signed(['key', 'k']))),
  });
  expect(response.status).toBe(204);
});

test('a form of a browser', async () => {
  const form = new FormData();
  for (const [name, value] of signed(['key', '${filename}'])) form.append(name, value);
  form.append('file', new Blob(['abc'], { type: 'image/png' }), '图片.png');
  const url = `${bench.emulator.origin}/partway-demo/`;
  expect((await fetch(url, { method: 'POST', body: form })).status).toBe(204);
  expect(bench.emulator.objects()).toMatchObject([{ key: '图片.png', contentType: 'image/png' }]);
});

test.each([
  [['200'], 200],
  [['204'], 204],
  [['302'], 204],
  [[], 204],
] as [string[], number][])('success_action_status %j', async (values, status) => {
  const asked = values.map((value): FormField => ['success_action_status', value]);
  const reply = await post({ fields: signed(['key', 'k'], ...asked) });
  expect([reply.status, reply.text]).toEqual([status, '']);
});

test('success_action_status 201: a document', async () => {
  const fields = signed(['key', 'a b/中'], ['success_action_status', '201']);
  const reply = await post({ fields });
  expect(reply.status).toBe(201);
  expect(reply.text).toMatch(/<PostResponse>/);
  const location = `${bench.emulator.origin}/partway-demo/a%20b/%E4%B8%AD`;
  expect(['Bucket', 'Location', 'Key', 'ETag'].map((name) => element(reply.text, name))).toEqual([
    'partway-demo',
    location,
    'a b/中',
    `"${md5Hex('content')}"`,
  ]);
});

test('success_action_redirect goes before the status', async () => {
  const fields = signed(
    ['key', 'k'],
    ['success_action_redirect', 'http://localhost/done?x=1'],
    ['success_action_status', '201'],
  );
  const reply = await post({ fields });
  const etag = encodeURIComponent(`"${md5Hex('content')}"`);
  expect(reply.status).toBe(303);
  expect(reply.headers.location).toBe(
    `http://localhost/done?x=1&bucket=partway-demo&key=k&etag=${etag}`,
  );
  const bad = signed(['key', 'k'], ['success_action_redirect', 'nowhere']);
  expect((await post({ fields: bad })).status).toBe(204);
});

test('${filename} is replaced after the policy was tested', async () => {
  const policy = policyOf([['eq', '$key', 'up/${filename}']]);
  const fields: FormField[] = [['key', 'up/${filename}'], ...signFormV1(policy, PERMANENT_KEYS)];
  const reply = await post({ fields, files: [{ content: 'x', filename: 'C:\\temp\\b.txt' }] });
  expect(reply.status).toBe(204);
  expect(stored()).toEqual([['up/b.txt', 1]]);
});

test('${filename} stands for the name as it is, whatever is in it', async () => {
  await post({
    fields: signed(['key', '${filename}']),
    files: [{ content: 'x', filename: '$&.txt' }],
  });
  expect(stored()).toEqual([['$&.txt', 1]]);
});

test('names of fields may have any case', async () => {
  const fields = signed(['KEY', 'k'], ['Success_Action_Status', '200']).map(
    ([name, value]): FormField => [name.toUpperCase(), value],
  );
  expect((await post({ fields })).status).toBe(200);
});

test('fields after the file do not count', async () => {
  const after: FormField[] = [
    ['submit', 'Upload'],
    ['success_action_status', '200'],
    ['x-oss-meta-a', 'b'.repeat(5_000_000)],
  ];
  expect((await post({ fields: signed(['key', 'k']), after })).status).toBe(204);
  expect(bench.emulator.objects()[0]?.metadata).toEqual({});
});

test.each([
  [[['x-oss-content-type', 'a/a']], 'b/b', 'a/a'],
  [[['Content-Type', 'c/c']], 'b/b', 'b/b'],
  [[['Content-Type', 'c/c']], 'text/plain', 'c/c'],
  [[], 'b/b', 'b/b'],
] as [FormField[], string, string][])(
  'content type: %j, file %s: %s',
  async (fields, own, type) => {
    const files = [{ content: 'x', contentType: own }];
    await post({ fields: signed(['key', 'k'], ...fields), files });
    expect(bench.emulator.objects()[0]?.contentType).toBe(type);
  },
);

test('Content-MD5 is that of the whole body', async () => {
  const body = formBody(signed(['key', 'k']));
  const right = createHash('md5').update(body).digest('base64');
  const wrong = createHash('md5').update('content').digest('base64');
  const refused = await post({ body, headers: { 'content-md5': wrong } });
  expect(errorOf(refused)).toBe('400 InvalidDigest');
  expect(element(refused.text, 'ServerComputedContentMD5')).toBe(right);
  expect(stored()).toEqual([]);
  expect((await post({ body, headers: { 'content-md5': right } })).status).toBe(204);
});

test('x-oss-forbid-overwrite', async () => {
  const fields = signed(['key', 'k'], ['x-oss-forbid-overwrite', 'true']);
  expect((await post({ fields })).status).toBe(204);
  expect(errorOf(await post({ fields }))).toBe('409 FileAlreadyExists');
});

test('x-oss-object-acl', async () => {
  await post({ fields: signed(['key', 'k'], ['x-oss-object-acl', 'public-read']) });
  expect((await bench.client.send({ key: 'k', keys: null })).text).toBe('content');
  const bad = await post({ fields: signed(['key', 'k'], ['x-oss-object-acl', 'mine']) });
  expect(errorOf(bad)).toBe('400 InvalidArgument');
});

test('x-oss-traffic-limit slows a form down', async () => {
  const limit: FormField = ['x-oss-traffic-limit', '819200'];
  const start = performance.now();
  const files = [{ content: bytes(40_000) }];
  expect((await post({ fields: signed(['key', 'k'], limit), files })).status).toBe(204);
  expect(performance.now() - start).toBeGreaterThan(200);
  const bad: FormField = ['x-oss-traffic-limit', '1'];
  expect(errorOf(await post({ fields: signed(['key', 'k'], bad) }))).toBe('400 InvalidArgument');
});

test('a form cannot set tags', async () => {
  const reply = await post({ fields: signed(['key', 'k'], ['x-oss-tagging', 'a=b']) });
  expect(errorOf(reply)).toBe('400 InvalidArgument');
  expect(element(reply.text, 'ArgumentName')).toBe('x-oss-tagging');
});

test.each([
  ['private', 403],
  ['public-read', 403],
  ['public-read-write', 204],
] as const)('a form without a signature, bucket %s', async (acl, status) => {
  bench.emulator.setAcl(acl);
  expect((await post({ fields: [['key', 'k']] })).status).toBe(status);
});

test.each([signFormV1, signFormV4])('temporary keys need their token', async (sign) => {
  const keys = bench.emulator.issueCredentials();
  const { securityToken: _token, ...bare } = keys;
  const key: FormField = ['key', 'k'];
  expect((await post({ fields: [key, ...sign(ANY, keys)] })).status).toBe(204);
  expect(errorOf(await post({ fields: [key, ...sign(ANY, bare)] }))).toBe('403 InvalidAccessKeyId');
  bench.emulator.expireCredentials();
  expect(errorOf(await post({ fields: [key, ...sign(ANY, keys)] }))).toBe(
    '403 SecurityTokenExpired',
  );
});

test('an Authorization header means nothing', async () => {
  const reply = await post({
    fields: signed(['key', 'k']),
    headers: { authorization: 'OSS nobody:nothing' },
  });
  expect(reply.status).toBe(204);
});

test('an object of some MiB, and a client that leaves', async () => {
  const content = bytes(5_000_000, 3);
  await post({ fields: signed(['key', 'k']), files: [{ content }] });
  expect(await bench.emulator.sha256('partway-demo', 'k')).toBe(
    createHash('sha256').update(content).digest('hex'),
  );
  const outgoing = bench.client.open({
    method: 'POST',
    keys: null,
    headers: { 'content-type': FORM_TYPE, 'content-length': '1000000' },
  });
  const failed = new Promise<Error>((resolve) => outgoing.on('error', resolve));
  outgoing.write(formBody(signed(['key', 'half'])).subarray(0, -10));
  await until(() => (bench.emulator.log[1]?.bodyBytes ?? 0) > 0);
  outgoing.destroy(new Error('hang up'));
  expect(String(await failed)).toMatch(DEAD);
  await until(() => bench.emulator.log[1]?.outcome === 'client-left');
  expect(stored()).toEqual([['k', 5_000_000]]);
});

interface Vector {
  id: string;
  accessKeyId: string;
  accessKeySecret: string;
  policyJson: string;
}

const { postV1 } = readFixture('post-policy.json') as {
  postV1: (Vector & { expect: Record<string, string> })[];
};

test.each(postV1)('vector $id', async ({ id, accessKeyId, accessKeySecret, ...vector }) => {
  let now = Date.parse('2017-06-01T00:00:00Z');
  const { client } = await startEmulator({
    buckets: ['demo-bucket'],
    accessKeyId,
    accessKeySecret,
    now: () => now,
  });
  const send = (signature?: string) =>
    client.send({
      method: 'POST',
      bucket: 'demo-bucket',
      keys: null,
      headers: { 'content-type': FORM_TYPE },
      body: formBody([
        ['key', 'user/eric/a'],
        ['success_action_status', '200'],
        ...Object.entries({ ...vector.expect, ...(signature && { Signature: signature }) }),
      ]),
    });
  expect([id, (await send()).status]).toEqual([id, 200]);
  expect(errorOf(await send('AAAAAAAAAAAAAAAAAAAAAAAAAAA='))).toBe('403 AccessDenied');
  now = Date.parse('2031-01-01T00:00:00Z');
  expect(element((await send()).text, 'Message')).toContain('Policy expired');
});
