import { expect, test } from 'vitest';
import { bytes, element, md5Hex } from '../testing/client.ts';
import { errorOf, useEmulator } from '../testing/harness.ts';

const bench = useEmulator();

function put(headers: Record<string, string>, method = 'PUT') {
  return bench.client.send({ method, key: 'k', body: 'x', headers });
}

test.each([
  ['a name with an underscore', { 'x-oss-meta-a_b': '1' }, '400 InvalidArgument'],
  ['a name without letters', { 'x-oss-meta-': '1' }, '400 InvalidArgument'],
  ['8 KB and a byte', { 'x-oss-meta-a': 'x'.repeat(8192) }, '400 InvalidArgument'],
  [
    '8 KB and a byte in two',
    { 'x-oss-meta-a': 'x'.repeat(4096), 'x-oss-meta-b': 'x'.repeat(4095) },
    '400 InvalidArgument',
  ],
  ['a storage class that is none', { 'x-oss-storage-class': 'Cold' }, '400 InvalidArgument'],
  [
    'an algorithm that is none',
    { 'x-oss-server-side-encryption': 'DES' },
    '400 InvalidEncryptionAlgorithmError',
  ],
  [
    'a key service that is not on',
    { 'x-oss-server-side-encryption': 'KMS' },
    '403 KmsServiceNotEnabled',
  ],
  ['an ACL that is none', { 'x-oss-object-acl': 'public' }, '400 InvalidArgument'],
  ['a tag twice', { 'x-oss-tagging': 'a=1&a=2' }, '400 InvalidArgument'],
  ['a tag that is not encoded', { 'x-oss-tagging': 'a=%' }, '400 InvalidArgument'],
  ['a tag without key', { 'x-oss-tagging': '=1' }, '400 InvalidTag'],
  ['a tag with a sign', { 'x-oss-tagging': 'a%21=1' }, '400 InvalidTag'],
  ['a long tag', { 'x-oss-tagging': 'x'.repeat(129) }, '400 InvalidTag'],
  ['a long value', { 'x-oss-tagging': `a=${'x'.repeat(257)}` }, '400 InvalidTag'],
  ['eleven tags', { 'x-oss-tagging': 'abcdefghijk'.split('').join('&') }, '400 InvalidTag'],
])('what PutObject and Initiate refuse: %s', async (_, given, error) => {
  const headers = given as unknown as Record<string, string>;
  expect(errorOf(await put(headers))).toBe(error);
  if ('x-oss-object-acl' in headers) return;
  const initiated = await bench.client.send({
    method: 'POST',
    key: 'k',
    query: { uploads: null },
    headers,
  });
  expect(errorOf(initiated)).toBe(error);
  expect([bench.emulator.objects(), bench.emulator.uploads()]).toEqual([[], []]);
});

test('what is just legal', async () => {
  const tags = 'abcdefghij'.split('').map((letter) => `${letter}=%C3%BC+-%3D._%3A%2F`);
  const headers = {
    'x-oss-meta-a': 'x'.repeat(8191),
    'x-oss-storage-class': 'IA',
    'x-oss-server-side-encryption': 'AES256',
    'x-oss-object-acl': 'public-read',
    'x-oss-tagging': tags.join('&'),
  };
  const stored = await put(headers);
  expect([stored.status, stored.headers['x-oss-server-side-encryption']]).toEqual([200, 'AES256']);
  const got = await bench.client.send({ key: 'k', keys: null });
  expect(got.headers).toMatchObject({
    'x-oss-storage-class': 'IA',
    'x-oss-server-side-encryption': 'AES256',
    'x-oss-tagging-count': '10',
  });
  const tagging = await bench.client.send({ key: 'k', query: { tagging: null } });
  expect(tagging.text.match(/<Value>ü -=\._:\/<\/Value>/g)).toHaveLength(10);
});

test('multipart uploads carry encryption and tags from their beginning', async () => {
  const headers = { 'x-oss-server-side-encryption': 'SM4', 'x-oss-tagging': 'a=1' };
  const call = { method: 'POST', key: 'k', query: { uploads: null }, headers };
  const initiated = await bench.client.send(call);
  const uploadId = element(initiated.text, 'UploadId');
  const part = await bench.client.uploadPart('k', uploadId, 1, bytes(3));
  const completed = await bench.client.complete('k', uploadId, [[1, md5Hex(bytes(3))]]);
  for (const reply of [initiated, part, completed])
    expect(reply.headers['x-oss-server-side-encryption']).toBe('SM4');
  expect((await bench.client.send({ key: 'k' })).headers['x-oss-tagging-count']).toBe('1');
});

test('encryption is not a matter of parts', async () => {
  const uploadId = await bench.client.initiate('k');
  const headers = { 'x-oss-server-side-encryption': 'AES256' };
  const reply = await bench.client.uploadPart('k', uploadId, 1, bytes(3), { headers });
  expect(errorOf(reply)).toBe('400 InvalidArgument');
  expect(element(reply.text, 'ArgumentName')).toBe('x-oss-server-side-encryption');
});

test('object ACLs are read and changed, and outlive a change of tags', async () => {
  const query = { acl: null };
  const change = (acl?: string) =>
    bench.client.send({
      method: 'PUT',
      key: 'k',
      query,
      headers: acl === undefined ? {} : { 'x-oss-object-acl': acl },
    });
  const grant = async () => element((await bench.client.send({ key: 'k', query })).text, 'Grant');
  expect(errorOf(await change('private'))).toBe('404 NoSuchKey');
  await put({});
  expect(await grant()).toBe('default');
  for (const acl of ['public-read', 'private', 'public-read-write', 'default']) {
    expect((await change(acl)).status).toBe(200);
    expect(await grant()).toBe(acl);
    const anonymous = await bench.client.send({ key: 'k', keys: null });
    expect(anonymous.status).toBe(acl.startsWith('public') ? 200 : 403);
  }
  await change('public-read');
  await bench.client.send({ method: 'DELETE', key: 'k', query: { tagging: null } });
  expect(await grant()).toBe('public-read');
  await put({});
  expect(await grant()).toBe('default');
  expect(errorOf(await change('x'))).toBe('400 InvalidArgument');
  expect(errorOf(await change())).toBe('400 MissingArgument');
});

test('tags are put, read and deleted; bytes and times stay', async () => {
  const query = { tagging: null };
  const tag = (key: string, value: string) => `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`;
  const change = (tags: string) =>
    bench.client.send({
      method: 'PUT',
      key: 'k',
      query,
      body: `<Tagging><TagSet>${tags}</TagSet></Tagging>`,
    });
  expect(errorOf(await change(tag('a', '1')))).toBe('404 NoSuchKey');
  await put({});
  const before = bench.emulator.objects();
  expect((await change(tag('a', '1') + tag(' b ', ''))).status).toBe(200);
  const got = await bench.client.send({ key: 'k', query });
  expect(got.text.replaceAll(/>\s+</g, '><')).toContain(
    `<Tagging><TagSet>${tag('a', '1')}${tag(' b ', '')}</TagSet></Tagging>`,
  );
  expect(bench.emulator.objects()).toEqual(before);
  expect(errorOf(await change(tag('a', '1') + tag('a', '2')))).toBe('400 InvalidTag');
  expect(errorOf(await change(tag('a', '!')))).toBe('400 InvalidTag');
  expect(errorOf(await change('<Tag><Value>1</Value></Tag>'))).toBe('400 MalformedXML');
  expect((await bench.client.send({ method: 'DELETE', key: 'k', query })).status).toBe(204);
  expect((await bench.client.send({ key: 'k', query })).text).not.toContain('<Tag>');
  expect((await bench.client.send({ key: 'k' })).text).toBe('x');
});
