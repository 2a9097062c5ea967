import { beforeEach, expect, test } from 'vitest';
import type { FakeAnswer } from './testing/fake-oss.ts';
import { fileOf, KEY, UNIT, World } from './testing/world.ts';

// A server, or somebody in its place, that answers what OSS never would.

const FILE = fileOf(5 * UNIT);

let world: World;

beforeEach(() => {
  world = new World();
});

async function uploadAnswered(to: 'initiate' | 'part', answer: FakeAnswer) {
  world.oss.interfere = ({ operation, process }) =>
    operation === to ? Promise.resolve(answer) : process();
  return await world.end(world.openPage({ retry: { limit: 2 } }).upload(FILE, { key: KEY }));
}

function initiated(uploadId: string): FakeAnswer {
  const body = `<InitiateMultipartUploadResult><UploadId>${uploadId}</UploadId></InitiateMultipartUploadResult>`;
  return { status: 200, body };
}

test.each([
  ['a page', '<!doctype html><html><body>Log in</body></html>'],
  ['JSON', '{"UploadId":"1"}'],
  [
    'an entity bomb',
    `<!DOCTYPE r [<!ENTITY a "1"><!ENTITY b "${'&a;'.repeat(10_000)}">]><r>&b;</r>`,
  ],
  ['many open tags', '<a>'.repeat(100_000)],
  ['ten megabytes', 'x'.repeat(10_000_000)],
  ['an empty upload id', initiated('').body ?? ''],
])('in place of an upload id %s is no answer', async (_what, body) => {
  const { reason } = await uploadAnswered('initiate', { status: 200, body });
  expect(reason).toMatchObject({ kind: 'protocol', operation: 'InitiateMultipartUpload' });
  expect(String(reason).length).toBeLessThan(500);
  expect(world.oss.count('part')).toBe(0);
});

test('an error of any length makes a message that can be read', async () => {
  const long = 'x'.repeat(1_000_000);
  const body = `<Error><Code>${long}</Code><Message>${long}</Message><RequestId>${long}</RequestId></Error>`;
  const { reason } = await uploadAnswered('part', { status: 403, body });
  expect(reason).toMatchObject({ kind: 'service', status: 403 });
  expect(String(reason).length).toBeLessThan(1000);
});

test('an upload id of strange characters stays within its place in every address', async () => {
  const strange = '&lt;a/../b?key=c&amp;uploadId=d#e%2F%0D%0Ax-evil: 1&#10;f&gt;';
  world.oss.interfere = ({ operation, process }) =>
    operation === 'initiate' ? Promise.resolve(initiated(strange)) : process();
  const upload = world.openPage({ retry: { limit: 1 } }).upload(FILE, { key: KEY });
  await world.end(upload).catch(() => undefined);
  const sent = world.oss.requests.filter(({ operation }) => operation !== 'initiate');
  expect(sent.length).toBeGreaterThan(0);
  for (const { request } of sent) {
    const { pathname, searchParams, hash } = new URL(request.url);
    expect(pathname).toBe(`/${KEY}`);
    expect(hash).toBe('');
    expect(searchParams.getAll('uploadId')).toEqual([
      '<a/../b?key=c&uploadId=d#e%2F%0D%0Ax-evil: 1\nf>',
    ]);
    expect(searchParams.has('key')).toBe(false);
    expect(Object.keys(request.headers)).not.toContain('x-evil');
  }
});
