import { describe, expect, test } from 'vitest';
import { childText, escapeXml, readXml } from './xml.ts';

describe('readXml', () => {
  test('reads elements and text, whatever the namespace', () => {
    const root = readXml(
      '<?xml version="1.0" encoding="UTF-8"?>\n<o:Error xmlns:o="http://doc.oss-cn-hangzhou.aliyuncs.com">\n  <o:Code> NoSuchUpload </o:Code><Empty/><A><B>1</B><B>2</B></A></o:Error>\n',
    );
    expect(root?.name).toBe('Error');
    expect(childText(root, 'Code')).toBe('NoSuchUpload');
    expect(childText(root, 'Empty')).toBe('');
    expect(childText(root, 'Missing')).toBeUndefined();
    expect(root?.children[2]?.children.map(({ text }) => text)).toEqual(['1', '2']);
  });

  test('decodes the five entities and character references, once', () => {
    const root = readXml('<E><T>&lt;&gt;&amp;&quot;&apos;&#34;&#x4E2D;&amp;lt;&nosuch;</T></E>');
    expect(childText(root, 'T')).toBe('<>&"\'"中&lt;&nosuch;');
  });

  test.each(['nosuch', 'LT', 'constructor', 'toString', '__proto__'])(
    'leaves &%s; as it is',
    (name) => {
      expect(readXml(`<E>&${name};</E>`)?.text).toBe(`&${name};`);
    },
  );

  test.each([
    ['nothing', ''],
    ['text', 'OK'],
    ['JSON', '{"Status":"OK"}'],
    ['a cut-off answer', '<ListPartsResult><Part><PartNumber>1</PartNumber>'],
    ['a cut-off tag', '<ListPartsResult><Part'],
    ['two roots', '<A></A><B></B>'],
    ['crossed tags', '<A><B></A></B>'],
    ['a page with open tags', '<!doctype html><html><body><p>Hello<br></body></html>'],
  ])('takes %s for no answer', (_name, text) => {
    expect(readXml(text)).toBeUndefined();
  });

  test.each([
    ['a tag that never ends', `<${'a'.repeat(1_000_000)}`],
    ['many tags that never end', '<a'.repeat(500_000)],
    ['many declarations that never end', '<!'.repeat(500_000)],
    ['spaces that never end', `<a${' '.repeat(1_000_000)}`],
    ['slashes that never end', `<a${'/'.repeat(1_000_000)}`],
    ['many entities that never end', `<a>${'&a'.repeat(500_000)}</b>`],
    ['elements that are never closed', '<a>'.repeat(100_000)],
  ])('a hostile answer takes no time and is none: %s', (_name, text) => {
    const start = performance.now();
    expect(readXml(text)).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test('reads what is nested however deep', () => {
    const text = `${'<a>'.repeat(100_000)}x${'</a>'.repeat(100_000)}`;
    expect(readXml(text)?.name).toBe('a');
  });

  test('expands no entity that a document defines', () => {
    const bomb = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><r><T>&b;</T></r>';
    expect(childText(readXml(bomb), 'T') ?? '').not.toContain('aaaa');
  });
});

test('escapeXml keeps text text', () => {
  const text = `"<tag attr='x'>&amp;`;
  expect(childText(readXml(`<r><T>${escapeXml(text)}</T></r>`), 'T')).toBe(text);
});
