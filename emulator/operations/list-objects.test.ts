import { beforeEach, expect, test } from 'vitest';
import { element, md5Hex } from '../testing/client.ts';
import { errorOf, useEmulator } from '../testing/harness.ts';

const NOW = Date.parse('2026-03-04T05:06:07Z');
const bench = useEmulator({ now: () => NOW, buckets: ['partway-demo', 'other-bucket'] });
const KEYS = [
  'a b&<',
  'fun/',
  'fun/movie/1',
  'fun/movie/2',
  'fun/test',
  'oss',
  '\u{ff21}',
  '\u{1f600}',
];

beforeEach(async () => {
  for (const key of [...KEYS].toReversed()) await send({ method: 'PUT', key, body: key });
  await send({ method: 'PUT', bucket: 'other-bucket', key: 'foreign', body: 'x' });
});

function send(call: object) {
  return bench.client.send({ time: NOW, ...call });
}

function list(query: Record<string, string> = {}) {
  return send({ query });
}

function texts(xml: string, name: string, parent: string): string[] {
  const parents = xml.match(new RegExp(`<${parent}>.*?</${parent}>`, 'gs')) ?? [];
  return parents.map((text) =>
    element(text, name).replaceAll('&lt;', '<').replaceAll('&amp;', '&'),
  );
}

const keysOf = (xml: string) => texts(xml, 'Key', 'Contents');
const prefixesOf = (xml: string) => texts(xml, 'Prefix', 'CommonPrefixes');

test.each([{}, { 'list-type': '2' }])(
  'all objects of the bucket, by their bytes (%j)',
  async (query) => {
    const reply = await list(query);
    expect([reply.status, reply.headers['content-type']]).toEqual([200, 'application/xml']);
    expect(keysOf(reply.text)).toEqual(KEYS);
    expect(element(reply.text, 'Name')).toBe('partway-demo');
    expect(element(reply.text, 'MaxKeys')).toBe('100');
    expect(element(reply.text, 'IsTruncated')).toBe('false');
    const [first = ''] = reply.text.match(/<Contents>.*?<\/Contents>/s) ?? [];
    expect(element(first, 'ETag')).toBe(`"${md5Hex('a b&<')}"`);
    expect(element(first, 'Size')).toBe('5');
    expect(element(first, 'Type')).toBe('Normal');
    expect(element(first, 'StorageClass')).toBe('Standard');
    expect(element(first, 'LastModified')).toBe('2026-03-04T05:06:07.000Z');
  },
);

test.each([{}, { 'list-type': '2' }])('folders (%j)', async (query) => {
  const top = await list({ ...query, delimiter: '/' });
  expect(keysOf(top.text)).toEqual(KEYS.filter((key) => !key.startsWith('fun')));
  expect(prefixesOf(top.text)).toEqual(['fun/']);
  const inside = await list({ ...query, delimiter: '/', prefix: 'fun/' });
  expect(keysOf(inside.text)).toEqual(['fun/', 'fun/test']);
  expect(prefixesOf(inside.text)).toEqual(['fun/movie/']);
  expect(keysOf((await list({ ...query, prefix: 'fun/' })).text)).toHaveLength(4);
});

test('V1 page by page, folders counted', async () => {
  const keys: string[] = [];
  const folders: string[] = [];
  let marker = '';
  for (let page = 0; page < 6; page++) {
    const reply = await list({ 'max-keys': '1', delimiter: '/', marker });
    keys.push(...keysOf(reply.text));
    folders.push(...prefixesOf(reply.text));
    if (element(reply.text, 'IsTruncated') === 'false') break;
    marker = element(reply.text, 'NextMarker').replaceAll('&lt;', '<').replaceAll('&amp;', '&');
  }
  expect(keys).toEqual(KEYS.filter((key) => !key.startsWith('fun')));
  expect(folders).toEqual(['fun/']);
});

test('V2 page by page, with a token that says nothing', async () => {
  const keys: string[] = [];
  const query: Record<string, string> = {
    'list-type': '2',
    'max-keys': '3',
    'start-after': 'a b&<',
  };
  const counts: string[] = [];
  const tokens: (string | undefined)[] = [];
  const echoed: (string | undefined)[] = [];
  for (let isLast = false; !isLast; ) {
    const { text } = await list(query);
    keys.push(...keysOf(text));
    counts.push(element(text, 'KeyCount'));
    expect(element(text, 'StartAfter')).toBe('a b&amp;&lt;');
    tokens.push(query['continuation-token']);
    echoed.push(/<ContinuationToken>(.*)</.exec(text)?.[1]);
    isLast = element(text, 'IsTruncated') === 'false';
    if (!isLast) query['continuation-token'] = element(text, 'NextContinuationToken');
  }
  expect(echoed).toEqual(tokens);
  expect(keys).toEqual(KEYS.slice(1));
  expect(counts).toEqual(['3', '3', '1']);
});

test('owners: always in V1, on request in V2', async () => {
  expect((await list()).text).toContain('<Owner>');
  expect((await list({ 'list-type': '2' })).text).not.toContain('<Owner>');
  expect((await list({ 'list-type': '2', 'fetch-owner': 'true' })).text).toContain('<Owner>');
});

test('keys, markers and prefixes percent-encoded', async () => {
  const encoded = { 'encoding-type': 'url' };
  const first = await list({ ...encoded, marker: ' ', delimiter: ' ', 'max-keys': '1' });
  expect(element(first.text, 'EncodingType')).toBe('url');
  expect(element(first.text, 'Marker')).toBe('%20');
  expect(element(first.text, 'Delimiter')).toBe('%20');
  expect(element(first.text, 'NextMarker')).toBe('a%20');
  expect(prefixesOf(first.text)).toEqual(['a%20']);
  const second = await list({ ...encoded, 'list-type': '2', prefix: 'a b', 'start-after': 'a ' });
  expect(keysOf(second.text)).toEqual(['a%20b%26%3C']);
  expect(element(second.text, 'Prefix')).toBe('a%20b');
  expect(element(second.text, 'StartAfter')).toBe('a%20');
});

test.each([
  [{ 'max-keys': '0' }, 'max-keys'],
  [{ 'max-keys': '1001' }, 'max-keys'],
  [{ 'max-keys': 'x' }, 'max-keys'],
  [{ 'encoding-type': 'base64' }, 'encoding-type'],
  [{ 'list-type': '3' }, 'list-type'],
  [{ 'list-type': '2', 'continuation-token': 'no token' }, 'continuation-token'],
])('what is refused: %j', async (query, name) => {
  const reply = await list(query);
  expect(errorOf(reply)).toBe('400 InvalidArgument');
  expect(element(reply.text, 'ArgumentName')).toBe(name);
});
