import { expect, test } from 'vitest';
import { childrenOf, readXml, textOf, writeXml } from './xml.ts';

test.each(['plain', '<a> & "b" \'c\'', '&quot; &#34; &amp;amp;', '目录 😀', ' padded ', 'a\rb'])(
  'text comes back as it was written: %j',
  (text) => {
    const tree = readXml(writeXml(['Root', [['Key', text]]]));
    expect(tree && childrenOf(tree, 'Root').map((root) => textOf(root, 'Key')?.trim())).toEqual([
      text.trim(),
    ]);
  },
);

test('elements are indented below a declaration', () => {
  expect(
    writeXml([
      'Error',
      [
        ['Code', 'X'],
        ['Part', [['Size', 1]]],
      ],
    ]),
  ).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
      '<Error>\n  <Code>X</Code>\n  <Part>\n    <Size>1</Size>\n  </Part>\n</Error>\n',
  );
});

test.each(['', 'text', '<a>', '<a></b>', '<a/><b/>'])('%j is not a document', (text) => {
  expect(readXml(text)).toBeUndefined();
});

test('one child and several are read alike', () => {
  const one = readXml('<r><c>1</c></r>') ?? '';
  const two = readXml('<x:r xmlns:x="u"><x:c a="b">1</x:c><x:c>2</x:c></x:r>') ?? '';
  expect(
    [one, two].map((tree) => childrenOf(tree, 'r').flatMap((r) => childrenOf(r, 'c'))),
  ).toEqual([['1'], ['1', '2']]);
});
