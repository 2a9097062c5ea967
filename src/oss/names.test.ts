import { describe, expect, test } from 'vitest';
import { checkKey, quote } from './names.ts';

describe('keys', () => {
  test.each(['a', 'a//b', 'folder/', '中文/é.mp4', '...', 'a/.b/..c', 'a'.repeat(1023)])(
    '%s is taken',
    (key) => {
      expect(checkKey(key)).toBe(key);
    },
  );

  test.each([
    ['', TypeError],
    [undefined, TypeError],
    [7, TypeError],
    ['/a', TypeError],
    ['\\a', TypeError],
    ['a/../b', TypeError],
    ['./a', TypeError],
    ['a\\..\\b', TypeError],
    ['a/.', TypeError],
    ['\ud800', TypeError],
    ['a'.repeat(1024), RangeError],
    ['中'.repeat(342), RangeError],
  ])('%j is refused by name', (key, type) => {
    expect(() => checkKey(key)).toThrow(type);
    expect(() => checkKey(key)).toThrow(/`key`/);
  });
});

describe('a name in a message', () => {
  test('stands in quotes, its control characters written out', () => {
    expect(quote('a\u0000\n\u001b[31m"b')).toBe('"a\\u0000\\n\\u001b[31m\\"b"');
    expect(() => checkKey('/\r\nx-evil: 1')).toThrow('got "/\\r\\nx-evil: 1".');
  });

  test('is cut short', () => {
    expect(quote('x'.repeat(100_000))).toBe(`"${'x'.repeat(80)}…"`);
  });
});
