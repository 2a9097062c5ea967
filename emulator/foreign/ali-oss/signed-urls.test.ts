import { describe, expect, test } from 'vitest';
import { useEmulator } from '../../testing/harness.ts';
import { type AliOssOptions, BUCKET, createAliOss, SIGNATURES, type Signature } from './client.ts';

const bench = useEmulator();

const KEY = 'films/ü b+c.mp4';

const EXPIRES = 60;

/** A URL signed by ali-oss, which has one function for each version. */
function signUrl(
  signature: Signature,
  method: 'GET' | 'PUT',
  { type = '', ...options }: { type?: string } & AliOssOptions = {},
): Promise<string> {
  const client = createAliOss(bench.emulator, signature, options);
  if (signature === 'V1') {
    const contentType = type === '' ? {} : { 'Content-Type': type };
    return client.asyncSignatureUrl(KEY, { method, expires: EXPIRES, ...contentType });
  }
  const headers = type === '' ? {} : { 'Content-Type': type };
  return client.signatureUrlV4(method, EXPIRES, { headers }, KEY);
}

describe.each(SIGNATURES)('a URL signed by %s', (signature) => {
  test.each(['path', 'custom domain'] as const)(
    'put and get, addressed by %s',
    async (addressing) => {
      const type = 'video/mp4';
      const put = await fetch(await signUrl(signature, 'PUT', { type, addressing }), {
        method: 'PUT',
        body: 'content',
        headers: { 'Content-Type': type },
      });
      expect(put.status).toBe(200);
      const got = await fetch(await signUrl(signature, 'GET', { addressing }));
      expect(await got.text()).toBe('content');
      expect(got.headers.get('content-type')).toBe(type);
    },
  );

  test('another type than the one that was signed', async () => {
    const url = await signUrl(signature, 'PUT', { type: 'video/mp4' });
    const headers = { 'Content-Type': 'text/html' };
    const put = await fetch(url, { method: 'PUT', body: 'content', headers });
    expect(put.status).toBe(403);
    expect(await put.text()).toContain('<Code>SignatureDoesNotMatch</Code>');
  });

  test('one that has expired', async () => {
    const url = await signUrl(signature, 'GET');
    bench.emulator.setClockOffset((EXPIRES + 1) * 1000);
    const got = await fetch(url);
    expect(got.status).toBe(403);
    expect(await got.text()).toContain('Request has expired');
  });

  test('one by temporary credentials', async () => {
    const { securityToken: stsToken, ...keys } = bench.emulator.issueCredentials();
    const refreshed = { ...keys, stsToken };
    const options = { ...refreshed, refreshSTSToken: () => Promise.resolve(refreshed) };
    const put = await fetch(await signUrl(signature, 'PUT', options), { method: 'PUT' });
    expect(put.status).toBe(200);
  });
});

test('a URL that overrides headers of the answer, signed by V1', async () => {
  const client = createAliOss(bench.emulator, 'V1');
  await client.put(KEY, Buffer.from('content'));
  const response = { 'content-disposition': 'attachment; filename="a b.mp4"' };
  const got = await fetch(client.signatureUrl(KEY, { response }));
  expect(got.headers.get('content-disposition')).toBe(response['content-disposition']);
});

test('a URL with additional headers, signed by V4', async () => {
  const client = createAliOss(bench.emulator, 'V4');
  const request = { headers: { Range: 'bytes=0-2' } };
  await client.put(KEY, Buffer.from('content'));
  const url = await client.signatureUrlV4('GET', 60, request, KEY, ['range']);
  const got = await fetch(url, request);
  expect(got.status).toBe(206);
  expect(await got.text()).toBe('con');
  const other = await fetch(url, { headers: { Range: 'bytes=0-3' } });
  expect(other.status).toBe(403);
});

test('a URL that nobody signed, for an object that everybody may read', async () => {
  const client = createAliOss(bench.emulator, 'V4');
  await client.put(KEY, Buffer.from('content'));
  const url = client.generateObjectUrl(KEY, `${bench.emulator.origin}/${BUCKET}/`);
  expect((await fetch(url)).status).toBe(403);
  await client.putACL(KEY, 'public-read');
  expect(await (await fetch(url)).text()).toBe('content');
});
