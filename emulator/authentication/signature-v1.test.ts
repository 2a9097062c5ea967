import { expect, test } from 'vitest';
import type { QueryParameter } from '../request.ts';
import { readFixture } from '../testing/fixtures.ts';
import { keysOf, toRequest, type VectorRequest } from '../testing/vectors.ts';
import { headerV1 } from './header-v1.ts';
import { queryV1 } from './query-v1.ts';
import { canonicalResource, signV1, stringToSignV1 } from './signature-v1.ts';

interface HeaderVector {
  id: string;
  accessKeyId: string;
  accessKeySecret: string;
  request: VectorRequest;
  date: string;
  expect: { stringToSign: string; signature: string; authorization: string };
}

interface QueryVector extends Omit<HeaderVector, 'date' | 'expect'> {
  expires: number;
  expect: { stringToSign: string; signature: string; signedQuery: QueryParameter[] };
}

const vectors = readFixture('signature-v1.json') as {
  v1Header: HeaderVector[];
  v1Query: QueryVector[];
  v1Resource: {
    bucket: string | null;
    key: string | null;
    query: QueryParameter[];
    expect: string;
  }[];
};

const MISMATCH = 'The request signature we calculated does not match';

test.each(vectors.v1Resource)('canonical resource $expect', ({ expect: expected, ...vector }) => {
  const { bucket, key, query } = vector;
  const request = toRequest({
    method: 'GET',
    query,
    headers: {},
    ...(bucket !== null && { bucket }),
    ...(key !== null && { key }),
  });
  expect(utf8(canonicalResource(request))).toBe(expected);
});

test.each(vectors.v1Header)('header: every step of $id gives the published value', (vector) => {
  const text = stringToSignV1(toRequest(vector.request), vector.date);
  expect(utf8(text)).toBe(vector.expect.stringToSign);
  expect(signV1(vector.accessKeySecret, text)).toBe(vector.expect.signature);
});

test.each(vectors.v1Header)('header: the verifier accepts $id, and nothing else', (vector) => {
  const request = toRequest(vector.request);
  const headers = { ...request.headers, authorization: vector.expect.authorization };
  const context = { keys: keysOf(vector), region: 'any', now: () => Date.parse(vector.date) };
  const signed = { ...request, headers };
  expect(headerV1.claims(signed)).toBe(true);
  expect(headerV1.verify(signed, context).kind).toBe('owner');
  for (const change of [
    { method: 'PATCH' },
    { bucket: 'other' },
    { key: `${signed.key ?? ''}x` },
    { query: [...signed.query, ['restore', null] as const] },
    { headers: { ...headers, 'content-type': 'image/png' } },
    { headers: { ...headers, 'content-md5': 'other' } },
    { headers: { ...headers, 'x-oss-meta-extra': '1' } },
  ])
    expect(() => headerV1.verify({ ...signed, ...change }, context)).toThrow(MISMATCH);
});

test.each(vectors.v1Query)('URL: every step of $id gives the published value', (vector) => {
  const query = vector.expect.signedQuery;
  const text = stringToSignV1(toRequest({ ...vector.request, query }), String(vector.expires));
  expect(utf8(text)).toBe(vector.expect.stringToSign);
  expect(signV1(vector.accessKeySecret, text)).toBe(vector.expect.signature);
});

test.each(vectors.v1Query)('URL: the verifier accepts $id until it expires', (vector) => {
  const query = vector.expect.signedQuery;
  const signed = toRequest({ ...vector.request, query });
  let time = vector.expires * 1000;
  const context = { keys: keysOf(vector), region: 'any', now: () => time };
  expect(queryV1.claims(signed)).toBe(true);
  expect(queryV1.verify(signed, context).kind).toBe('owner');
  for (const change of [
    { method: 'PATCH' },
    { key: 'other' },
    { query: [...signed.query, ['response-content-type', 'text/html'] as const] },
    { headers: { ...signed.headers, 'content-type': 'image/png' } },
  ])
    expect(() => queryV1.verify({ ...signed, ...change }, context)).toThrow(MISMATCH);
  time += 1;
  expect(() => queryV1.verify(signed, context)).toThrow('Request has expired.');
});

test('of a parameter that is there twice the first counts', () => {
  const query: QueryParameter[] = [
    ['uploadId', 'one'],
    ['uploadId', 'two'],
  ];
  expect(canonicalResource(toRequest({ method: 'GET', query, headers: {} }))).toBe(
    '/?uploadId=one',
  );
});

function utf8(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}
