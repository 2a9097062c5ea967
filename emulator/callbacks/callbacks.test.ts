import { expect, test } from 'vitest';
import { answerWith, startAppServer } from '../testing/app-server.ts';
import { type Call, element, md5Hex, PERMANENT_KEYS } from '../testing/client.ts';
import { readFixture } from '../testing/fixtures.ts';
import { FORM_TYPE, type FormField, formBody, policyOf, signFormV1 } from '../testing/form.ts';
import { errorOf, startEmulator, useEmulator } from '../testing/harness.ts';
import { verifyCallback } from './signature.ts';

const bench = useEmulator();
const NOTHING: { headers: Readonly<Record<string, string>>; body: string } = {
  headers: {},
  body: '',
};

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64');
}

function put(callback: unknown, call: Call = {}, client = bench.client) {
  const headers = { 'x-oss-callback': encode(callback), ...call.headers };
  return client.send({ method: 'PUT', key: 'dir/目录 a.bin', body: 'content', ...call, headers });
}

function receiverUrl(): string {
  return `${bench.emulator.origin}/__emulator/callback-receiver`;
}

const { parameters, ownKey } = readFixture('callbacks.json') as {
  parameters: {
    callbackJson?: unknown;
    callbackVarJson?: unknown;
    expect: Record<string, string>;
  }[];
  ownKey: { publicKeyPem: string; privateKeyPem: string };
};

test('vector of the parameters', () => {
  const [vector] = parameters;
  expect(encode(vector?.callbackJson)).toBe(vector?.expect['x-oss-callback']);
  expect(encode(vector?.callbackVarJson)).toBe(vector?.expect['x-oss-callback-var']);
});

test('PutObject: a form goes out, signed; the app’s JSON is the answer', async () => {
  const app = await startAppServer(answerWith('{"Status": "OK",\n"filename":"中"}'));
  const callbackBody =
    'bucket=${bucket}&object=${object}&etag=${etag}&size=${size}&mimeType=${mimeType}&my_var=${x:my_var}&image=${imageInfo.height}&no=${unknown}&plain=$x';
  const reply = await put(
    { callbackUrl: `${app.url}?id=1&n=%E4%B8%AD`, callbackBody },
    {
      headers: {
        'x-oss-callback-var': encode({ 'x:my_var': 'a b&c' }),
        'content-type': 'image/png',
      },
    },
  );
  expect([reply.status, reply.text]).toEqual([200, '{"Status": "OK",\n"filename":"中"}']);
  expect(reply.headers).toMatchObject({
    'content-type': 'application/json',
    etag: `"${md5Hex('content')}"`,
  });
  const [seen] = app.seen;
  expect(seen?.url).toBe('/cb?id=1&n=%E4%B8%AD');
  expect(seen?.body).toBe(
    `bucket=partway-demo&object=dir%2F%E7%9B%AE%E5%BD%95%20a.bin&etag=${md5Hex('content')}&size=7&mimeType=image%2Fpng&my_var=a%20b%26c&image=&no=&plain=$x`,
  );
  expect(seen?.headers).toMatchObject({
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(Buffer.byteLength(seen?.body ?? '')),
    'user-agent': 'http-client/0.0.1',
    connection: 'close',
    host: new URL(app.url).host,
    'x-oss-bucket': 'partway-demo',
    'x-oss-request-id': reply.headers['x-oss-request-id'],
  });
  const keyUrl = Buffer.from(seen?.headers['x-oss-pub-key-url'] ?? '', 'base64').toString();
  expect(keyUrl).toBe(`${bench.emulator.origin}/__emulator/callback-public-key.pem`);
  const pem = await (await fetch(keyUrl)).text();
  const signed = { path: '/cb', query: '?id=1&n=%E4%B8%AD', body: seen?.body ?? '' };
  const signature = seen?.headers['authorization'] ?? '';
  expect(verifyCallback(signed, signature, pem)).toBe(true);
  expect(verifyCallback({ ...signed, body: 'x' }, signature, pem)).toBe(false);
});

test('CompleteMultipartUpload: JSON goes out, with all that there is to know', async () => {
  const app = await startAppServer(answerWith('{"a":"b"}'));
  const uploadId = await bench.client.initiate('m"q');
  const part = await bench.client.uploadPart('m"q', uploadId, 1, Buffer.from('content'));
  const callbackBody =
    '{"object":${object},"etag":${etag},"size":${size},"type":${mimeType},"v":${x:v},"w":${imageInfo.width},"crc":${crc64},"md5":${contentMd5},"ip":${clientIp},"id":${reqId},"op":${operation}}';
  const headers = {
    'x-oss-callback': encode({
      callbackUrl: app.url,
      callbackHost: 'app.example.com',
      callbackBody,
      callbackBodyType: 'application/json',
      callbackSNI: true,
    }),
    'x-oss-callback-var': encode({ 'x:v': '"' }),
  };
  const etag = part.headers.etag ?? '';
  const reply = await bench.client.complete('m"q', uploadId, [[1, etag]], { headers });
  expect([reply.status, reply.text]).toEqual([200, '{"a":"b"}']);
  expect(reply.headers['content-type']).toBe('application/json');
  expect(reply.headers.etag).toMatch(/-1"$/);
  expect(app.seen[0]?.headers).toMatchObject({
    'content-type': 'application/json',
    host: 'app.example.com',
  });
  expect(JSON.parse(app.seen[0]?.body ?? '')).toEqual({
    object: 'm"q',
    etag: reply.headers.etag?.replaceAll('"', ''),
    size: 7,
    type: 'application/octet-stream',
    v: '"',
    w: '',
    crc: reply.headers['x-oss-hash-crc64ecma'],
    md5: '',
    ip: '127.0.0.1',
    id: reply.headers['x-oss-request-id'],
    op: 'CompleteMultipartUpload',
  });
});

test('PostObject: the callback and its variables are fields', async () => {
  const app = await startAppServer(answerWith('{}'));
  const callbackBody = 'v=${x:var1}&op=${operation}&md5=${contentMd5}';
  const fields: FormField[] = [
    ['key', 'k'],
    ['callback', encode({ callbackUrl: app.url, callbackBody })],
    ['x:var1', 'value 1'],
    ['success_action_redirect', 'http://localhost/'],
    ...signFormV1(policyOf([{ bucket: 'partway-demo' }]), PERMANENT_KEYS),
  ];
  const reply = await bench.client.send({
    method: 'POST',
    keys: null,
    headers: { 'content-type': FORM_TYPE },
    body: formBody(fields),
  });
  expect([reply.status, reply.text, reply.headers.location]).toEqual([200, '{}', undefined]);
  const md5 = Buffer.from(md5Hex('content'), 'hex').toString('base64');
  expect(app.seen[0]?.body).toBe(`v=value%201&op=PostObject&md5=${encodeURIComponent(md5)}`);
});

test('in the query', async () => {
  const app = await startAppServer(answerWith('{}'));
  const query = {
    callback: encode({ callbackUrl: app.url, callbackBody: 'v=${x:v}' }),
    'callback-var': encode({ 'x:v': '1' }),
  };
  const call = { method: 'PUT', key: 'k', body: 'x', query };
  expect((await bench.client.send(call)).text).toBe('{}');
  expect(app.seen[0]?.body).toBe('v=1');
});

test.each(['callback', 'callback-var'])('%s in header and query at once', async (name) => {
  const callback = encode({ callbackUrl: 'http://127.0.0.1:1', callbackBody: 'a' });
  const value = name === 'callback' ? callback : encode({ 'x:a': 'b' });
  const headers = { 'x-oss-callback': callback, [`x-oss-${name}`]: value };
  const call = { method: 'PUT', key: 'k', body: 'x', headers, query: { [name]: value } };
  const reply = await bench.client.send(call);
  expect(errorOf(reply)).toBe('400 InvalidArgument');
  expect(element(reply.text, 'Message')).toContain('should be specified, not both.');
  expect(bench.emulator.objects()).toEqual([]);
});

const GOOD = { callbackUrl: 'http://127.0.0.1:1/', callbackBody: 'a=b' };
const URLS = Array.from({ length: 6 }, () => 'http://127.0.0.1:1').join(';');

test.each([
  ['not base64 encoded', 'error argument', 'error argument'],
  ['not json format', Buffer.from('error argument').toString('base64'), 'error argument'],
  ['not json format', encode([1]), '[1]'],
  ['url configuration is invalid', encode({ callbackBody: 'a' }), undefined],
  ['url configuration is invalid', encode({ ...GOOD, callbackUrl: 1 }), undefined],
  ['url configuration is invalid', encode({ ...GOOD, callbackUrl: 'ftp://127.0.0.1' }), undefined],
  ['url configuration is invalid', encode({ ...GOOD, callbackUrl: 'http://a b/' }), undefined],
  ['host configuration is invalid', encode({ ...GOOD, callbackHost: 1 }), undefined],
  ['host configuration is invalid', encode({ ...GOOD, callbackHost: 'a\r\nb' }), undefined],
  ['callback body is empty', encode({ callbackUrl: GOOD.callbackUrl }), undefined],
  ['callback body is empty', encode({ ...GOOD, callbackBody: '' }), undefined],
  ['callback body is invalid', encode({ ...GOOD, callbackBody: 1 }), undefined],
  ['body type configuration is invalid', encode({ ...GOOD, callbackBodyType: 1 }), undefined],
  [
    'body type of callback is not supported',
    encode({ ...GOOD, callbackBodyType: 'a/b' }),
    undefined,
  ],
  ['number of callback url exceed', encode({ ...GOOD, callbackUrl: URLS }), undefined],
  ['length of callback exceed', encode({ ...GOOD, callbackBody: 'x'.repeat(5000) }), undefined],
])('%s: %s', async (message, callback, decoded) => {
  const headers = { 'x-oss-callback': callback };
  const reply = await bench.client.send({ method: 'PUT', key: 'k', body: 'x', headers });
  expect(errorOf(reply)).toBe('400 InvalidArgument');
  expect(element(reply.text, 'Message')).toContain(message);
  expect(element(reply.text, 'ArgumentName')).toBe('callback');
  const value = element(reply.text, 'ArgumentValue');
  expect(value).toBe(decoded ?? value);
  expect(bench.emulator.objects()).toEqual([]);
});

test.each([
  ['not base64', 'ä'],
  ['not expecten json', Buffer.from('{').toString('base64')],
  ['not expecten json', encode({ my_var: 'a' })],
  ['not expecten json', encode({ 'x:MyVar': 'a' })],
  ['not expecten json', encode({ 'x:a': 1 })],
  ['length of callback var exceed', encode({ 'x:a': 'x'.repeat(5000) })],
])('callback-var: %s', async (message, variables) => {
  const reply = await put(GOOD, { query: { 'callback-var': variables } });
  expect(errorOf(reply)).toBe('400 InvalidArgument');
  expect(element(reply.text, 'Message')).toContain(message);
  expect(element(reply.text, 'ArgumentName')).toBe('callback-var');
});

test.each([
  ['http://10.0.0.1/', 'Private address is forbidden to callback.'],
  ['http://192.168.1.1/', 'Private address is forbidden to callback.'],
  ['http://[fd00::1]/', 'Private address is forbidden to callback.'],
  ['http://93.184.216.34/', 'Foreign address is forbidden to callback'],
  ['http://no-such-host.invalid/', 'Can not get ip by this host.'],
])('%s: %s', async (callbackUrl, message) => {
  const reply = await put({ ...GOOD, callbackUrl });
  expect(errorOf(reply)).toBe('400 InvalidArgument');
  expect(element(reply.text, 'Message')).toContain(message);
  expect(element(reply.text, 'ArgumentName')).toBe('callbackUrl');
  expect(element(reply.text, 'ArgumentValue')).toBe(callbackUrl);
  expect(bench.emulator.objects()).toEqual([]);
});

test('the service’s own rule, and a key, a key’s address and a limit of one’s own', async () => {
  const strict = await startEmulator({ callbacks: { reach: 'public' } });
  const app = await startAppServer(answerWith('{}'));
  const callback = { ...GOOD, callbackUrl: app.url };
  const refused = await put(callback, {}, strict.client);
  expect(element(refused.text, 'Message')).toBe('Private address is forbidden to callback.');
  const publicKeyUrl = 'http://keys.localhost/key.pem';
  const own = await startEmulator({
    callbacks: { reach: 'anywhere', privateKey: ownKey.privateKeyPem, publicKeyUrl },
  });
  expect((await put(callback, {}, own.client)).status).toBe(200);
  const { headers, body } = app.seen[0] ?? NOTHING;
  expect(Buffer.from(headers['x-oss-pub-key-url'] ?? '', 'base64').toString()).toBe(publicKeyUrl);
  const signed = { path: '/cb', query: '', body };
  expect(verifyCallback(signed, headers['authorization'] ?? '', ownKey.publicKeyPem)).toBe(true);
});

test.each([
  [{ reach: 'moon' }, 'callbacks.reach'],
  [{ timeout: 0 }, 'callbacks.timeout'],
  [{ privateKey: 'x' }, 'callbacks.privateKey'],
  [{ key: 'x' }, 'callbacks.key'],
])('options %j', async (callbacks, message) => {
  await expect(startEmulator({ callbacks: callbacks as object })).rejects.toThrow(message);
});

test('the built-in receiver: OK for a good signature, and a list of what came', async () => {
  const reply = await put({ ...GOOD, callbackUrl: `${receiverUrl()}?a=%41` });
  expect([reply.status, reply.text]).toEqual([200, '{"Status":"OK"}']);
  const expected = [{ url: '/__emulator/callback-receiver?a=%41', body: 'a=b', isVerified: true }];
  expect(bench.emulator.callbacks()).toMatchObject(expected);
  expect(await (await fetch(receiverUrl())).json()).toMatchObject(expected);
  await bench.emulator.reset();
  expect(bench.emulator.callbacks()).toEqual([]);
});

test('the built-in receiver: 403 for a forged one', async () => {
  await put({ ...GOOD, callbackUrl: receiverUrl() });
  const { headers } = bench.emulator.callbacks()[0] ?? NOTHING;
  const send = async (change: Record<string, string>, body = 'a=b') => {
    const kept = ['authorization', 'x-oss-pub-key-url'].map((name) => [name, headers[name] ?? '']);
    const all = { ...Object.fromEntries(kept), ...change };
    return (await fetch(receiverUrl(), { method: 'POST', headers: all, body })).status;
  };
  expect(await send({})).toBe(200);
  expect(await send({}, 'a=c')).toBe(403);
  expect(await send({ authorization: 'AAAA' })).toBe(403);
  const elsewhere = Buffer.from('http://127.0.0.1:1/key.pem').toString('base64');
  expect(await send({ 'x-oss-pub-key-url': elsewhere })).toBe(403);
  expect(await send({}, 'x'.repeat(1024 ** 2 + 1))).toBe(413);
});
