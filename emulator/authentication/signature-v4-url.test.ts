import { expect, test } from 'vitest';
import type { QueryParameter } from '../request.ts';
import { readFixture } from '../testing/fixtures.ts';
import { keysOf, toRequest, type VectorRequest } from '../testing/vectors.ts';
import { parseBasicIso } from './dates.ts';
import { queryV4 } from './query-v4.ts';
import {
  canonicalRequest,
  effectiveAdditionalHeaders,
  sign,
  signingKey,
  stringToSign,
} from './signature-v4.ts';

interface UrlVector {
  id: string;
  accessKeyId: string;
  accessKeySecret: string;
  region: string;
  product: string;
  signTime: string;
  expires: number;
  request: VectorRequest;
  additionalHeaders: string[];
  expect: {
    signedQuery: QueryParameter[];
    canonicalRequest: string;
    stringToSign: string;
    signature: string;
  };
}

const { v4Url: vectors } = readFixture('signature-v4-url.json') as { v4Url: UrlVector[] };

test.each(vectors)('every step of $id gives the published value', (vector) => {
  const query = vector.expect.signedQuery.filter(([name]) => name !== 'x-oss-signature');
  const request = toRequest({ ...vector.request, query });
  const additional = effectiveAdditionalHeaders(vector.additionalHeaders, request.headers);
  const { region, product, signTime } = vector;
  const scope = { date: signTime.slice(0, 8), region, product };
  const canonical = canonicalRequest(request, additional);
  expect(canonical).toBe(vector.expect.canonicalRequest);
  const text = stringToSign(signTime, scope, canonical);
  expect(text).toBe(vector.expect.stringToSign);
  expect(sign(signingKey(vector.accessKeySecret, scope), text)).toBe(vector.expect.signature);
});

const verifiable = vectors.filter(({ product }) => product === 'oss');

test.each(verifiable)('the verifier accepts $id in its time, and nothing else', (vector) => {
  const signed = toRequest({ ...vector.request, query: vector.expect.signedQuery });
  const start = parseBasicIso(vector.signTime) ?? 0;
  let time = start;
  const context = { keys: keysOf(vector), region: vector.region, now: () => time };
  const minutes = 60_000;
  for (const good of [start - 15 * minutes, start, start + vector.expires * 1000]) {
    time = good;
    expect(queryV4.verify(signed, context).kind).toBe('owner');
  }
  for (const change of [
    { method: 'PATCH' },
    { key: 'other' },
    { query: [...signed.query, ['extra', null] as const] },
    { headers: { ...signed.headers, 'content-md5': 'other' } },
  ])
    expect(() => queryV4.verify({ ...signed, ...change }, context)).toThrow(
      'The request signature we calculated does not match',
    );
  time = start + vector.expires * 1000 + 1;
  expect(() => queryV4.verify(signed, context)).toThrow('Request has expired.');
  time = start - 15 * minutes - 1;
  expect(() => queryV4.verify(signed, context)).toThrow('request time and the current time');
});
