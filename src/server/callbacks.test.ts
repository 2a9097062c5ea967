import { createPrivateKey, sign } from 'node:crypto';
import { request as requestHttp } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { answerTo, bytes } from '../../emulator/testing/client.ts';
import { startEmulator, useEmulator } from '../../emulator/testing/harness.ts';
import { serve } from '../testing/node-http.ts';
import { CallbackError } from './callback-error.ts';
import { callbackResponse } from './callback-response.ts';
import vectors from './fixtures/callbacks.json' with { type: 'json' };
import {
  type CallbackRequestOptions,
  type CallbackVerifierOptions,
  createCallbackVerifier,
  type VerifiedCallback,
} from './verify-callback.ts';

const bench = useEmulator();

/** An app's server that takes callbacks of the emulator, and remembers what it took and why it refused. */
async function startApp(
  options: CallbackVerifierOptions = {},
  rewritten: (request: Request) => CallbackRequestOptions = () => ({}),
) {
  const keyPrefixes = [`${bench.emulator.origin}/__emulator/`];
  const verifier = createCallbackVerifier({ keyPrefixes, ...options });
  const taken: VerifiedCallback[] = [];
  const refused: CallbackError[] = [];
  const origin = await serve(async (request, url) => {
    try {
      const callback = await verifier.verify(request, { url, ...rewritten(request) });
      taken.push(callback);
      return callbackResponse({ stored: taken.length, name: 'Zoë' });
    } catch (error) {
      if (!(error instanceof CallbackError)) throw error;
      refused.push(error);
      return callbackResponse({ error: error.code }, { status: error.status });
    }
  });
  return { origin, taken, refused };
}

function callbackHeader(callbackUrl: string, changes: Record<string, string> = {}): string {
  const callbackBody = 'key=${object}&size=${size}&user=${x:user}';
  return Buffer.from(JSON.stringify({ callbackUrl, callbackBody, ...changes })).toString('base64');
}

const VARIABLES = Buffer.from(JSON.stringify({ 'x:user': 'ü & co' })).toString('base64');

describe('uploads', () => {
  test('are told to the app, and its answer to the uploader', async () => {
    const { origin, taken } = await startApp();
    const headers = {
      'x-oss-callback': callbackHeader(`${origin}/uploaded?from=put%20object`),
      'x-oss-callback-var': VARIABLES,
    };
    const key = '目录/a b+c.bin';
    const reply = await bench.client.send({ method: 'PUT', key, body: 'abc', headers });
    expect([reply.status, reply.text]).toEqual([200, '{"stored":1,"name":"Zoë"}']);
    expect(taken).toHaveLength(1);
    expect(Object.fromEntries(taken[0]?.fields() ?? [])).toEqual({
      key,
      size: '3',
      user: 'ü & co',
    });
    expect(taken[0]?.requestId).toBe(reply.headers['x-oss-request-id']);
  });

  test('in parts, with a body of JSON', async () => {
    const { origin, taken } = await startApp();
    const uploadId = await bench.client.initiate('a"b');
    const part = await bench.client.uploadPart('a"b', uploadId, 1, bytes(110_000));
    const headers = {
      'x-oss-callback': callbackHeader(`${origin}/目录`, {
        callbackBody: '{"key":${object},"size":${size},"user":${x:user}}',
        callbackBodyType: 'application/json',
      }),
      'x-oss-callback-var': VARIABLES,
    };
    const etag = part.headers.etag ?? '';
    const reply = await bench.client.complete('a"b', uploadId, [[1, etag]], { headers });
    expect([reply.status, reply.text]).toEqual([200, '{"stored":1,"name":"Zoë"}']);
    expect(taken[0]?.json()).toEqual({ key: 'a"b', size: 110_000, user: 'ü & co' });
    expect(taken[0]?.contentType).toBe('application/json');
  });

  test('to an app that refuses are stored, and answered 203', async () => {
    const { origin, refused } = await startApp({ keyPrefixes: ['https://keys.example.com/'] });
    const headers = { 'x-oss-callback': callbackHeader(origin) };
    const reply = await bench.client.send({ method: 'PUT', key: 'k', body: 'abc', headers });
    expect(reply.status).toBe(203);
    expect(reply.text).toContain('Error status : 403.');
    expect(refused).toMatchObject([{ code: 'ForeignKey' }]);
  });
});

describe('callbacks by themselves', () => {
  test.each(['/cb', '/cb?id=1&n=%E4%B8%AD', '/%E4%B8%AD%20x/', '/', ''])('to %s', async (path) => {
    const { origin } = await startApp();
    const report = await bench.emulator.sendCallback({ url: origin + path, object: 'a b' });
    expect(report).toMatchObject({ isGood: true, status: 200 });
  });

  test('of the most that OSS takes as an answer', async () => {
    const most = 'x'.repeat(1024 ** 2 - 2);
    const origin = await serve(async () => callbackResponse(most));
    const report = await bench.emulator.sendCallback({ url: origin, object: 'k' });
    expect(report).toMatchObject({ isGood: true, answer: `"${most}"` });
  });

  test('behind a proxy that cuts the path', async () => {
    const app = await startApp({}, ({ url }) => ({ url: `/shop${new URL(url).pathname}` }));
    const proxy = await serve(async (request) => {
      const { pathname, search } = new URL(request.url);
      const target = app.origin + pathname.replace('/shop', '') + search;
      const { headers, method } = request;
      const sent = Object.fromEntries(
        [...headers].filter(([name]) => !/^(?:host|connection)$/.test(name)),
      );
      const answer = await fetch(target, { method, headers: sent, body: await request.text() });
      return callbackResponse(await answer.json(), { status: answer.status });
    });
    const report = await bench.emulator.sendCallback({ url: `${proxy}/shop/cb`, object: 'k' });
    expect(report).toMatchObject({ isGood: true });
  });

  test('of another emulator are by a foreign key, and by another one at the right address', async () => {
    const { privateKeyPem: privateKey } = vectors.ownKey;
    const { origin, refused } = await startApp();
    const foreign = await startEmulator();
    expect(await foreign.emulator.sendCallback({ url: origin, object: 'k' })).toMatchObject({
      status: 403,
    });
    const publicKeyUrl = `${bench.emulator.origin}/__emulator/callback-public-key.pem`;
    const forger = await startEmulator({ callbacks: { privateKey, publicKeyUrl } });
    expect(await forger.emulator.sendCallback({ url: origin, object: 'k' })).toMatchObject({
      status: 403,
    });
    expect(refused.map(({ code }) => code)).toEqual(['ForeignKey', 'SignatureMismatch']);
  });

  test('that are too large are answered so, while nobody has read them', async () => {
    const { origin, refused } = await startApp({ maxBodyBytes: 1000 });
    const body = `\${object}${'x'.repeat(1001)}`;
    const report = await bench.emulator.sendCallback({ url: origin, object: 'k', body });
    expect(report).toMatchObject({ isGood: false, status: 413 });
    expect(refused).toMatchObject([{ code: 'BodyTooLarge' }]);
  });
});

describe('the lines for node:http', () => {
  const echo = () =>
    serve(async (request) => {
      const { method, url, headers } = request;
      const body = await request.text();
      return callbackResponse({ method, url, body, type: headers.get('content-type') });
    });

  test('pass on requests with and without a body, and tell the length', async () => {
    const origin = await echo();
    for (const [method, sent] of [
      ['GET', undefined],
      ['POST', ''],
      ['POST', 'x'.repeat(300_000)],
    ] as const) {
      const headers = { 'content-type': 'text/x' };
      const outgoing = requestHttp(`${origin}/a%20b?c=d`, { method, headers });
      outgoing.end(sent);
      const reply = await answerTo(outgoing);
      expect(JSON.parse(reply.text)).toEqual({
        method,
        url: 'http://localhost/a%20b?c=d',
        body: sent ?? '',
        type: 'text/x',
      });
      expect(reply.headers['content-length']).toBe(String(reply.body.length));
      expect(reply.headers).not.toHaveProperty('transfer-encoding');
    }
  });

  // OSS signs what it has called; Request knows addresses in their normal form alone.
  test.each(["/cb?user=o'neil", '/cb?filter={"a":1}', '/cb?a=<b>', '/cb/./a', '/cb/../a?q=a|b'])(
    'let a callback to %s be verified',
    async (path) => {
      const send = async (): Promise<Response> => new Response(vectors.ownKey.publicKeyPem);
      const keyPrefixes = ['https://keys.example.com/'];
      const { origin, taken } = await startApp({ keyPrefixes, fetch: send });
      const key = createPrivateKey(vectors.ownKey.privateKeyPem);
      const signature = sign('RSA-MD5', Buffer.from(`${path}\nbody`), key).toString('base64');
      const { hostname, port } = new URL(origin);
      const headers = {
        authorization: signature,
        'x-oss-pub-key-url': btoa('https://keys.example.com/own.pem'),
      };
      const outgoing = requestHttp({ hostname, port, path, method: 'POST', headers });
      outgoing.end('body');
      expect((await answerTo(outgoing)).status).toBe(200);
      expect(taken).toMatchObject([{ body: 'body' }]);
    },
  );

  test('answer HTTP/1.0, which OSS has been seen to speak', async () => {
    const { port } = new URL(await echo());
    const socket = connect(Number(port), '127.0.0.1');
    socket.end('POST /cb HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc');
    let text = '';
    for await (const piece of socket.setEncoding('utf8')) text += String(piece);
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(text).toMatch(/\r\ncontent-length: \d+\r\n/i);
    expect(text).toContain('"body":"abc"');
  });

  test('survive a handler that throws, and requests that are none', async () => {
    const origin = await serve(async (request) => {
      if (request.method === 'POST') throw new Error('A mistake of the app.');
      return callbackResponse('fine');
    });
    const failing = requestHttp(origin, { method: 'POST' });
    failing.end('x');
    await expect(answerTo(failing)).rejects.toThrow(/hang up|ECONNRESET/);
    const odd = requestHttp(origin, { method: 'TRACE' });
    odd.end();
    await expect(answerTo(odd)).rejects.toThrow(/hang up|ECONNRESET/);
    const fine = requestHttp(origin);
    fine.end();
    expect((await answerTo(fine)).text).toBe('"fine"');
  });
});
