import { beforeEach, expect, test } from 'vitest';
import { element } from '../testing/client.ts';
import { errorOf, useEmulator } from '../testing/harness.ts';

const bench = useEmulator({ buckets: ['partway-demo', 'other-bucket'] });
const uploads: { key: string; uploadId: string }[] = [];

beforeEach(async () => {
  uploads.length = 0;
  for (const key of ['b', 'a/1', 'a/2', 'a/2', 'é'])
    uploads.push({ key, uploadId: await bench.client.initiate(key) });
  await bench.client.initiate('elsewhere', { bucket: 'other-bucket' });
});

function list(query: Record<string, string> = {}) {
  return bench.client.send({ query: { uploads: null, ...query } });
}

function rows(text: string): string[] {
  return [...text.matchAll(/<Upload>\s*<Key>([^<]*)<\/Key>\s*<UploadId>(\w+)</g)].map(
    ([, key, uploadId]) => `${key} ${uploadId}`,
  );
}

function expectedRows(): string[] {
  return uploads.map(({ key, uploadId }) => `${key} ${uploadId}`).toSorted();
}

test('lists the uploads of the bucket by key, then upload id', async () => {
  const { text } = await list();
  expect(rows(text)).toEqual(expectedRows());
  expect(element(text, 'IsTruncated')).toBe('false');
  expect(element(text, 'Bucket')).toBe('partway-demo');
  expect(element(text, 'Initiated')).toMatch(/\.000Z$/);
});

test('pages follow each other', async () => {
  const seen: string[] = [];
  let markers: Record<string, string> = {};
  for (let isTruncated = true; isTruncated; ) {
    const { text } = await list({ 'max-uploads': '1', ...markers });
    seen.push(...rows(text));
    isTruncated = element(text, 'IsTruncated') === 'true';
    markers = {
      'key-marker': element(text, 'NextKeyMarker'),
      'upload-id-marker': element(text, 'NextUploadIdMarker'),
    };
  }
  expect(seen).toEqual(expectedRows());
});

test('an upload id marker alone is ignored', async () => {
  expect(rows((await list({ 'upload-id-marker': 'FF' })).text)).toEqual(expectedRows());
});

test('a key marker alone skips all uploads of that key', async () => {
  const { text } = await list({ 'key-marker': 'a/2' });
  expect(rows(text)).toEqual(expectedRows().slice(3));
});

test('prefix and delimiter', async () => {
  expect(rows((await list({ prefix: 'a/' })).text)).toEqual(expectedRows().slice(0, 3));
  const { text } = await list({ delimiter: '/', 'encoding-type': 'url' });
  expect(/<CommonPrefixes>\s*<Prefix>([^<]*)</.exec(text)?.[1]).toBe('a%2F');
  expect(rows(text).map((row) => row.split(' ')[0])).toEqual(['b', '%C3%A9']);
  const first = await list({ delimiter: '/', 'max-uploads': '1' });
  expect(element(first.text, 'NextKeyMarker')).toBe('a/');
  const next = await list({ delimiter: '/', 'max-uploads': '1', 'key-marker': 'a/' });
  expect(rows(next.text).map((row) => row.split(' ')[0])).toEqual(['b']);
});

test.each(['0', '1001'])('max-uploads=%s is refused', async (most) => {
  expect(errorOf(await list({ 'max-uploads': most }))).toBe('400 InvalidArgument');
});
