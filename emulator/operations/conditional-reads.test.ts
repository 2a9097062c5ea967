import { beforeEach, expect, test } from 'vitest';
import { element, md5Hex } from '../testing/client.ts';
import { errorOf, useEmulator } from '../testing/harness.ts';

const NOW = Date.parse('2026-03-04T05:06:07.890Z');
const bench = useEmulator({ now: () => NOW, acl: 'public-read' });
const ETAG = `"${md5Hex('content')}"`;
const SAME = 'Wed, 04 Mar 2026 05:06:07 GMT';
const EARLIER = 'Wed, 04 Mar 2026 05:06:06 GMT';

beforeEach(async () => {
  const headers = { 'content-type': 'text/plain', 'cache-control': 'no-cache' };
  await send({ method: 'PUT', body: 'content', headers });
});

function send(call: object) {
  return bench.client.send({ key: 'k', time: NOW, ...call });
}

test.each([
  [{ 'if-match': ETAG }, 200],
  [{ 'if-match': ETAG.replaceAll('"', '').toLowerCase() }, 200],
  [{ 'if-match': '*' }, 200],
  [{ 'if-match': `"X", ${ETAG}` }, 200],
  [{ 'if-match': '"X"' }, 412],
  [{ 'if-none-match': '"X"' }, 200],
  [{ 'if-none-match': ETAG }, 304],
  [{ 'if-none-match': '*' }, 304],
  [{ 'if-modified-since': EARLIER }, 200],
  [{ 'if-modified-since': SAME }, 304],
  [{ 'if-modified-since': 'yesterday' }, 200],
  [{ 'if-unmodified-since': SAME }, 200],
  [{ 'if-unmodified-since': EARLIER }, 412],
  [{ 'if-match': ETAG, 'if-unmodified-since': EARLIER }, 412],
  [{ 'if-match': '"X"', 'if-none-match': ETAG }, 412],
  [{ 'if-none-match': '"X"', 'if-modified-since': SAME }, 200],
])('%j', async (headers, status) => {
  for (const method of ['GET', 'HEAD']) {
    const reply = await send({ method, headers });
    expect(reply.status).toBe(status);
    expect(reply.headers['x-oss-request-id']).toMatch(/^[0-9A-F]{24}$/);
    // A HEAD's 412 says as little as a 304.
    expect(reply.headers['x-oss-err']).toBeUndefined();
    expect(reply.headers['x-oss-ec']).toBeUndefined();
    const isDocument = status === 412 && method === 'GET';
    expect(reply.headers.etag).toBe(isDocument ? undefined : ETAG);
    expect(reply.text.replace(/^<\?xml.*<Code>(\w+)<.*$/s, '$1')).toBe(
      isDocument ? 'PreconditionFailed' : status === 200 && method === 'GET' ? 'content' : '',
    );
  }
});

test('a condition that failed is named', async () => {
  const reply = await send({ headers: { 'if-unmodified-since': EARLIER } });
  expect(errorOf(reply)).toBe('412 PreconditionFailed');
  expect(element(reply.text, 'Condition')).toBe('If-Unmodified-Since');
});

test('response headers on request, percent-encoded values among them', async () => {
  const query = {
    'response-content-type': 'image/png',
    'response-content-language': 'de',
    'response-expires': SAME,
    'response-cache-control': 'max-age=1',
    'response-content-disposition': 'attachment; filename="ü.txt"',
    'response-content-encoding': 'identity',
  };
  const reply = await send({ query });
  expect(reply.headers).toMatchObject({
    'content-type': 'image/png',
    'content-language': 'de',
    expires: SAME,
    'cache-control': 'max-age=1',
    'content-encoding': 'identity',
  });
  const disposition = Buffer.from(reply.headers['content-disposition'] ?? '', 'latin1');
  expect(disposition.toString('utf8')).toBe('attachment; filename="ü.txt"');
  expect((await send({})).headers['content-type']).toBe('text/plain');
  const failed = await send({ key: 'none', query });
  expect(errorOf(failed)).toBe('404 NoSuchKey');
});

test('a request without signature gets no other headers', async () => {
  expect((await send({ keys: null })).text).toBe('content');
  const reply = await send({ keys: null, query: { 'response-content-type': 'image/png' } });
  expect(errorOf(reply)).toBe('400 InvalidRequest');
});

test('GetObjectMeta says little', async () => {
  const reply = await send({ method: 'HEAD', query: { objectMeta: null } });
  expect(reply.status).toBe(200);
  expect(reply.headers).toMatchObject({ etag: ETAG, 'content-length': '7', 'last-modified': SAME });
  expect(reply.headers['cache-control']).toBeUndefined();
  const missing = await send({ method: 'HEAD', key: 'none', query: { objectMeta: null } });
  expect(missing.status).toBe(404);
  const document = Buffer.from(String(missing.headers['x-oss-err']), 'base64').toString();
  expect(element(document, 'Code')).toBe('NoSuchKey');
});
