import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BUCKET, createAliOss, type Signature } from '../../emulator/foreign/ali-oss/client.ts';
import { bytes, PERMANENT_KEYS } from '../../emulator/testing/client.ts';
import { useEmulator } from '../../emulator/testing/harness.ts';
import { resolveEndpoint } from '../oss/endpoint.ts';
import { readSigned } from '../oss/signed-request.ts';
import type { RequestToSign } from '../oss/signing-request.ts';
import { createSigner } from './create-signer.ts';
import { createPostPolicy } from './post-policy.ts';
import { presign } from './presign.ts';

const bench = useEmulator();
const KEY = 'films/ü b+c.mp4';
const HEADERS = { 'Content-Type': 'video/mp4' };
const VERSIONS = [
  [4, 'V4'],
  [1, 'V1'],
] as const;

// Both sides sign at one moment, so that what they sign can be compared.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Math.floor(Date.now() / 1000) * 1000 });
});
afterEach(() => {
  vi.useRealTimers();
});

/** ali-oss names a host where numbers will do, for it signs no addresses of numbers. */
function place(): { bucket: string; region: string; endpoint: string; addressing: 'path' } {
  const endpoint = bench.emulator.origin.replace('127.0.0.1', 'localhost');
  return { bucket: BUCKET, region: 'cn-hangzhou', endpoint, addressing: 'path' };
}

function theirAddress(signature: Signature, key: string = KEY): Promise<string> {
  const client = createAliOss(bench.emulator, signature);
  if (signature === 'V4') return client.signatureUrlV4('PUT', 60, { headers: HEADERS }, key);
  return client.asyncSignatureUrl(key, { method: 'PUT', expires: 60, ...HEADERS });
}

function partsOf(url: string): unknown {
  const { origin, pathname, searchParams } = new URL(url);
  return { origin, pathname, query: Object.fromEntries(searchParams) };
}

test.each(VERSIONS)('addresses by V%i are those of ali-oss', async (version, signature) => {
  const ours = await presign({
    ...place(),
    method: 'PUT',
    key: KEY,
    headers: HEADERS,
    expiresIn: 60,
    credentials: PERMANENT_KEYS,
    version,
  });
  const theirs = await theirAddress(signature);
  expect(partsOf(ours.url)).toEqual(partsOf(theirs));
  const put = (url: string, body: string): Promise<Response> =>
    fetch(url, { method: 'PUT', body, headers: ours.headers });
  expect((await put(ours.url, 'ours')).status).toBe(200);
  const { content } = await createAliOss(bench.emulator, signature).get(KEY);
  expect(String(content)).toBe('ours');
  expect((await put(theirs, 'theirs')).status).toBe(200);
});

test.each(VERSIONS)('forms by V%i are signed as by ali-oss', async (version, signature) => {
  const { url, fields } = await createPostPolicy({
    ...place(),
    key: { startsWith: 'films/' },
    size: { min: 1, max: 10 },
    expiresIn: 60,
    credentials: PERMANENT_KEYS,
    version,
  });
  const client = createAliOss(bench.emulator, signature);
  const policy = JSON.parse(Buffer.from(fields['policy'] ?? '', 'base64').toString()) as object;
  const theirs =
    version === 1
      ? client.calculatePostSignature(policy)
      : { 'x-oss-signature': client.signPostObjectPolicyV4(policy, new Date()) };
  expect(fields).toMatchObject(theirs);
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...fields, key: 'films/a' }))
    form.append(name, value);
  form.append('file', new Blob(['content']));
  expect((await fetch(url, { method: 'POST', body: form })).status).toBe(204);
  expect(String((await client.get('films/a')).content)).toBe('content');
});

test.each(VERSIONS)(
  'one upload, its requests by V%i signed in turn',
  async (version, signature) => {
    const client = createAliOss(bench.emulator, signature);
    const signer = createSigner({
      ...place(),
      credentials: PERMANENT_KEYS,
      allow: () => true,
      version,
      as: 'url',
    });
    const parts = [bytes(102_400, 1), bytes(102_400, 2), bytes(9, 3)].map(
      (part) => new Uint8Array(part),
    );
    const fileSize = 204_809;
    const base = { bucket: BUCKET, key: KEY, headers: {}, size: 0, fileSize, expiresIn: 60 };
    const send = async (request: Partial<RequestToSign>, body?: BodyInit): Promise<Response> => {
      const { url = '' } = await signer.sign({ ...base, method: 'PUT', query: {}, ...request });
      const { method = 'PUT' } = request;
      return fetch(url, { method, ...(body === undefined ? {} : { body }) });
    };
    const opened = await (await send({ method: 'POST', query: { uploads: '' } })).text();
    const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(opened)?.[1] ?? '';

    const done: { number: number; etag: string }[] = [];
    for (const [index, part] of parts.entries()) {
      const number = index + 1;
      if (number === 2) {
        const file = Buffer.from(part);
        const { etag } = await client.uploadPart(KEY, uploadId, number, file, 0, part.length);
        done.push({ number, etag });
        continue;
      }
      const query = { uploadId, partNumber: String(number) };
      const { headers } = await send({ query, size: part.length }, new Blob([part]));
      done.push({ number, etag: headers.get('etag') ?? '' });
    }
    await client.completeMultipartUpload(KEY, uploadId, done);
    const head = await send({ method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String(fileSize));
    const { content } = await client.get(KEY);
    expect(Buffer.concat(parts).equals(content as Buffer)).toBe(true);
  },
);

// They leave other characters of a key as they are than we do.
test.each(VERSIONS)('addresses by V%i that ali-oss signs are taken', async (_v, signature) => {
  const key = "films/IMG (1)!*'~.mp4";
  const url = await theirAddress(signature, key);
  const request = {
    method: 'PUT',
    key,
    query: [],
    headers: HEADERS,
    size: 1,
    fileSize: 1,
  } as const;
  const endpoint = resolveEndpoint(place(), undefined);
  expect(readSigned({ url }, request, endpoint)).toEqual({ url, headers: HEADERS });
  expect((await fetch(url, { method: 'PUT', body: 'x', headers: HEADERS })).status).toBe(200);
  expect(bench.emulator.objects().map((object) => object.key)).toEqual([key]);
});
