import { expect, test } from 'vitest';
import { bytes, element, md5Hex } from '../testing/client.ts';
import { errorOf, useEmulator } from '../testing/harness.ts';

const bench = useEmulator();

function numbers(text: string): number[] {
  return [...text.matchAll(/<PartNumber>(\d+)</g)].map(([, number]) => Number(number));
}

test('an upload without parts', async () => {
  const uploadId = await bench.client.initiate('k');
  const { text } = await bench.client.listParts('k', uploadId);
  expect(numbers(text)).toEqual([]);
  expect(element(text, 'NextPartNumberMarker')).toBe('0');
  expect(element(text, 'IsTruncated')).toBe('false');
  expect(element(text, 'MaxParts')).toBe('1000');
  expect(text).not.toContain('EncodingType');
});

test('a part is described', async () => {
  const uploadId = await bench.client.initiate('k');
  const part = bytes(1234);
  const uploaded = await bench.client.uploadPart('k', uploadId, 3, part);
  const { text } = await bench.client.listParts('k', uploadId);
  expect(element(text, 'ETag')).toBe(`"${md5Hex(part)}"`);
  expect(element(text, 'Size')).toBe('1234');
  expect(element(text, 'HashCrc64ecma')).toBe(uploaded.headers['x-oss-hash-crc64ecma']);
  expect(element(text, 'LastModified')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
});

test('pages follow each other by number', async () => {
  const uploadId = await bench.client.initiate('a b');
  for (const number of [900, 2, 10_000, 1, 30])
    await bench.client.uploadPart('a b', uploadId, number, bytes(1));
  const seen: number[][] = [];
  let marker = '0';
  for (let isTruncated = true; isTruncated; ) {
    const query = { 'max-parts': '2', 'part-number-marker': marker, 'encoding-type': 'url' };
    const { text } = await bench.client.listParts('a b', uploadId, query);
    expect(element(text, 'Key')).toBe('a%20b');
    expect(element(text, 'PartNumberMarker')).toBe(marker);
    seen.push(numbers(text));
    marker = element(text, 'NextPartNumberMarker');
    isTruncated = element(text, 'IsTruncated') === 'true';
  }
  expect(seen).toEqual([[1, 2], [30, 900], [10_000]]);
});

test('at most a thousand parts are on a page', async () => {
  const uploadId = await bench.client.initiate('k');
  const all = Array.from({ length: 1001 }, (_, index) => index + 1);
  await Promise.all(all.map((number) => bench.client.uploadPart('k', uploadId, number, bytes(1))));
  const { text } = await bench.client.listParts('k', uploadId);
  expect(numbers(text)).toEqual(all.slice(0, 1000));
  expect(element(text, 'IsTruncated')).toBe('true');
  const next = await bench.client.listParts('k', uploadId, { 'part-number-marker': '1000' });
  expect(numbers(next.text)).toEqual([1001]);
});

test.each([
  ['max-parts', '0'],
  ['max-parts', '1001'],
  ['max-parts', 'x'],
  ['part-number-marker', '-1'],
  ['encoding-type', 'base64'],
])('%s=%s is refused', async (name, value) => {
  const uploadId = await bench.client.initiate('k');
  const reply = await bench.client.listParts('k', uploadId, { [name]: value });
  expect(errorOf(reply)).toBe('400 InvalidArgument');
  expect(element(reply.text, 'ArgumentName')).toBe(name);
  expect(element(reply.text, 'ArgumentValue')).toBe(value);
});
