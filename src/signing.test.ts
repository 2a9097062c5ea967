import { beforeEach, describe, expect, expectTypeOf, test } from 'vitest';
import type { UploadError } from './errors.ts';
import type { UploaderOptions } from './options.ts';
import type { RequestToSign } from './oss/signing-request.ts';
import type { SignedByApp, SignedWithCredentials, SigningOptions } from './signing-options.ts';
import { errorAnswer } from './testing/fake-oss.ts';
import { fileOf, KEY, record, UNIT, World } from './testing/world.ts';

const MARKED = 'MARKED-SIGNATURE';

let world: World;
let asked: RequestToSign[];

beforeEach(() => {
  world = new World();
  asked = [];
});

const sign: SignedByApp['sign'] = async (request) => {
  asked.push(request);
  return { headers: { authorization: `${MARKED} ${asked.length}` } };
};

describe('an app that signs', () => {
  test('is asked for every request, and no key is in the page', async () => {
    const page = world.openPage({}, { sign });
    const { value } = await world.end(page.upload(fileOf(3 * UNIT), { key: KEY }));
    expect(value).toMatchObject({ verified: 'crc64' });
    expect(asked.map(({ method, size, fileSize }) => [method, size, fileSize])).toEqual([
      ['POST', 0, 3 * UNIT],
      ['PUT', UNIT, 3 * UNIT],
      ['PUT', UNIT, 3 * UNIT],
      ['PUT', UNIT, 3 * UNIT],
      ['POST', expect.any(Number), 3 * UNIT],
    ]);
    expect(world.oss.requests.map(({ request }) => request.headers['authorization'])).toEqual(
      asked.map((_request, index) => `${MARKED} ${index + 1}`),
    );
  });

  test('is asked far less often where it signs many at once', async () => {
    let calls = 0;
    const signMany: SignedByApp['signMany'] = async (requests) => {
      calls += 1;
      return requests.map(() => ({ headers: { authorization: MARKED } }));
    };
    const page = world.openPage({}, { sign, signMany });
    await world.end(page.upload(fileOf(100 * UNIT), { key: KEY }));
    expect(world.oss.count('part')).toBe(100);
    expect(calls).toBeLessThanOrEqual(10);
    // What comes once is not worth a batch.
    expect(asked).toHaveLength(2);
  });

  test('signs nothing in vain where each part has an MD5', async () => {
    const signed: RequestToSign[] = [];
    const signMany: SignedByApp['signMany'] = async (requests) => {
      signed.push(...requests);
      return requests.map(() => ({ headers: { authorization: MARKED } }));
    };
    const page = world.openPage({ integrity: 'md5' }, { sign, signMany });
    await world.end(page.upload(fileOf(100 * UNIT), { key: KEY }));
    expect(world.oss.count('part')).toBe(100);
    const all = [...asked, ...signed];
    expect(all.every(({ headers, query }) => headers['content-md5'] || !query['partNumber'])).toBe(
      true,
    );
    expect(all).toHaveLength(102);
  });

  test('is asked again at most twice when its signature is refused', async () => {
    world.oss.interfere = ({ operation, process }) =>
      operation === 'initiate'
        ? Promise.resolve(errorAnswer(403, 'RequestTimeTooSkewed'))
        : process();
    const upload = world.openPage({}, { sign }).upload(fileOf(3 * UNIT), { key: KEY });
    const events = record(upload);
    const { reason } = await world.end(upload);
    expect(reason).toMatchObject({ code: 'RequestTimeTooSkewed' });
    expect(asked).toHaveLength(3);
    expect(events.filter(({ type }) => type === 'credentials-refused')).toHaveLength(2);
  });

  test('ends the upload with its own error where it refuses', async () => {
    const page = world.openPage(
      {},
      { sign: async () => ({ url: `https://evil.example/holiday.mp4?${MARKED}` }) },
    );
    const { reason } = await world.end(page.upload(fileOf(UNIT), { key: KEY }));
    const error = reason as UploadError;
    expect(error).toMatchObject({ kind: 'credentials', code: 'SignatureUnusable' });
    expect(error.message + JSON.stringify(error)).not.toContain(MARKED);
    expect(world.oss.requests).toEqual([]);
  });

  test('is asked again while it fails, and its failure is told in the end', async () => {
    const cause = new TypeError('Failed to fetch');
    let calls = 0;
    const failing = async (): Promise<never> => {
      calls += 1;
      throw cause;
    };
    const upload = world.openPage({}, { sign: failing }).upload(fileOf(UNIT), { key: KEY });
    const { reason } = await world.end(upload);
    expect(reason).toMatchObject({ kind: 'credentials', cause });
    expect((reason as UploadError).message).toContain('`sign` function failed');
    expect(calls).toBe(6);
  });
});

test('V1 signs as clouds want it that know no other', async () => {
  const signing = { credentials: world.credentials, signatureVersion: 1 } as const;
  await world.end(world.openPage({}, signing).upload(fileOf(3 * UNIT), { key: KEY }));
  const headers = world.oss.requests[0]?.request.headers;
  expect(headers).toMatchObject({
    authorization: expect.stringMatching(/^OSS STS\.visible:[\w+/]+=*$/),
    'x-oss-date': expect.stringMatching(/^Tue, 14 Nov 2023 22:13:\d\d GMT$/),
    'x-oss-security-token': 'MARKED-TOKEN',
  });
  expect(headers?.['x-oss-content-sha256']).toBeUndefined();
});

describe('who signs', () => {
  const credentials: SignedWithCredentials['credentials'] = () => world.credentials();

  test('is one of three: the types know no mixture', () => {
    expectTypeOf<{ credentials: typeof credentials }>().toExtend<SigningOptions>();
    expectTypeOf<{ sign: typeof sign }>().toExtend<SigningOptions>();
    expectTypeOf<{
      credentials: typeof credentials;
      sign: typeof sign;
    }>().not.toExtend<SigningOptions>();
    expectTypeOf<{ sign: typeof sign; formLimit: 1 }>().not.toExtend<SigningOptions>();
    expectTypeOf<{ sign: typeof sign; signatureVersion: 1 }>().not.toExtend<SigningOptions>();
    expectTypeOf<{ bucket: string }>().not.toExtend<UploaderOptions>();
  });

  test.each<[string, object]>([
    ['got none', {}],
    ['got credentials and sign', { credentials, sign }],
    ['got credentials and form', { credentials, form: async () => ({ fields: {} }) }],
    ['`form` to be a function', { form: {} }],
    ['`formLimit` only with `form`', { credentials, formLimit: 7 }],
    ['`formLimit` to be 0 to', { form: async () => ({ fields: {} }), formLimit: -1 }],
    ['`sign` to be a function', { sign: 'https://signer.example' }],
    ['`credentials` to be a function', { credentials: { accessKeyId: 'id' } }],
    ['`signMany` to be a function', { sign, signMany: [] }],
    ['`signMany` only with `sign`', { credentials, signMany: async () => [] }],
    ['`signatureVersion` only with `credentials`', { sign, signatureVersion: 4 }],
    ['`signatureVersion` to be 4 or 1', { credentials, signatureVersion: 2 }],
  ])('%s is refused', (said, options) => {
    expect(() => world.openPage({}, options as SigningOptions)).toThrow(said);
  });
});
