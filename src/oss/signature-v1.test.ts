import { describe, expect, test } from 'vitest';
import vectors from './fixtures/signature-v1.json' with { type: 'json' };
import type { Query } from './percent-encoding.ts';
import {
  canonicalResourceV1,
  createSignV1,
  signTextV1,
  stringToSignV1,
  toGmtDate,
} from './signature-v1.ts';

interface VectorV1 {
  readonly id: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
  readonly expires: number;
  readonly request: {
    readonly method: string;
    readonly bucket: string;
    readonly key?: string;
    readonly query: Query;
    readonly headers: Readonly<Record<string, string>>;
  };
  readonly expect: Readonly<Record<string, string>>;
}

// The JSON's own type is a union of literals per case; the shape is what matters here.
const headers = vectors.v1Header as unknown as readonly VectorV1[];
const addresses = vectors.v1Query as unknown as readonly VectorV1[];
const resources = vectors.v1Resource as unknown as readonly {
  readonly bucket: string | null;
  readonly key: string | null;
  readonly query: Query;
  readonly expect: string;
}[];

describe('V1 signatures follow the published vectors', () => {
  test.each(headers.map((vector) => [vector.id, vector] as const))('%s', async (_id, vector) => {
    expect(await createSignV1()(vector.request, vector)).toEqual(vector.expect);
  });

  test.each(addresses.map((vector) => [vector.id, vector] as const))('%s', async (_id, vector) => {
    const { request, securityToken, accessKeySecret, expires } = vector;
    const token = securityToken === undefined ? [] : [['security-token', securityToken] as const];
    const query = [...request.query, ...token];
    const stringToSign = stringToSignV1({ ...request, query }, String(expires));
    expect(stringToSign).toBe(vector.expect['stringToSign']);
    expect(await signTextV1(accessKeySecret, stringToSign)).toBe(vector.expect['signature']);
  });

  test.each(resources.map((vector) => [vector.expect, vector] as const))(
    'resource %s',
    (expected, { bucket, key, query }) => {
      const names = { bucket: bucket ?? undefined, key: key ?? undefined };
      expect(canonicalResourceV1({ ...names, query })).toBe(expected);
    },
  );
});

test('of query values with one name the first is signed', () => {
  const query = [
    ['uploadId', 'first'],
    ['uploadId', 'second'],
  ] as const;
  expect(canonicalResourceV1({ bucket: 'b', key: 'k', query })).toBe('/b/k?uploadId=first');
});

test('headers are signed whatever the case of their names', async () => {
  const request = { method: 'PUT', bucket: 'b', key: 'k', query: [] };
  const key = { accessKeyId: 'ak', accessKeySecret: 'sk' };
  const sign = createSignV1();
  const lower = await sign({ ...request, headers: { 'x-oss-date': 'D', 'content-md5': 'M' } }, key);
  const upper = await sign({ ...request, headers: { 'X-OSS-Date': 'D', 'Content-MD5': 'M' } }, key);
  expect(lower.stringToSign).toBe('PUT\nM\n\nD\nx-oss-date:D\n/b/k');
  expect(upper).toEqual(lower);
});

test('dates are written in GMT with days of two digits', () => {
  expect(toGmtDate(Date.UTC(2005, 10, 7, 8, 9, 5, 999))).toBe('Mon, 07 Nov 2005 08:09:05 GMT');
});
