import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type PostForm, presign, type TemporaryCredentials } from '../../src/server/index.ts';
import { type Backend, startBackend } from '../backend.ts';

const BUCKET = 'partway-demo';
/** A text would have a type of its own, which is signed. */
const BYTE = new Uint8Array(1);
const JSON_TYPE = { 'content-type': 'application/json' };

/** What the server keeps to itself: nothing of it may stand in an answer that is not a page's to have. */
const SECRETS = /-secret|security-?token/i;

const onError = vi.fn<(error: unknown) => void>();
let backend: Backend;

beforeAll(async () => {
  backend = await startBackend({ onError });
});
beforeEach(() => onError.mockReset());
afterAll(() => backend.close());

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly json: () => never;
}

async function ask(path: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(`${backend.app.origin}${path}`, init);
  const text = await response.text();
  return { status: response.status, text, json: () => JSON.parse(text) as never };
}

async function post(path: string, body: unknown): Promise<Answer> {
  return await ask(path, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(body) });
}

describe('GET /sts', () => {
  test('gives credentials of STS for keys below demo/ alone', async () => {
    const { status, json } = await ask('/sts');
    const credentials: TemporaryCredentials = json();
    expect(status).toBe(200);
    expect(credentials).toMatchObject({
      accessKeyId: expect.stringMatching(/^STS\./),
      securityToken: expect.any(String),
      expiration: expect.any(String),
    });
    const place = { bucket: BUCKET, region: 'cn-hangzhou', endpoint: backend.emulator.origin };
    const put = async (key: string): Promise<number> => {
      const options = { ...place, credentials, key, method: 'PUT', expiresIn: 60 } as const;
      const { url } = await presign(options);
      return (await fetch(url, { method: 'PUT', body: BYTE })).status;
    };
    expect(await put('demo/a')).toBe(200);
    expect(await put('others/a')).toBe(403);
  });

  test('says that there are none, and no more', async () => {
    backend.emulator.setStsBroken(true);
    const { status, text, json } = await ask('/sts');
    backend.emulator.setStsBroken(false);
    expect([status, json()]).toEqual([
      503,
      {
        error: {
          code: 'NoCredentials',
          message: 'STS gave no credentials (InternalError). Ask again.',
        },
      },
    ]);
    expect(text).not.toMatch(SECRETS);
    expect(onError).toHaveBeenCalledOnce();
  });
});

describe('POST /sign', () => {
  const toSign = {
    method: 'PUT',
    bucket: BUCKET,
    key: 'demo/b',
    query: {},
    headers: {},
    size: 1,
    fileSize: 1,
    expiresIn: 60,
  };
  const callbackTo = (callbackUrl: string) => ({
    'x-oss-callback': btoa(JSON.stringify({ callbackUrl, callbackBody: 'a=${size}' })),
  });

  test('signs what OSS takes', async () => {
    const { status, text, json } = await post('/sign', { requests: [toSign] });
    const { signed }: { signed: { headers: Record<string, string> }[] } = json();
    expect(status).toBe(200);
    expect(text).not.toMatch(SECRETS);
    const url = `${backend.emulator.origin}/${BUCKET}/demo/b`;
    const sent = await fetch(url, { method: 'PUT', headers: signed[0]?.headers ?? {}, body: BYTE });
    expect(sent.status).toBe(200);
  });

  test('lets pages ask for callbacks to this server', async () => {
    const headers = callbackTo(`${backend.app.origin}/callback`);
    expect(await post('/sign', { requests: [{ ...toSign, headers }] })).toMatchObject({
      status: 200,
    });
  });

  test.each([
    ['keys of others', { key: 'others/b' }, 'KeyNotAllowed'],
    ['too much', { size: 2e11, fileSize: 2e11 }, 'FileTooLarge'],
    ['callbacks to others', { headers: callbackTo('http://127.0.0.1:1/') }, 'NotAllowed'],
  ])('refuses %s', async (_what, wrong, code) => {
    const { status, text, json } = await post('/sign', { requests: [{ ...toSign, ...wrong }] });
    expect([status, json()]).toMatchObject([403, { error: { code } }]);
    expect(text).not.toMatch(SECRETS);
  });
});

describe('POST /post-policy', () => {
  const order = { key: 'demo/c.mp4', size: 3, contentType: 'video/mp4' };

  test('gives a form for this file, which OSS takes', async () => {
    const { status, text, json } = await post('/post-policy', order);
    expect(status).toBe(200);
    expect(text).not.toMatch(SECRETS);
    const { url, fields }: PostForm = json();
    const send = async (content: string): Promise<number> => {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.append(name, value);
      form.append('file', new Blob([content]));
      return (await fetch(url, { method: 'POST', body: form })).status;
    };
    expect(await send('abcd')).toBe(400);
    expect(await send('abc')).toBe(204);
    expect(backend.emulator.objects()).toContainEqual(
      expect.objectContaining({ key: 'demo/c.mp4', contentType: 'video/mp4' }),
    );
  });

  test.each([
    ['keys of others', { ...order, key: 'others/c' }, 403, 'KeyNotAllowed'],
    ['keys that climb', { ...order, key: 'demo/../c' }, 400, 'InvalidRequest'],
    ['what is large', { ...order, size: 1_000_000_001 }, 403, 'FileTooLarge'],
    ['a size that is none', { ...order, size: -1 }, 400, 'InvalidRequest'],
    ['half an order', { key: 'demo/c' }, 400, 'InvalidRequest'],
    ['a list', [], 400, 'InvalidRequest'],
    ['a long order', { ...order, contentType: 'x'.repeat(20_000) }, 413, 'BodyTooLarge'],
  ])('refuses %s', async (_what, body, status, code) => {
    const answer = await post('/post-policy', body);
    expect([answer.status, answer.json()]).toMatchObject([status, { error: { code } }]);
    expect(answer.text).not.toMatch(SECRETS);
  });

  test('refuses what is not JSON, or does not say so', async () => {
    const garbled = { method: 'POST', headers: JSON_TYPE, body: '{' };
    expect(await ask('/post-policy', garbled)).toMatchObject({ status: 400 });
    expect(await ask('/post-policy', { method: 'POST', body: '{}' })).toMatchObject({
      status: 415,
    });
  });
});

describe('callbacks', () => {
  const heard = async (): Promise<readonly object[]> => {
    const list: readonly object[] = (await ask('/callbacks')).json();
    return list;
  };
  const optionsOf = async (): Promise<{
    url: string;
    body: string;
    bodyType: 'application/json';
  }> => (await ask('/callback-options')).json();

  test('of OSS are believed, and answered with what was understood', async () => {
    const { url, body, bodyType } = await optionsOf();
    const trial = { url, body, bodyType, object: 'demo/目录 "a".mp4', size: 7 };
    const report = await backend.emulator.sendCallback(trial);
    expect(report).toMatchObject({ isGood: true, status: 200 });
    expect(report.answer).toContain('stored');
    expect((await heard())[0]).toMatchObject({
      isVerified: true,
      key: 'demo/目录 "a".mp4',
      size: 7,
    });
  });

  test('of anybody else are not', async () => {
    const { status, json } = await post('/callback', { key: 'demo/a', size: 1 });
    expect([status, json()]).toMatchObject([403, { error: { code: 'Unsigned' } }]);
    const [last] = await heard();
    expect(last).toMatchObject({
      isVerified: false,
      reason: expect.stringContaining('OSS did not send it'),
    });
    expect(last).not.toHaveProperty('key');
  });

  test('of other form are refused', async () => {
    const { url } = await optionsOf();
    const report = await backend.emulator.sendCallback({
      url,
      object: 'demo/a',
      body: 'a=${size}',
    });
    expect(report).toMatchObject({ isGood: false, status: 400 });
    expect((await heard())[0]).toMatchObject({ isVerified: false });
  });

  test('are kept up to fifty', async () => {
    for (let sent = 0; sent < 51; sent += 1)
      await post('/callback', randomBytes(8).toString('hex'));
    expect(await heard()).toHaveLength(50);
  });
});

test('other paths and methods are told what there is', async () => {
  expect(await ask('/others')).toMatchObject({ status: 404 });
  const { status, json } = await post('/sts', {});
  expect([status, json()]).toEqual([
    405,
    { error: { code: 'MethodNotAllowed', message: '/sts is asked by GET.' } },
  ]);
});
