import { expect, test } from 'vitest';
import { answerWith, closedOrigin, startAppServer, startRawServer } from '../testing/app-server.ts';
import { element } from '../testing/client.ts';
import { errorOf, useEmulator } from '../testing/harness.ts';

const bench = useEmulator({ callbacks: { timeout: 200 } });

function put(...urls: string[]) {
  const callback = { callbackUrl: urls.join(';'), callbackBody: 'object=${object}' };
  const encoded = Buffer.from(JSON.stringify(callback)).toString('base64');
  const headers = { 'x-oss-callback': encoded };
  return bench.client.send({ method: 'PUT', key: 'k', body: 'content', headers });
}

/** The message of a callback that failed; the object is stored all the same. */
async function failureOf(url: string): Promise<string> {
  const reply = await put(url);
  expect(errorOf(reply)).toBe('203 CallbackFailed');
  expect(bench.emulator.objects()).toMatchObject([{ key: 'k', size: 7 }]);
  expect(bench.emulator.log[0]).toMatchObject({ status: 203, code: 'CallbackFailed' });
  return element(reply.text, 'Message');
}

const NOT_JSON = 'Response body is not valid json format.';

test.each([
  ['text', 'OK'],
  ['half of it', '{"a":'],
  ['a byte order mark before it', '\ufeff{"a":"b"}'],
])('no JSON: %s', async (_what, text) => {
  const app = await startAppServer(answerWith(text));
  expect(await failureOf(app.url)).toBe(NOT_JSON);
});

test.each([400, 502, 404, 201, 204, 301])('status %i', async (status) => {
  const app = await startAppServer(answerWith('{}', status));
  expect(await failureOf(app.url)).toBe(`Error status : ${status}.`);
});

test('nobody there', async () => {
  expect(await failureOf(await closedOrigin())).toBe(
    'Error status :-1.OSS can not connect to your callbackUrl, please check it.',
  );
});

test.each(['silent', 'half an answer'])('too slow: %s', async (kind) => {
  const app = await startAppServer((_message, response) => {
    if (kind !== 'silent') response.writeHead(200, { 'Content-Length': '9' }).write('{"a"');
  });
  const { port } = new URL(app.url);
  expect(await failureOf(app.url)).toBe(
    `Error status : -1. 127.0.0.1:${port} reply timeout, cost:200ms, timeout:200ms (err:-4, errno:115)`,
  );
});

test.each([
  [
    'no length',
    'Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
    'missing content-length.',
  ],
  ['none, and closed', '\r\n{}', 'missing content-length.'],
  ['no number', 'Content-Length: two\r\n\r\n{}', 'return invalid content-length value.'],
  ['negative', 'Content-Length: -2\r\n\r\n{}', 'return invalid content-length value.'],
  ['zero', 'Content-Length: 0\r\n\r\n', 'return invalid content-length value.'],
  ['too long', 'Content-Length: 1048577\r\n\r\n{}', 'return too long content-length value.'],
])('length: %s', async (_what, rest, message) => {
  const url = await startRawServer(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n${rest}`);
  expect(await failureOf(url)).toBe(`Error Status : 400.User server ${message}`);
});

test('an answer that breaks off', async () => {
  const url = await startRawServer('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}');
  expect(await failureOf(url)).toBe(NOT_JSON);
});

test('URLs are tried in order, until one succeeds', async () => {
  const broken = await startAppServer(answerWith('', 500));
  const good = await startAppServer(answerWith('{"second":true}'));
  const unused = await startAppServer(answerWith('{"third":true}'));
  const reply = await put(await closedOrigin(), broken.url, good.url, unused.url);
  expect([reply.status, reply.text]).toEqual([200, '{"second":true}']);
  expect([broken, good, unused].map(({ seen }) => seen.length)).toEqual([1, 1, 0]);
});

test('when none does, the last one’s failure is told; nothing is tried twice', async () => {
  const first = await startAppServer(answerWith('', 500));
  const last = await startAppServer(answerWith('', 404));
  expect(await failureOf(`${first.url};${last.url}`)).toBe('Error status : 404.');
  expect([first, last].map(({ seen }) => seen.length)).toEqual([1, 1]);
});

test('a redirection is not followed', async () => {
  const good = await startAppServer(answerWith('{}'));
  const url = await startRawServer(`HTTP/1.1 302 Found\r\nLocation: ${good.url}\r\n\r\n`);
  expect(await failureOf(url)).toBe('Error status : 302.');
  expect(good.seen).toEqual([]);
});

test('the upload is over even if its callback failed', async () => {
  const uploadId = await bench.client.initiate('m');
  const part = await bench.client.uploadPart('m', uploadId, 1, Buffer.from('x'));
  const callback = { callbackUrl: await closedOrigin(), callbackBody: 'a' };
  const headers = {
    'x-oss-callback': Buffer.from(JSON.stringify(callback)).toString('base64'),
  };
  const list: [number, string][] = [[1, part.headers.etag ?? '']];
  const reply = await bench.client.complete('m', uploadId, list, { headers });
  expect(errorOf(reply)).toBe('203 CallbackFailed');
  expect(bench.emulator.uploads()).toEqual([]);
  expect(bench.emulator.objects()).toMatchObject([{ key: 'm' }]);
  expect(errorOf(await bench.client.complete('m', uploadId, list))).toBe('404 NoSuchUpload');
});
