import { expect, test } from 'vitest';
import type { QueryParameter } from '../request.ts';
import { readFixture } from '../testing/fixtures.ts';
import { keysOf, toRequest, type VectorRequest } from '../testing/vectors.ts';
import { headerV4 } from './header-v4.ts';
import {
  canonicalHeaders,
  canonicalQuery,
  canonicalRequest,
  canonicalUri,
  effectiveAdditionalHeaders,
  sign,
  signingKey,
  stringToSign,
} from './signature-v4.ts';

interface HeaderVector {
  id: string;
  accessKeyId: string;
  accessKeySecret: string;
  region: string;
  product: string;
  request: VectorRequest;
  additionalHeaders: string[];
  expect: {
    canonicalRequest: string;
    stringToSign: string;
    signature: string;
    authorization: string;
  };
}

const vectors = readFixture('signature-v4.json') as {
  v4Header: HeaderVector[];
  v4KeyDerivation: {
    accessKeySecret: string;
    date: string;
    region: string;
    product: string;
    expect: { kSigningHex: string };
  }[];
  v4Uri: { bucket: string | null; key: string | null; expect: string }[];
  v4Query: { id: string; query: QueryParameter[]; expect: string }[];
  v4Headers: { headers: Record<string, string>; additional: string[]; expect: string }[];
};

test.each(vectors.v4Uri)('canonical URI $expect', ({ bucket, key, expect: expected }) => {
  expect(canonicalUri(bucket ?? undefined, key ?? undefined)).toBe(expected);
});

test.each(vectors.v4Query)('canonical query: $id', ({ query, expect: expected }) => {
  expect(canonicalQuery(query)).toBe(expected);
});

test.each(vectors.v4Headers)(
  'canonical headers are trimmed and lower-case',
  ({ headers, additional, expect: expected }) => {
    expect(canonicalHeaders(lowerCase(headers), additional)).toBe(expected);
  },
);

test.each(vectors.v4KeyDerivation)('signing key of $date', (vector) => {
  const key = signingKey(vector.accessKeySecret, vector);
  expect(key.toString('hex')).toBe(vector.expect.kSigningHex);
});

test.each(vectors.v4Header)('every step of $id gives the published value', (vector) => {
  const request = toRequest(vector.request);
  const additional = effectiveAdditionalHeaders(vector.additionalHeaders, request.headers);
  const timestamp = request.headers['x-oss-date'] ?? '';
  const scope = { date: timestamp.slice(0, 8), region: vector.region, product: vector.product };

  const canonical = canonicalRequest(request, additional);
  expect(canonical).toBe(vector.expect.canonicalRequest);
  const text = stringToSign(timestamp, scope, canonical);
  expect(text).toBe(vector.expect.stringToSign);
  expect(sign(signingKey(vector.accessKeySecret, scope), text)).toBe(vector.expect.signature);
});

const verifiable = vectors.v4Header.filter(({ product }) => product === 'oss');

test.each(verifiable)('the verifier accepts $id, and nothing else', (vector) => {
  const request = toRequest(vector.request);
  const time = Date.parse(isoOf(request.headers['x-oss-date'] ?? ''));
  const context = { keys: keysOf(vector), region: vector.region, now: () => time };
  const headers = { ...request.headers, authorization: vector.expect.authorization };
  const signed = { ...request, headers };
  expect(() => headerV4.verify(signed, context)).not.toThrow();

  const changes = [
    { method: signed.method === 'GET' ? 'HEAD' : 'GET' },
    { bucket: 'other', key: `${signed.key ?? ''}x` },
    { query: [...signed.query, ['extra', null] as const] },
    { headers: { ...headers, 'x-oss-meta-extra': '1' } },
  ];
  for (const change of changes)
    expect(() => headerV4.verify({ ...signed, ...change }, context)).toThrow(
      'The request signature we calculated does not match',
    );
});

function lowerCase(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

function isoOf(timestamp: string): string {
  return timestamp.replace(/(....)(..)(..T..)(..)(..Z)/, '$1-$2-$3:$4:$5');
}
