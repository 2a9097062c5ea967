import { describe, expect, test } from 'vitest';
import type { RequestToSign } from '../oss/signing-request.ts';
import { createSigner, type SignerOptions } from './create-signer.ts';

const OPTIONS: SignerOptions = {
  bucket: ['videos', 'pictures'],
  region: 'cn-hangzhou',
  credentials: { accessKeyId: 'id', accessKeySecret: 'secret' },
  allow: () => true,
};

const PUT: RequestToSign = {
  method: 'PUT',
  bucket: 'videos',
  key: 'alice/a.mp4',
  query: {},
  headers: {},
  size: 10,
  fileSize: 10,
  expiresIn: 60,
};
const PART = { query: { partNumber: '1', uploadId: 'U' } };
const LIST = { method: 'GET', size: 0 };

interface Told {
  readonly code: string;
  readonly message: string;
  readonly index?: number;
}

function post(body: BodyInit | null, init: RequestInit = {}): Request {
  const headers = { 'Content-Type': 'application/json' };
  return new Request('https://app.test/sign', { method: 'POST', headers, body, ...init });
}

function asJson(...requests: unknown[]): string {
  return JSON.stringify({ requests });
}

async function refusal(
  http: Request,
  options: Partial<SignerOptions> = {},
): Promise<Told & { readonly status: number }> {
  const response = await createSigner({ ...OPTIONS, ...options }).handle(http);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.get('content-type')).toContain('application/json');
  const { error } = (await response.json()) as { error: Told };
  return { status: response.status, ...error };
}

describe('calls that are refused', () => {
  const good = asJson(PUT);
  test.each<[string, number, string, Request]>([
    ['GET', 405, 'MethodNotAllowed', new Request('https://app.test/sign')],
    ['PUT', 405, 'MethodNotAllowed', post(good, { method: 'PUT' })],
    ['no type', 415, 'UnsupportedMediaType', post(new TextEncoder().encode(good), { headers: {} })],
    [
      'text',
      415,
      'UnsupportedMediaType',
      post(good, { headers: { 'content-type': 'text/plain' } }),
    ],
    ['too long', 413, 'BodyTooLarge', post(`${good}${' '.repeat(1024 ** 2)}`)],
    ['no JSON', 400, 'MalformedJson', post(good.slice(1))],
    ['no UTF-8', 400, 'MalformedJson', post(new Uint8Array([34, 255, 34]))],
    ['no body', 400, 'MalformedJson', post(null)],
    ['a list', 400, 'InvalidRequest', post(`[${good}]`)],
    ['no requests', 400, 'InvalidRequest', post('{}')],
    ['no request', 400, 'InvalidRequest', post(asJson())],
    [
      '101 requests',
      400,
      'TooManyInOneCall',
      post(asJson(...Array.from({ length: 101 }, () => PUT))),
    ],
  ])('%s', async (_what, status, code, http) => {
    const told = await refusal(http);
    expect(told).toMatchObject({ status, code });
    expect(told).not.toHaveProperty('index');
  });

  test('a body whose length nobody told', async () => {
    const chunk = new TextEncoder().encode(' '.repeat(1000));
    const body = new ReadableStream({ pull: (controller) => controller.enqueue(chunk) });
    // Streams want it, and the types do not know it yet.
    const init = { duplex: 'half' } as RequestInit;
    expect(await refusal(post(body, init))).toMatchObject({ code: 'BodyTooLarge' });
  });

  test('a body that breaks off', async () => {
    const body = new ReadableStream({
      start: (controller) => controller.error(new Error('reset')),
    });
    const told = await refusal(post(body, { duplex: 'half' } as RequestInit));
    expect(told).toEqual({ status: 400, code: 'BodyCutOff', message: 'The body broke off.' });
    const taken = post(asJson(PUT));
    await taken.text();
    await expect(createSigner(OPTIONS).handle(taken)).rejects.toThrow(TypeError);
  });

  test('which methods are taken', async () => {
    const response = await createSigner(OPTIONS).handle(new Request('https://app.test/sign'));
    expect(response.headers.get('allow')).toBe('POST');
  });
});

describe('requests that are refused', () => {
  test.each<[string, string, unknown]>([
    ['nothing', 'InvalidRequest', null],
    ['a list', 'InvalidRequest', []],
    ['no method', 'InvalidRequest', { ...PUT, method: undefined }],
    ['no bucket', 'InvalidRequest', { ...PUT, bucket: 7 }],
    ['no key', 'InvalidRequest', { ...PUT, key: null }],
    ['no query', 'InvalidRequest', { ...PUT, query: 'uploads' }],
    ['a query of other things', 'InvalidRequest', { ...PUT, query: { uploads: null } }],
    ['no headers', 'InvalidRequest', { ...PUT, headers: undefined }],
    ['headers of other things', 'InvalidRequest', { ...PUT, headers: { expires: 0 } }],
    ['no size', 'InvalidRequest', { ...PUT, size: '10' }],
    ['less than nothing', 'InvalidRequest', { ...PUT, size: -1 }],
    ['half a byte', 'InvalidRequest', { ...PUT, fileSize: 0.5 }],
    ['no time', 'InvalidRequest', { ...PUT, expiresIn: 0 }],
    ['another bucket', 'BucketNotAllowed', { ...PUT, bucket: 'secrets' }],
    ['an empty key', 'InvalidKey', { ...PUT, key: '' }],
    ['a key with dots', 'InvalidKey', { ...PUT, key: 'alice/../bob/a' }],
    ['a key with a slash', 'InvalidKey', { ...PUT, key: '/a' }],
    ['a key of 1024 bytes', 'InvalidKey', { ...PUT, key: 'ü'.repeat(512) }],
    ['half a character', 'InvalidKey', { ...PUT, key: 'a\ud800' }],
    ['GetObject', 'OperationNotAllowed', { ...PUT, ...LIST }],
    ['DeleteObject', 'OperationNotAllowed', { ...PUT, method: 'DELETE', size: 0 }],
    ['AppendObject', 'OperationNotAllowed', { ...PUT, method: 'POST', query: { append: '' } }],
    ['PutObjectACL', 'OperationNotAllowed', { ...PUT, query: { acl: '' } }],
    ['PutObjectTagging', 'OperationNotAllowed', { ...PUT, query: { tagging: '' } }],
    ['another method', 'OperationNotAllowed', { ...PUT, method: 'PATCH' }],
    ['half a part', 'OperationNotAllowed', { ...PUT, query: { partNumber: '1' } }],
    [
      'an own signature',
      'OperationNotAllowed',
      { ...PUT, query: { ...PART.query, 'x-oss-signature': 'x' } },
    ],
    [
      'a callback in the query',
      'OperationNotAllowed',
      { ...PUT, method: 'POST', query: { uploadId: 'U', callback: 'e30=' } },
    ],
    ['uploads with a value', 'InvalidQuery', { ...PUT, method: 'POST', query: { uploads: '1' } }],
    ['part 0', 'InvalidQuery', { ...PUT, query: { ...PART.query, partNumber: '0' } }],
    ['part 10001', 'InvalidQuery', { ...PUT, query: { ...PART.query, partNumber: '10001' } }],
    ['part 1e3', 'InvalidQuery', { ...PUT, query: { ...PART.query, partNumber: '1e3' } }],
    ['no upload', 'InvalidQuery', { ...PUT, query: { ...PART.query, uploadId: '' } }],
    [
      '1001 parts',
      'InvalidQuery',
      { ...PUT, ...LIST, query: { uploadId: 'U', 'max-parts': '1001' } },
    ],
    [
      'another encoding',
      'InvalidQuery',
      { ...PUT, ...LIST, query: { uploadId: 'U', 'encoding-type': 'x' } },
    ],
    ['an ACL', 'HeaderNotAllowed', { ...PUT, headers: { 'x-oss-object-acl': 'public-read' } }],
    ['a callback', 'HeaderNotAllowed', { ...PUT, headers: { 'x-oss-callback': 'e30=' } }],
    ['a copy', 'HeaderNotAllowed', { ...PUT, headers: { 'x-oss-copy-source': '/videos/b' } }],
    ['a token', 'HeaderNotAllowed', { ...PUT, headers: { 'x-oss-security-token': 'x' } }],
    ['an own date', 'HeaderNotAllowed', { ...PUT, headers: { 'x-oss-date': 'x' } }],
    ['a length', 'HeaderNotAllowed', { ...PUT, headers: { 'content-length': '10' } }],
    [
      'metadata of a part',
      'HeaderNotAllowed',
      { ...PUT, ...PART, headers: { 'x-oss-meta-a': '1' } },
    ],
    [
      'headers of ListParts',
      'HeaderNotAllowed',
      { ...PUT, ...LIST, query: { uploadId: 'U' }, headers: { 'content-type': 'a/b' } },
    ],
    ['upper case', 'InvalidHeader', { ...PUT, headers: { 'Content-Type': 'a/b' } }],
    ['no name', 'InvalidHeader', { ...PUT, headers: { 'a b': 'c' } }],
    ['a line break', 'InvalidHeader', { ...PUT, headers: { 'content-type': 'a\r\nb: c' } }],
    ['more than ASCII', 'InvalidHeader', { ...PUT, headers: { 'x-oss-meta-a': 'é' } }],
    ['blanks around', 'InvalidHeader', { ...PUT, headers: { 'content-type': 'a/b ' } }],
    ['no MD5', 'InvalidHeader', { ...PUT, headers: { 'content-md5': 'x' } }],
    ['neither yes nor no', 'InvalidHeader', { ...PUT, headers: { 'x-oss-forbid-overwrite': '1' } }],
    ['a part of the file', 'InvalidSize', { ...PUT, fileSize: 11 }],
    ['Initiate with a body', 'InvalidSize', { ...PUT, method: 'POST', query: { uploads: '' } }],
    ['ListParts with a body', 'InvalidSize', { ...PUT, method: 'GET', query: { uploadId: 'U' } }],
    [
      'a list of parts of 3 MB',
      'InvalidSize',
      { ...PUT, method: 'POST', query: { uploadId: 'U' }, size: 3_000_000 },
    ],
    ['a part larger than its file', 'InvalidSize', { ...PUT, ...PART, size: 11 }],
    [
      'a part beyond the end',
      'InvalidSize',
      { ...PUT, query: { partNumber: '3', uploadId: 'U' }, fileSize: 204_809 },
    ],
    ['more than 48.8 TB', 'FileTooLarge', { ...PUT, fileSize: 6e13, size: 6e13 }],
    ['more than 5 GiB', 'PartTooLarge', { ...PUT, fileSize: 6e9, size: 6e9 }],
    ['a part of 6 GB', 'PartTooLarge', { ...PUT, ...PART, fileSize: 6e9, size: 6e9 }],
    ['16 minutes', 'ExpiresInTooLong', { ...PUT, expiresIn: 901 }],
  ])('%s', async (_what, code, request) => {
    const told = await refusal(post(asJson(PUT, request)));
    const status = /NotAllowed|TooLarge/.test(code) ? 403 : 400;
    expect(told).toEqual({ status, code, index: 1, message: expect.any(String) as unknown });
  });

  test('names that objects have anyway', async () => {
    const request = JSON.stringify(PUT).replace('"query":{}', '"query":{"__proto__":"1"}');
    const told = await refusal(post(`{"requests":[${request}]}`));
    expect(told).toMatchObject({ code: 'OperationNotAllowed' });
    const header = { ...PUT, headers: { constructor: 'x' } };
    expect(await refusal(post(asJson(header)))).toMatchObject({ code: 'HeaderNotAllowed' });
  });

  test.each<[string, string, SignerOptions['limits'], Partial<RequestToSign>]>([
    ['a file', 'FileTooLarge', { fileSize: 9 }, {}],
    ['a part', 'PartTooLarge', { partSize: 9 }, PART],
    ['the start of keys', 'KeyNotAllowed', { keyPrefix: 'bob/' }, {}],
    ['requests', 'TooManyInOneCall', { requestsPerCall: 1 }, {}],
    ['bytes', 'BodyTooLarge', { callSize: 100 }, {}],
  ])('limits of the app: %s', async (_what, code, limits, request) => {
    const http = post(asJson({ ...PUT, ...request }, { ...PUT, ...request }));
    expect(await refusal(http, { limits })).toMatchObject({ code });
  });

  test('addresses may hold for longer than headers', async () => {
    const signer = createSigner({ ...OPTIONS, as: 'url' });
    expect((await signer.handle(post(asJson({ ...PUT, expiresIn: 3600 })))).status).toBe(200);
    for (const [limits, expiresIn] of [[{}, 3601] as const, [{ expiresIn: 900 }, 901] as const]) {
      const tooLong = post(asJson({ ...PUT, expiresIn }));
      const told = await refusal(tooLong, { as: 'url', limits });
      expect(told).toMatchObject({ code: 'ExpiresInTooLong' });
    }
  });

  test('what one request lacks, none is signed for', async () => {
    const allow: SignerOptions['allow'] = ({ key }) =>
      key.startsWith('alice/') ? true : { reason: `${key} is not yours.` };
    const http = post(asJson(PUT, { ...PUT, key: 'bob/a' }, { ...PUT, key: 'carol/a' }));
    expect(await refusal(http, { allow })).toEqual({
      status: 403,
      code: 'NotAllowed',
      message: 'bob/a is not yours.',
      index: 1,
    });
  });

  test.each([false, undefined, null, 'yes', 1, {}])('allow gives %j', async (decision) => {
    const allow = () => decision as boolean;
    const told = await refusal(post(asJson(PUT)), { allow });
    expect(told).toMatchObject({ code: 'NotAllowed', message: 'This upload is not allowed.' });
  });
});

describe('headers that the app permits', () => {
  const permittedHeaders = ['X-OSS-Object-ACL', 'x-oss-callback', 'x-oss-traffic-limit'];
  test.each<Partial<RequestToSign>>([
    { headers: { 'x-oss-object-acl': 'private' } },
    { ...PART, headers: { 'x-oss-traffic-limit': '819200' } },
    { method: 'POST', query: { uploadId: 'U' }, headers: { 'x-oss-callback': 'e30=' } },
  ])('%j', async (request) => {
    const signer = createSigner({ ...OPTIONS, permittedHeaders });
    const response = await signer.handle(post(asJson({ ...PUT, ...request })));
    expect(response.status).toBe(200);
  });

  test('a callback is base64 of at most 5 KB', async () => {
    for (const value of ['{}', 'a'.repeat(5121)]) {
      const http = post(asJson({ ...PUT, headers: { 'x-oss-callback': value } }));
      expect(await refusal(http, { permittedHeaders })).toMatchObject({ code: 'InvalidHeader' });
    }
  });
});

test.each<[string, Readonly<Record<string, unknown>>, string]>([
  ['allow', { allow: undefined }, '`allow`'],
  ['as', { as: 'query' }, '`as`'],
  ['version', { version: 2 }, '`version`'],
  ['bucket', { bucket: ['videos', 'No'] }, '`bucket`'],
  ['no bucket', { bucket: [] }, '`bucket`'],
  ['region', { region: undefined }, '`region`'],
  ['credentials', { credentials: {} }, '`credentials.accessKeyId`'],
  ['keyPrefix', { limits: { keyPrefix: 7 } }, '`limits.keyPrefix`'],
  ['fileSize', { limits: { fileSize: '1 MB' } }, '`limits.fileSize`'],
  ['partSize', { limits: { partSize: 6e9 } }, '`limits.partSize`'],
  ['requestsPerCall', { limits: { requestsPerCall: 0 } }, '`limits.requestsPerCall`'],
  ['callSize', { limits: { callSize: 0 } }, '`limits.callSize`'],
  ['less than uploaders ask for', { limits: { expiresIn: 899 } }, '`limits.expiresIn`'],
  ['the same in addresses', { as: 'url', limits: { expiresIn: 600 } }, '`limits.expiresIn`'],
  ['expiresIn in headers', { limits: { expiresIn: 901 } }, '`limits.expiresIn`'],
  ['permittedHeaders', { permittedHeaders: 'x-oss-object-acl' }, '`permittedHeaders`'],
  ['copies', { permittedHeaders: ['x-oss-copy-source'] }, '`permittedHeaders`'],
  ['tokens', { permittedHeaders: ['X-OSS-Security-Token'] }, '`permittedHeaders`'],
])('options refused at the door: %s', (_what, wrong, message) => {
  expect(() => createSigner({ ...OPTIONS, ...wrong })).toThrow(message);
});
