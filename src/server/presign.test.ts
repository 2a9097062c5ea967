import { describe, expect, test } from 'vitest';
import { PERMANENT_KEYS } from '../../emulator/testing/client.ts';
import { useEmulator } from '../../emulator/testing/harness.ts';
import type { Credentials } from '../oss/credentials.ts';
import vectorsV1 from '../oss/fixtures/signature-v1.json' with { type: 'json' };
import type { Query } from '../oss/percent-encoding.ts';
import vectorsV4 from './fixtures/signature-v4-url.json' with { type: 'json' };
import { type PresignOptions, presign } from './presign.ts';
import { signQueryV1, signQueryV4 } from './signed-query.ts';

interface UrlVector {
  readonly id: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
  readonly region: string;
  readonly product: string;
  readonly signTime: string;
  readonly expires: number;
  readonly request: {
    readonly method: PresignOptions['method'];
    readonly bucket: string;
    readonly key: string;
    readonly query: Query;
    readonly headers: Readonly<Record<string, string>>;
  };
  readonly additionalHeaders: readonly string[];
  readonly expect: {
    readonly signedQuery: Query;
    readonly canonicalRequest: string;
    readonly stringToSign: string;
    readonly signature: string;
  };
}

// The JSON's own type is a union of literals per case; the shape is what matters here.
const casesV4 = vectorsV4.v4Query as unknown as readonly UrlVector[];
const casesV1 = vectorsV1.v1Query as unknown as readonly UrlVector[];

function byId<Vector extends { id: string }>(vectors: readonly Vector[]): [string, Vector][] {
  return vectors.map((vector) => [vector.id, vector]);
}

function epochOf(basicIso: string): number {
  return Date.parse(basicIso.replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z'));
}

function sorted(query: Query): string[] {
  return query.map(([name, value]) => `${name}=${value ?? ''}`).toSorted();
}

function queryOf(url: string): string[] {
  return sorted([...new URL(url).searchParams]);
}

const plain = Object.fromEntries as (query: Query) => Record<string, string>;

describe('signed addresses follow the published vectors', () => {
  test.each(byId(casesV4))('%s', async (_id, vector) => {
    const { request, additionalHeaders, region, product, expires } = vector;
    const now = epochOf(vector.signTime);
    const signed = await signQueryV4(
      { ...request, additionalHeaders },
      { credentials: vector, region, product, now, expiresIn: expires },
    );
    const { query, ...texts } = signed;
    expect({ ...texts, signedQuery: sorted(query) }).toEqual({
      ...vector.expect,
      signedQuery: sorted(vector.expect.signedQuery),
    });
  });

  test.each(byId(casesV1))('%s', async (_id, vector) => {
    const { request, expires } = vector;
    const { query, ...texts } = await signQueryV1(request, { credentials: vector, expires });
    expect({ ...texts, signedQuery: sorted(query) }).toEqual({
      ...vector.expect,
      signedQuery: sorted(vector.expect.signedQuery),
    });
  });

  // `presign` is for OSS itself; cloud boxes are a product of their own.
  const cases = casesV4.filter(
    ({ product, request }) => product === 'oss' && !('host' in request.headers),
  );
  test.each(byId(cases))('presign, %s', async (_id, vector) => {
    const { request, additionalHeaders, region, expires } = vector;
    const { url } = await presign({
      ...request,
      query: plain(request.query.map(([name, value]) => [name, value ?? ''])),
      region,
      additionalHeaders,
      expiresIn: expires,
      credentials: vector,
      now: () => epochOf(vector.signTime),
    });
    expect(new URL(url).host).toBe(`${request.bucket}.oss-${region}.aliyuncs.com`);
    expect(queryOf(url)).toEqual(sorted(vector.expect.signedQuery));
  });

  test('presign, with the host signed', async () => {
    const [vector] = casesV4.filter(({ id }) => id === 'v4q-elixir-host');
    if (vector === undefined) throw new Error('no vector signs the host');
    const { host: _host, ...headers } = vector.request.headers;
    const { url, headers: sent } = await presign({
      ...vector.request,
      query: {},
      headers,
      region: vector.region,
      additionalHeaders: ['host'],
      expiresIn: vector.expires,
      credentials: vector,
      now: () => epochOf(vector.signTime),
    });
    expect(queryOf(url)).toEqual(sorted(vector.expect.signedQuery));
    expect(sent).toEqual(headers);
  });

  test.each(byId(casesV1))('presign, %s', async (_id, vector) => {
    const { request, expires } = vector;
    const { url, expiresAt } = await presign({
      ...request,
      bucket: request.bucket,
      query: plain(request.query),
      region: 'cn-hangzhou',
      expiresIn: 60,
      credentials: vector,
      version: 1,
      now: () => (expires - 60) * 1000 + 1,
    });
    expect(queryOf(url)).toEqual(sorted(vector.expect.signedQuery));
    expect(expiresAt).toBe(expires * 1000);
  });
});

const BUCKET = 'partway-demo';
const KEY = "films/ü b+c (1)'!*~.mp4";
const bench = useEmulator();

function options(version: 4 | 1): PresignOptions {
  return {
    method: 'PUT',
    bucket: BUCKET,
    region: 'cn-hangzhou',
    endpoint: bench.emulator.origin,
    key: KEY,
    expiresIn: 60,
    credentials: PERMANENT_KEYS,
    version,
  };
}

/** Puts bytes: unlike a text, they bring no Content-Type of their own. */
function put(url: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: 'PUT', body: new TextEncoder().encode(body), headers });
}

async function codeOf(response: Response): Promise<string> {
  const text = await response.text();
  return `${response.status} ${/<Code>(.*)<\/Code>/.exec(text)?.[1] ?? text}`;
}

describe.each([4, 1] as const)('an address signed by V%i', (version) => {
  test('puts and gets an object', async () => {
    const headers = { 'Content-Type': 'video/mp4', 'x-oss-meta-user': ' 7 ' };
    const signed = await presign({ ...options(version), headers });
    expect(signed.headers).toEqual({ 'content-type': 'video/mp4', 'x-oss-meta-user': '7' });
    const stored = await put(signed.url, 'content', signed.headers);
    expect(stored.status).toBe(200);
    const query = { 'response-content-disposition': 'attachment; filename="a b.mp4"' };
    const { url } = await presign({ ...options(version), method: 'GET', query });
    const got = await fetch(url);
    expect(await got.text()).toBe('content');
    expect(got.headers.get('x-oss-meta-user')).toBe('7');
    expect(got.headers.get('content-disposition')).toBe(query['response-content-disposition']);
  });

  test('serves a multipart upload', async () => {
    const query = { uploads: '', 'encoding-type': 'url' };
    const begin = await presign({ ...options(version), method: 'POST', query });
    const opened = await (await fetch(begin.url, { method: 'POST' })).text();
    const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(opened)?.[1] ?? '';
    const part = await presign({ ...options(version), query: { partNumber: '1', uploadId } });
    expect((await put(part.url, 'part')).status).toBe(200);
    expect(bench.emulator.uploads()).toMatchObject([{ key: KEY, parts: [{ size: 4 }] }]);
  });

  test('ends when it says', async () => {
    const now = (): number => 1_700_000_000_999;
    const { url, expiresAt } = await presign({ ...options(version), now });
    const { searchParams } = new URL(url);
    const end = searchParams.get('Expires') ?? Number(searchParams.get('x-oss-expires')) + 17e8;
    expect(expiresAt).toBe(Number(end) * 1000);
  });

  test('by credentials that a function gives', async () => {
    const credentials = async () => bench.emulator.issueCredentials({ durationSeconds: 900 });
    const signed = await presign({ ...options(version), credentials });
    expect((await put(signed.url, 'x')).status).toBe(200);
    const none = async () => ({ accessKeyId: 'id' }) as Credentials;
    const failing = presign({ ...options(version), credentials: none });
    await expect(failing).rejects.toThrow('`credentials.accessKeySecret`');
  });

  test('by temporary keys, which bring their token and end with them', async () => {
    const credentials = bench.emulator.issueCredentials({ durationSeconds: 900 });
    const expiration = new Date(Date.now() + 30_000).toISOString();
    const signed = await presign({
      ...options(version),
      credentials: { ...credentials, expiration },
    });
    expect(new URL(signed.url).searchParams.has('security-token')).toBe(version === 1);
    expect(signed.expiresAt).toBe(Date.parse(expiration));
    expect((await put(signed.url, 'x')).status).toBe(200);
  });

  test('is refused when it has ended', async () => {
    const { url } = await presign(options(version));
    bench.emulator.setClockOffset(61_000);
    expect(await codeOf(await put(url, 'x'))).toBe('403 AccessDenied');
  });

  test('is refused for another key, method, header or type', async () => {
    const headers = { 'content-type': 'video/mp4' };
    const { url } = await presign({ ...options(version), headers });
    const elsewhere = url.replace('/films/', '/songs/');
    const attempts = [
      put(elsewhere, 'x', headers),
      fetch(url, { method: 'DELETE', headers }),
      put(url, 'x', { 'content-type': 'text/html' }),
      put(url, 'x', { ...headers, 'x-oss-object-acl': 'public-read' }),
    ];
    for (const attempt of await Promise.all(attempts))
      expect(await codeOf(attempt)).toBe('403 SignatureDoesNotMatch');
    expect(bench.emulator.objects()).toEqual([]);
  });
});

test('a signed length is the only one that can be sent', async () => {
  const signed = await presign({
    ...options(4),
    headers: { 'content-length': '4' },
    additionalHeaders: ['Content-Length'],
  });
  expect(signed.headers).toEqual({});
  expect(await codeOf(await put(signed.url, '12345'))).toBe('403 SignatureDoesNotMatch');
  expect((await put(signed.url, '1234')).status).toBe(200);
});

test('V1 needs no region where there is an endpoint', async () => {
  const { region: _region, ...others } = options(1);
  const { url } = await presign(others);
  expect((await put(url, 'x')).status).toBe(200);
  await expect(presign({ ...others, version: 4 })).rejects.toThrow('`region`');
});

test.each<[string, Readonly<Record<string, unknown>>, string]>([
  ['method', { method: 'PATCH' }, '`method`'],
  ['version', { version: 2 }, '`version`'],
  ['bucket', { bucket: 'No' }, '`bucket`'],
  ['region', { region: 'HZ' }, '`region`'],
  ['key', { key: 'a/../b' }, '`key`'],
  ['a fraction of a second', { expiresIn: 1.5 }, '`expiresIn`'],
  ['no time', { expiresIn: 0 }, '`expiresIn`'],
  ['more than seven days', { expiresIn: 604_801 }, '`expiresIn`'],
  ['no credentials', { credentials: undefined }, '`credentials.accessKeyId`'],
  [
    'no secret',
    { credentials: { accessKeyId: 'a', accessKeySecret: '' } },
    '`credentials.accessKeySecret`',
  ],
  [
    'no token',
    { credentials: { ...PERMANENT_KEYS, securityToken: null } },
    '`credentials.securityToken`',
  ],
  [
    'no date',
    { credentials: { ...PERMANENT_KEYS, expiration: 'soon' } },
    '`credentials.expiration`',
  ],
  [
    'credentials that have ended',
    { credentials: { ...PERMANENT_KEYS, expiration: '2020-01-01T00:00:00Z' } },
    '`expiration` is past',
  ],
  ['a query that is none', { query: 'uploads' }, '`query`'],
  ['a query of other things', { query: { uploads: null } }, '`query["uploads"]`'],
  ['a query of the signature', { query: { 'x-oss-expires': '1' } }, '`query`'],
  ['a query of the signature by V1', { query: { Signature: 'x' } }, '`query`'],
  [
    'half a character',
    { query: { 'x-oss-process': '\ud800' } },
    '`query["x-oss-process"]` to be well',
  ],
  ['a callback that is no base64', { query: { callback: '{}' } }, '`query.callback`'],
  ['a callback of 6 KB', { headers: { 'x-oss-callback': 'a'.repeat(6000) } }, 'at most 5120'],
  [
    'callbacks in both places',
    { query: { callback: 'e30=' }, headers: { 'x-oss-callback': 'e30=' } },
    'got both',
  ],
  ['headers that are none', { headers: [] }, '`headers`'],
  ['a header of the signature', { headers: { 'X-OSS-Date': 'now' } }, '`headers`'],
  ['a header twice', { headers: { 'X-A': '1', 'x-a': '2' } }, '`headers`'],
  ['a header with a line break', { headers: { 'x-oss-meta-a': 'a\r\nb' } }, 'line breaks'],
  ['a header beyond ASCII', { headers: { 'x-oss-meta-a': 'é' } }, 'ASCII'],
  ['an additional header that is not there', { additionalHeaders: ['range'] }, 'additionalHeaders'],
  ['an additional header that is none', { additionalHeaders: [7] }, '`additionalHeaders`'],
  ['a question mark in a key by V1', { key: 'a?acl', version: 1 }, '`key`'],
  [
    'two of a query in one by V1',
    { query: { 'x-oss-a': '1&acl' }, version: 1 },
    'query["x-oss-a"]',
  ],
  ['a key in a query by V1', { query: { versionId: 'a?acl' }, version: 1 }, 'query["versionId"]'],
  ['a name of two by V1', { query: { 'x-oss-a&acl': '' }, version: 1 }, 'query["x-oss-a&acl"]'],
  ['additional headers by V1', { additionalHeaders: ['host'], version: 1 }, 'additionalHeaders'],
])('refused at the door: %s', async (_what, wrong, message) => {
  await expect(presign({ ...options(4), ...wrong })).rejects.toThrow(message);
});
