import { describe, expect, test } from 'vitest';
import vectors from './fixtures/signature-v4.json' with { type: 'json' };
import { canonicalQuery, type Query } from './percent-encoding.ts';
import { canonicalHeaders, canonicalUri, createSignV4, toOssDate } from './signature-v4.ts';

interface HeaderVector {
  readonly id: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly region: string;
  readonly product: string;
  readonly request: {
    readonly method: string;
    readonly bucket?: string | null;
    readonly key?: string | null;
    readonly query: Query;
    readonly headers: Readonly<Record<string, string>>;
  };
  readonly additionalHeaders?: readonly string[];
  readonly expect: Readonly<Record<string, string>>;
}

// The JSON's own type is a union of literals per case; the shape is what matters here.
const cases = vectors.v4Header as unknown as readonly HeaderVector[];
const queries = vectors.canonicalization.v4Query as unknown as readonly {
  query: Query;
  expect: string;
}[];

describe('V4 header signatures follow the published vectors', () => {
  test.each(cases.map((vector) => [vector.id, vector] as const))('%s', async (_id, vector) => {
    const { request, additionalHeaders = [] } = vector;
    const signed = await createSignV4()(
      {
        ...request,
        bucket: request.bucket ?? undefined,
        key: request.key ?? undefined,
        additionalHeaders,
      },
      vector,
    );
    const { canonicalRequest, stringToSign, signature, authorization } = signed;
    expect({ canonicalRequest, stringToSign, signature, authorization }).toMatchObject(
      vector.expect,
    );
  });

  test('one signer signs for many keys, days and regions in turn', async () => {
    const sign = createSignV4();
    for (const vector of [...cases, ...cases]) {
      const { bucket, key, ...request } = vector.request;
      const { additionalHeaders = [] } = vector;
      const names = { bucket: bucket ?? undefined, key: key ?? undefined };
      const { signature } = await sign({ ...request, ...names, additionalHeaders }, vector);
      expect(signature).toBe(vector.expect['signature']);
    }
  });
});

describe('canonical forms', () => {
  test.each(vectors.canonicalization.v4Uri.map((vector) => [vector.expect, vector] as const))(
    'path %s',
    (expected, { bucket, key }) => {
      expect(canonicalUri(bucket, key)).toBe(expected);
    },
  );

  test.each(queries.map((vector) => [vector.expect, vector] as const))(
    'query %s',
    (expected, { query }) => {
      expect(canonicalQuery(query)).toBe(expected);
    },
  );

  test.each(vectors.canonicalization.v4Headers)(
    'headers: $id',
    ({ headers, additional, expect: text }) => {
      const signed = Object.fromEntries(
        Object.entries(headers).filter(([, value]) => value !== undefined),
      );
      const canonical = canonicalHeaders({ headers: signed, additionalHeaders: additional });
      expect([...canonical].map(([name, value]) => `${name}:${value}\n`).join('')).toBe(text);
    },
  );

  test('dates are written in UTC, to the second', () => {
    expect(toOssDate(Date.UTC(2023, 11, 16, 16, 20, 57, 999))).toBe('20231216T162057Z');
  });
});
