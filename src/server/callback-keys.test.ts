import { generateKeyPairSync, sign } from 'node:crypto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { closedOrigin } from '../../emulator/testing/app-server.ts';
import { serve } from '../testing/node-http.ts';
import type { CallbackError } from './callback-error.ts';
import { type CallbackVerifierOptions, createCallbackVerifier } from './verify-callback.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
const PEM = publicKey.export({ type: 'spki', format: 'pem' }).toString();

const PREFIX = 'https://keys.example.com/';

function callback(keyUrl: string): Request {
  return new Request('https://app.example.com/cb', {
    method: 'POST',
    headers: {
      authorization: sign('RSA-MD5', Buffer.from('/cb\nbody'), privateKey).toString('base64'),
      'x-oss-pub-key-url': btoa(keyUrl),
    },
    body: 'body',
  });
}

/** How often, and for what, a key was fetched. */
function countingFetch(answer: () => Response | Promise<Response> = () => new Response(PEM)) {
  return vi.fn<typeof fetch>(async () => await answer());
}

describe('addresses of keys', () => {
  test.each([
    'https://gosspublic.alicdn.com.evil.example/key.pem',
    'http://gosspublic.alicdn.com.evil/key.pem',
    'https://gosspublic.alicdn.com@evil.example/key.pem',
    'https://gosspublic.alicdn.com:443@evil.example/key.pem',
    'https://user@gosspublic.alicdn.com/key.pem',
    'https://gosspublic.alicdn.com:8443/key.pem',
    'https://gosspublic.alicdn.com:443/key.pem',
    'https://gosspublic.alicdn.com',
    'https://gosspublic.alicdn.com/../key.pem',
    'https://gosspublic.alicdn.com/%2e%2e/key.pem',
    'https://gosspublic.alicdn.com/a\\..\\key.pem',
    'https://gosspublic.alicdn.com/a\tb.pem',
    ' https://gosspublic.alicdn.com/key.pem',
    'HTTPS://gosspublic.alicdn.com/key.pem',
    'https://GOSSPUBLIC.alicdn.com/key.pem',
    'https://gosspublic.alicdn.com/key.pem?x=1',
    'https://gosspublic.alicdn.com/key.pem#x',
    'https:/\\gosspublic.alicdn.com/key.pem',
    'https://evil.example/https://gosspublic.alicdn.com/key.pem',
    'https://evil.example/key.pem?https://gosspublic.alicdn.com/',
    'file:///key.pem',
    'data:,key',
    'key.pem',
  ])('%s is foreign', async (keyUrl) => {
    const send = countingFetch();
    const failing = createCallbackVerifier({ fetch: send }).verify(callback(keyUrl));
    await expect(failing).rejects.toMatchObject({ code: 'ForeignKey', status: 403 });
    expect(send).not.toHaveBeenCalled();
  });

  test('of the service are fetched over https, whatever they say, and once', async () => {
    const send = countingFetch();
    const { verify } = createCallbackVerifier({ fetch: send });
    await verify(callback('http://gosspublic.alicdn.com/callback_pub_key_v1.pem'));
    await verify(callback('https://gosspublic.alicdn.com/callback_pub_key_v1.pem'));
    expect(send.mock.calls.map(([url]) => url)).toEqual([
      'https://gosspublic.alicdn.com/callback_pub_key_v1.pem',
    ]);
  });

  test('that are configured are the only ones, down to the folder', async () => {
    const send = countingFetch();
    const keyPrefixes = ['http://127.0.0.1:9000/keys/'];
    const { verify } = createCallbackVerifier({ fetch: send, keyPrefixes });
    expect(await verify(callback('http://127.0.0.1:9000/keys/a.pem'))).toHaveProperty('body');
    expect(send.mock.calls.map(([url]) => url)).toEqual(['http://127.0.0.1:9000/keys/a.pem']);
    for (const foreign of [
      'http://127.0.0.1:9000/key.pem',
      'http://127.0.0.1:9000/keys/../other/a.pem',
      'https://gosspublic.alicdn.com/callback_pub_key_v1.pem',
    ]) {
      await expect(verify(callback(foreign))).rejects.toMatchObject({ code: 'ForeignKey' });
    }
  });
});

describe('fetching', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  function verifier(options: CallbackVerifierOptions) {
    return createCallbackVerifier({ keyPrefixes: [PREFIX], ...options });
  }

  test('happens once for many callbacks at one time', async () => {
    const send = countingFetch();
    const { verify } = verifier({ fetch: send });
    await Promise.all(Array.from({ length: 20 }, () => verify(callback(`${PREFIX}a.pem`))));
    expect(send).toHaveBeenCalledOnce();
  });

  test('that failed is remembered for five seconds', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const answers = [
      () => Promise.reject(new TypeError('fetch failed')),
      () => new Response('Not there', { status: 404 }),
      () => new Response('<html>Sign in</html>'),
    ];
    const send = countingFetch(() => (answers.shift() ?? (() => new Response(PEM)))());
    const { verify } = verifier({ fetch: send });
    for (const [index, said] of ['no answer came', 'status 404', 'no RSA public key'].entries()) {
      for (const wait of [0, 4999]) {
        vi.setSystemTime(Date.now() + wait);
        const failing = verify(callback(`${PREFIX}a.pem`));
        await expect(failing).rejects.toMatchObject({ code: 'KeyUnavailable', status: 503 });
        await expect(failing).rejects.toThrow(said);
        expect(send).toHaveBeenCalledTimes(index + 1);
      }
      vi.setSystemTime(Date.now() + 1);
    }
    expect(await verify(callback(`${PREFIX}a.pem`))).toHaveProperty('body', 'body');
    expect(send).toHaveBeenCalledTimes(4);
  });

  test('keeps a few keys, and forgets the oldest', async () => {
    const send = countingFetch();
    const { verify } = verifier({ fetch: send, maxKeys: 2 });
    for (const name of ['a', 'b', 'a', 'b', 'c', 'b', 'c']) await verify(callback(PREFIX + name));
    expect(send).toHaveBeenCalledTimes(3);
    await verify(callback(`${PREFIX}a`));
    expect(send).toHaveBeenCalledTimes(4);
  });

  test('forgets the oldest failure, too', async () => {
    const send = countingFetch(() => new Response('', { status: 404 }));
    const { verify } = verifier({ fetch: send, maxKeys: 2 });
    for (const name of ['a', 'b', 'a', 'b', 'c', 'b', 'c']) {
      await expect(verify(callback(PREFIX + name))).rejects.toThrow('status 404');
    }
    expect(send).toHaveBeenCalledTimes(3);
    await expect(verify(callback(`${PREFIX}a`))).rejects.toThrow('status 404');
    expect(send).toHaveBeenCalledTimes(4);
  });

  test('over the network: a redirection, an endless key, a silent and an absent server', async () => {
    const asked: string[] = [];
    const origin = await serve(async ({ url }) => {
      const { pathname } = new URL(url);
      asked.push(pathname);
      if (pathname === '/moved') return Response.redirect(`${origin}/key`, 302);
      if (pathname === '/large') return new Response(PEM.padEnd(20_000));
      if (pathname === '/silent') return await new Promise<Response>(() => undefined);
      return new Response(PEM);
    });
    const absent = await closedOrigin();
    const keyPrefixes = [`${origin}/`, `${absent}/`];
    const { verify } = verifier({ keyPrefixes });
    const impatient = verifier({ keyPrefixes, keyTimeout: 50 });
    expect(await verify(callback(`${origin}/key`))).toHaveProperty('body');
    for (const [keyUrl, said, ask] of [
      [`${origin}/moved`, 'status 302', verify],
      [`${origin}/large`, 'too large', verify],
      [`${origin}/silent`, 'no answer came', impatient.verify],
      [`${absent}/key`, 'no answer came', verify],
    ] as const) {
      const error = await ask(callback(keyUrl)).catch((reason: CallbackError) => reason);
      expect(error).toMatchObject({ code: 'KeyUnavailable', status: 503 });
      expect(error).toHaveProperty('message', expect.stringContaining(said));
    }
    expect(asked).toEqual(['/key', '/moved', '/large', '/silent']);
  });
});
