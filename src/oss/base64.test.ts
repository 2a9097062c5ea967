import { expect, test } from 'vitest';
import { decodeBase64, encodeBase64 } from './base64.ts';

test.each([
  ['', ''],
  ['{"a":1}', 'eyJhIjoxfQ=='],
  ['目录', '55uu5b2V'],
  ['😀', '8J+YgA=='],
])('%j is %s', (text, encoded) => {
  expect(encodeBase64(text)).toBe(encoded);
  expect(decodeBase64(encoded)).toBe(text);
});

test.each(['%', 'a', '//8=', '目'])('%j is no text in base64', (encoded) => {
  expect(decodeBase64(encoded)).toBeUndefined();
});
