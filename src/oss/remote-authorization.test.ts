import { beforeEach, describe, expect, test } from 'vitest';
import { UploadError } from '../errors.ts';
import { SimulatedClock } from '../testing/simulated-clock.ts';
import type { UnsignedRequest } from './authorization.ts';
import { resolveEndpoint } from './endpoint.ts';
import { objectUrl } from './object-url.ts';
import { RemoteAuthorization, type Signers, type SignMany } from './remote-authorization.ts';
import type { RequestToSign, SignedRequest } from './signing-request.ts';

const MINUTE = 60_000;
const endpoint = resolveEndpoint(
  { bucket: 'videos', endpoint: 'https://oss-cn-hangzhou.aliyuncs.com' },
  undefined,
);

let clock: SimulatedClock;
/** The part numbers of each call. */
let calls: string[][];

beforeEach(() => {
  clock = new SimulatedClock();
  calls = [];
});

const signMany: SignMany = async (requests) => {
  calls.push(requests.map(({ query }) => query['partNumber'] ?? ''));
  return requests.map((request) => ({ headers: { authorization: signatureOf(request) } }));
};

function signatureOf({ query }: RequestToSign): string {
  return `signature ${calls.length} of part ${query['partNumber']}`;
}

function authorizationBy(signers: Signers): RemoteAuthorization {
  return new RemoteAuthorization(signers, {
    clock,
    timeout: MINUTE,
    afterFailure: async (error) => {
      throw error;
    },
  });
}

function part(number: number, changes: Partial<UnsignedRequest> = {}): UnsignedRequest {
  return {
    method: 'PUT',
    key: 'film.mp4',
    query: [
      ['partNumber', String(number)],
      ['uploadId', 'id'],
    ],
    headers: {},
    size: 1000,
    fileSize: 100_000,
    ...changes,
  };
}

function after(number: number, most = 1000): () => UnsignedRequest[] {
  return () => {
    const last = Math.min(most, number + 20);
    return Array.from({ length: last - number }, (_value, index) => part(number + 1 + index));
  };
}

describe('an app that signs one request at a time', () => {
  test('is told what will be sent, and its headers are sent besides', async () => {
    const asked: RequestToSign[] = [];
    const authorization = authorizationBy({
      sign: async (request) => {
        asked.push(request);
        return { headers: { Authorization: 'OSS4 x', 'x-oss-date': '20261124T000000Z' } };
      },
    });
    const request = part(3, { headers: { 'content-type': 'video/mp4' } });
    expect(await authorization.authorize(request, endpoint)).toEqual({
      url: 'https://videos.oss-cn-hangzhou.aliyuncs.com/film.mp4?partNumber=3&uploadId=id',
      headers: {
        'content-type': 'video/mp4',
        authorization: 'OSS4 x',
        'x-oss-date': '20261124T000000Z',
      },
    });
    expect(asked).toEqual([
      {
        method: 'PUT',
        bucket: 'videos',
        endpoint: 'https://videos.oss-cn-hangzhou.aliyuncs.com',
        key: 'film.mp4',
        query: { partNumber: '3', uploadId: 'id' },
        headers: { 'content-type': 'video/mp4' },
        size: 1000,
        fileSize: 100_000,
        expiresIn: 900,
      },
    ]);
  });

  test('may give a signed address', async () => {
    const url = `${objectUrl(endpoint, 'film.mp4', part(3).query)}&x-oss-signature=s`;
    const authorization = authorizationBy({ sign: async () => ({ url }) });
    expect(await authorization.authorize(part(3), endpoint)).toEqual({ url, headers: {} });
  });

  test('is asked for every attempt', async () => {
    let times = 0;
    const authorization = authorizationBy({
      sign: async () => ({ headers: { authorization: `s${(times += 1)}` } }),
    });
    await authorization.authorize(part(1), endpoint, after(1));
    const again = await authorization.authorize(part(1), endpoint, after(1));
    expect(again.headers['authorization']).toBe('s2');
  });
});

describe('an app that signs many', () => {
  test('is asked about a hundred times for a thousand parts, and signs each once', async () => {
    const authorization = authorizationBy({ signMany });
    for (let number = 1; number <= 1000; number += 1) {
      const { headers } = await authorization.authorize(part(number), endpoint, after(number));
      expect(headers['authorization']).toMatch(new RegExp(`of part ${number}$`));
    }
    expect(calls.length).toBeLessThanOrEqual(101);
    expect(calls.flat()).toHaveLength(1000);
    expect(new Set(calls.flat()).size).toBe(1000);
  });

  test('is asked once for what several lanes want at the same time', async () => {
    const authorization = authorizationBy({ signMany });
    await Promise.all(
      [1, 2, 3, 4, 5, 6].map((number) =>
        authorization.authorize(part(number), endpoint, after(number)),
      ),
    );
    expect(calls).toHaveLength(1);
  });

  test('signs anew what nobody used for five minutes', async () => {
    const authorization = authorizationBy({ signMany });
    await authorization.authorize(part(1), endpoint, after(1, 3));
    await clock.advance(4 * MINUTE);
    const young = await authorization.authorize(part(2), endpoint);
    expect(young.headers['authorization']).toBe('signature 1 of part 2');
    await clock.advance(2 * MINUTE);
    const old = await authorization.authorize(part(3), endpoint);
    expect(old.headers['authorization']).toBe('signature 2 of part 3');
  });

  test('signs anew what it signed ahead when a signature was refused', async () => {
    const authorization = authorizationBy({ signMany });
    await authorization.authorize(part(1), endpoint, after(1, 5));
    authorization.refuse();
    const next = await authorization.authorize(part(2), endpoint);
    expect(next.headers['authorization']).toBe('signature 2 of part 2');
  });

  test('does not use what was signed ahead for a part of another size', async () => {
    const authorization = authorizationBy({ signMany });
    await authorization.authorize(part(1), endpoint, after(1, 5));
    await authorization.authorize(part(2, { size: 500 }), endpoint);
    expect(calls).toHaveLength(2);
  });

  test('may refuse one of them: the others are asked for alone', async () => {
    const refused = new UploadError('credentials', 'No.', { code: 'SigningRefused' });
    const authorization = authorizationBy({
      signMany: async (requests) => {
        if (requests.some(({ query }) => query['partNumber'] === '4')) throw refused;
        return await signMany(requests);
      },
    });
    await authorization.authorize(part(1), endpoint, after(1, 5));
    await authorization.authorize(part(2), endpoint);
    await expect(authorization.authorize(part(4), endpoint)).rejects.toBe(refused);
    expect(calls).toEqual([['1'], ['2']]);
  });

  test('that fails ahead is no unhandled rejection, and asked again when it is wanted', async () => {
    let isDown = false;
    const authorization = authorizationBy({
      signMany: async (requests) => {
        if (isDown) throw new Error('down');
        return await signMany(requests);
      },
    });
    await authorization.authorize(part(1), endpoint, after(1, 2));
    isDown = true;
    await authorization.authorize(part(2), endpoint, after(2));
    isDown = false;
    await clock.advance(0);
    await authorization.authorize(part(3), endpoint);
    expect(calls).toEqual([['1', '2'], ['3']]);
  });
});

describe('an answer that cannot be used is told without a part of a signature', () => {
  const address = objectUrl(endpoint, 'film.mp4', part(3).query);

  test.each<[string, unknown]>([
    ['{ headers } or { url }', undefined],
    ['an object with "signature"', { signature: 'MARKED' }],
    ['an object with nothing in it', {}],
    ['authorization; it is missing', { headers: { 'x-oss-date': 'MARKED' } }],
    ['"x-oss-date" to be text', { headers: { authorization: 'MARKED', 'x-oss-date': 7 } }],
    ['"x-oss-date" to be text', { headers: { authorization: 'MARKED', 'x-oss-date': '\n' } }],
    ['it was changed', { headers: { authorization: 'MARKED', 'content-type': 'text/html' } }],
    ['got "host" besides', { headers: { authorization: 'MARKED', host: 'evil.example' } }],
    ['got no address', { url: 'MARKED' }],
    ['got https://evil.example/film.mp4', { url: 'https://evil.example/film.mp4?MARKED' }],
    ['got https://videos', { url: address.replace('film', 'other') }],
    ['"partNumber" as it was', { url: address.replace('partNumber=3', 'partNumber=4') }],
    ['"uploadId" as it was', { url: address.replace('uploadId', 'MARKED') }],
    ['got "acl" besides', { url: `${address}&acl&x-oss-signature=MARKED` }],
    ['got "x-oss-process" besides', { url: `${address}&x-oss-process=MARKED` }],
    ['got "max-parts" besides', { url: `${address}&max-parts=1&Signature=MARKED` }],
    ['got "uploadId" besides', { url: `${address}&uploadId=other&Signature=MARKED` }],
    ['got https://videos', { url: address.replace('film', '%f0film') }],
  ])('%s', async (said, answer) => {
    const authorization = authorizationBy({ sign: async () => answer as SignedRequest });
    const request = part(3, { headers: { 'content-type': 'video/mp4' } });
    const error: unknown = await authorization
      .authorize(request, endpoint)
      .catch((reason) => reason);
    expect(error).toMatchObject({ kind: 'credentials', code: 'SignatureUnusable' });
    expect(String(error)).toContain(said);
    expect(JSON.stringify(error) + String(error)).not.toContain('MARKED');
  });

  test('a batch that lacks some', async () => {
    const authorization = authorizationBy({ signMany: async () => [] });
    const error: unknown = await authorization
      .authorize(part(3), endpoint)
      .catch((reason) => reason);
    expect(String(error)).toContain('array of 1 answers');
  });
});
