import { createPrivateKey, sign } from 'node:crypto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import vectors from './fixtures/callbacks.json' with { type: 'json' };
import {
  createCallbackVerifier,
  type VerifiedCallback,
  verifyCallback,
} from './verify-callback.ts';

const { real, ownKey } = vectors;

const PREFIX = 'https://keys.example.com/';
const KEY_URL = `${PREFIX}own.pem`;

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A `fetch` that always answers with this key, and remembers what it was asked for. */
function keyServer(pem: string) {
  return vi.fn<typeof fetch>(async () => new Response(pem));
}

interface Callback {
  readonly url?: string;
  readonly body?: string;
  readonly signature?: string;
  readonly keyUrl?: string;
  readonly contentType?: string;
}

function requestOf({
  url = 'https://app.example.com/cb?id=1',
  body = 'bucket=videos&size=7',
  signature = signatureOf('/cb?id=1', 'bucket=videos&size=7'),
  keyUrl = KEY_URL,
  contentType = 'application/x-www-form-urlencoded',
}: Callback = {}): Request {
  return new Request(url, {
    method: 'POST',
    headers: {
      authorization: signature,
      'x-oss-pub-key-url': btoa(keyUrl),
      'x-oss-request-id': '5A1F',
      'content-type': contentType,
    },
    body,
  });
}

function signatureOf(target: string, body: string): string {
  const key = createPrivateKey(ownKey.privateKeyPem);
  return sign('RSA-MD5', Buffer.from(`${target}\n${body}`), key).toString('base64');
}

function ownVerifier() {
  return createCallbackVerifier({ keyPrefixes: [PREFIX], fetch: keyServer(ownKey.publicKeyPem) });
}

describe('the service’s own callbacks, by its key of 512 bits', () => {
  test.each(real.cases)('$id', async (vector) => {
    const send = keyServer(real.publicKeyPem);
    const { verify } = createCallbackVerifier({ fetch: send });
    const callback = (body: string) =>
      new Request(`http://app.example.com${vector.path}${vector.queryString}`, {
        method: 'POST',
        headers: {
          authorization: vector.authorization,
          'x-oss-pub-key-url': vector.pubKeyUrlHeader,
        },
        body,
      });
    const { body, requestId } = await verify(callback(vector.body));
    expect([body, requestId]).toEqual([vector.body, undefined]);
    await expect(verify(callback(`${vector.body} `))).rejects.toMatchObject({
      code: 'SignatureMismatch',
      status: 403,
    });
    expect(send).toHaveBeenCalledOnce();
    expect(send.mock.calls[0]?.[0]).toBe('https://gosspublic.alicdn.com/callback_pub_key_v1.pem');
  });
});

describe('callbacks by our own key', () => {
  test.each(ownKey.cases)('$id', async (vector) => {
    const callback = {
      url: `https://app.example.com${vector.path}${vector.queryString}`,
      body: vector.body,
      signature: vector.expect.authorization,
      contentType: vector.contentType,
    };
    const { body, contentType } = await ownVerifier().verify(requestOf(callback));
    expect([body, contentType]).toEqual([vector.body, vector.contentType]);
  });

  test('tell their request, and their fields or value', async () => {
    const form = await ownVerifier().verify(requestOf());
    expect(form.requestId).toBe('5A1F');
    expect(Object.fromEntries(form.fields())).toEqual({ bucket: 'videos', size: '7' });
    expect(() => form.json()).toThrow(expect.objectContaining({ code: 'NotJson', status: 400 }));
    const body = '{"size":7}';
    const json = await ownVerifier().verify(
      requestOf({ body, signature: signatureOf('/cb?id=1', body) }),
    );
    expect(json.json()).toEqual({ size: 7 });
  });

  test('without a body, and with bytes that are no text', async () => {
    const signature = signatureOf('/cb', '');
    const headers = { authorization: signature, 'x-oss-pub-key-url': btoa(KEY_URL) };
    const request = new Request('https://app.example.com/cb', { method: 'POST', headers });
    expect((await ownVerifier().verify(request)).body).toBe('');
    const bytes = Buffer.from([0xef, 0xbb, 0xbf, 0xff]);
    const key = createPrivateKey(ownKey.privateKeyPem);
    const signed = sign('RSA-MD5', Buffer.concat([Buffer.from('/cb\n'), bytes]), key);
    headers.authorization = signed.toString('base64');
    const odd = new Request('https://app.example.com/cb', { method: 'POST', headers, body: bytes });
    expect((await ownVerifier().verify(odd)).body).toBe('\ufeff\ufffd');
  });
});

describe('the address that was signed', () => {
  const proxied = () => requestOf({ url: 'http://10.0.0.7:3000/internal/cb?id=1' });

  test('is given where a proxy has changed it', async () => {
    await expect(ownVerifier().verify(proxied())).rejects.toThrow('Pass `url` as OSS called it');
    for (const url of [
      '/cb?id=1',
      'https://app.example.com/cb?id=1',
      'https://a.example/cb?id=1#x',
    ]) {
      expect((await ownVerifier().verify(proxied(), { url })).body).toBe('bucket=videos&size=7');
    }
  });

  test.each([
    ['/a%20b', '/a b'],
    ['/%E7%9B%AE?n=%E7%9B%AE', '/目?n=%E7%9B%AE'],
    ['/a+b', '/a+b'],
    ['/%zz?%41', '/%zz?%41'],
    ['/cb?', '/cb?'],
    ['/cb?a=/?b', '/cb?a=/?b'],
    ['', ''],
  ])('%s is signed as %s', async (url, signed) => {
    const request = requestOf({ signature: signatureOf(signed, 'bucket=videos&size=7') });
    expect((await ownVerifier().verify(request, { url })).fields().get('size')).toBe('7');
  });
});

describe('what anybody could send', () => {
  const other = signatureOf('/cb?id=1', 'bucket=videos&size=8');
  test.each<[string, Callback]>([
    ['another body', { body: 'bucket=videos&size=8' }],
    ['a longer body', { body: 'bucket=videos&size=70' }],
    ['no body', { body: '' }],
    ['another path', { url: 'https://app.example.com/other?id=1' }],
    ['another query', { url: 'https://app.example.com/cb?id=2' }],
    ['no query', { url: 'https://app.example.com/cb' }],
    ['another signature', { signature: other }],
    ['a short signature', { signature: btoa('short') }],
    ['a signature of zeros', { signature: Buffer.alloc(256).toString('base64') }],
  ])('%s', async (_name, callback) => {
    const failing = ownVerifier().verify(requestOf(callback));
    await expect(failing).rejects.toMatchObject({ code: 'SignatureMismatch', status: 403 });
  });

  test.each([
    ['authorization', undefined],
    ['authorization', ''],
    ['authorization', 'OSS id:%%%'],
    ['x-oss-pub-key-url', undefined],
    ['x-oss-pub-key-url', '-'],
  ])('%s: %s', async (name, value) => {
    const send = keyServer(ownKey.publicKeyPem);
    const request = requestOf();
    if (value === undefined) request.headers.delete(name);
    else request.headers.set(name, value);
    const failing = createCallbackVerifier({ keyPrefixes: [PREFIX], fetch: send }).verify(request);
    await expect(failing).rejects.toMatchObject({ code: 'Unsigned', status: 403 });
    await expect(failing).rejects.toThrow(name);
    expect(send).not.toHaveBeenCalled();
  });
});

describe('bodies', () => {
  const body = 'x'.repeat(100);
  const signed = (): Callback => ({ body, signature: signatureOf('/cb?id=1', body) });
  const verifier = (maxBodyBytes: number) =>
    createCallbackVerifier({
      keyPrefixes: [PREFIX],
      fetch: keyServer(ownKey.publicKeyPem),
      maxBodyBytes,
    });

  test('up to the limit, and above it', async () => {
    expect((await verifier(100).verify(requestOf(signed()))).body).toBe(body);
    const failing = verifier(99).verify(requestOf(signed()));
    await expect(failing).rejects.toMatchObject({ code: 'BodyTooLarge', status: 413 });
  });

  test('that say so are not read at all, others only to the limit', async () => {
    const pulls = vi.fn<(controller: ReadableStreamDefaultController) => void>((controller) => {
      controller.enqueue(new Uint8Array(40));
    });
    const endless = (headers: Record<string, string>) => {
      const { headers: given, url } = requestOf();
      for (const [name, value] of Object.entries(headers)) given.set(name, value);
      const stream = new ReadableStream({ pull: pulls }, { highWaterMark: 0 });
      const init: RequestInit & { duplex: 'half' } = {
        method: 'POST',
        headers: given,
        duplex: 'half',
      };
      return new Request(url, { ...init, body: stream });
    };
    const tooLarge = { code: 'BodyTooLarge' };
    await expect(verifier(100).verify(endless({ 'content-length': '101' }))).rejects.toMatchObject(
      tooLarge,
    );
    expect(pulls).not.toHaveBeenCalled();
    await expect(verifier(100).verify(endless({}))).rejects.toMatchObject(tooLarge);
    expect(pulls).toHaveBeenCalledTimes(3);
  });

  test('that break off', async () => {
    const { headers, url } = requestOf();
    const cause = new Error('The client has left.');
    const stream = new ReadableStream({ pull: (controller) => controller.error(cause) });
    const init: RequestInit & { duplex: 'half' } = { method: 'POST', headers, duplex: 'half' };
    const failing = verifier(100).verify(new Request(url, { ...init, body: stream }));
    await expect(failing).rejects.toMatchObject({ code: 'BodyCutOff', status: 400, cause });
  });
});

describe('verifyCallback', () => {
  const callback = () => {
    const [vector] = real.cases;
    if (vector === undefined) throw new Error('There is no vector.');
    const { path, queryString, body, authorization: signature, pubKeyUrl: keyUrl } = vector;
    return requestOf({ url: `https://x.example${path}${queryString}`, body, signature, keyUrl });
  };

  test('keeps the keys of the service', async () => {
    const send = keyServer(real.publicKeyPem);
    vi.stubGlobal('fetch', send);
    const results: VerifiedCallback[] = [];
    for (let call = 0; call < 3; call++) results.push(await verifyCallback(callback()));
    const url = '/index.php?id=1&index=2';
    results.push(await verifyCallback(callback(), { url }));
    expect(results.map(({ body }) => body)).toEqual(Array(4).fill('bucket=yonghu-test'));
    expect(send).toHaveBeenCalledOnce();
  });

  test('takes the options of a verifier, and the address', async () => {
    const send = keyServer(ownKey.publicKeyPem);
    const options = { keyPrefixes: [PREFIX], fetch: send };
    const request = requestOf({ url: 'https://app.example.com/proxied' });
    expect(await verifyCallback(request, { ...options, url: '/cb?id=1' })).toHaveProperty('body');
    expect(send).toHaveBeenCalledOnce();
  });
});

describe('options', () => {
  test.each([
    [{ keyPrefixes: ['https://keys.example.com'] }, '`keyPrefixes`'],
    [{ keyPrefixes: ['https://keys.example.com/key'] }, '`keyPrefixes`'],
    [{ keyPrefixes: ['ftp://keys.example.com/'] }, '`keyPrefixes`'],
    [{ keyPrefixes: ['https://u:p@keys.example.com/'] }, '`keyPrefixes`'],
    [{ keyPrefixes: [7] }, '`keyPrefixes`'],
    [{ maxBodyBytes: 0 }, '`maxBodyBytes`'],
    [{ maxKeys: 1.5 }, '`maxKeys`'],
    [{ keyTimeout: Number.NaN }, '`keyTimeout`'],
  ])('%j', (options, said) => {
    const given = options as Parameters<typeof createCallbackVerifier>[0];
    expect(() => createCallbackVerifier(given)).toThrow(said);
  });
});
