import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import vectors from './fixtures/multipart-etag.json' with { type: 'json' };
import { isSameEtag, multipartEtagText, unquoted } from './multipart-etag.ts';

describe('the ETag of a multipart object', () => {
  test.each(vectors.cases)('$id', ({ partEtags, expect: expected }) => {
    const text = multipartEtagText(partEtags.map(unquoted)) ?? '';
    const md5 = createHash('md5').update(text).digest('hex').toUpperCase();
    expect(`${md5}-${partEtags.length}`).toBe(unquoted(expected));
  });

  test('is not guessed where a part has an ETag that is no MD5', () => {
    expect(multipartEtagText(['3349DC700140D7F86A078484278075A9', 'opaque'])).toBeUndefined();
  });

  test('is compared in any case', () => {
    expect(isSameEtag('abcdef-2', 'ABCDEF-2')).toBe(true);
    expect(isSameEtag('abcdef-2', 'ABCDEF-3')).toBe(false);
  });
});
