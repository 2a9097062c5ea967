import { expect, test } from 'vitest';
import { type Call, element } from './testing/client.ts';
import { type Bench, errorOf, startEmulator } from './testing/harness.ts';

const ADDRESSING = {
  domains: { 'files.example.com': 'first-bucket' },
  endpoints: {
    'oss-cn-hangzhou.localhost': 'cn-hangzhou',
    'oss-cn-beijing.localhost': 'cn-beijing',
  },
};

function start(addressing: object = ADDRESSING): Promise<Bench> {
  return startEmulator({ buckets: ['first-bucket', 'second-bucket'], addressing });
}

/** A call to a host that names the bucket. */
function at(host: string, call: Call = {}): Call {
  return {
    bucket: 'first-bucket',
    key: 'k',
    virtualHost: true,
    ...call,
    headers: { host, ...call.headers },
  };
}

test.each([
  'first-bucket.localhost',
  'FIRST-BUCKET.LocalHost:9000',
  'first-bucket.127.0.0.1.nip.io',
  'first-bucket.oss-cn-hangzhou.localhost:80',
  'first-bucket.oss-cn-hangzhou.aliyuncs.com',
  'first-bucket.oss-cn-hangzhou-internal.aliyuncs.com',
  'first-bucket.cn-hangzhou.oss.aliyuncs.com',
  'files.example.com',
  'Files.Example.Com:8080',
])('a bucket is found by its host %s', async (host) => {
  const { client, emulator } = await start();
  expect((await client.send(at(host, { method: 'PUT', body: 'x' }))).status).toBe(200);
  expect(emulator.objects()).toMatchObject([{ bucket: 'first-bucket', key: 'k' }]);
});

test.each(['127.0.0.1:1', 'localhost', '[::1]:80', 'oss-cn-hangzhou.localhost'])(
  'a bucket is found in the path behind %s',
  async (host) => {
    const { client, emulator } = await start();
    const call = { method: 'PUT', bucket: 'second-bucket', key: 'k', body: 'x', headers: { host } };
    expect((await client.send(call)).status).toBe(200);
    expect(emulator.objects()).toMatchObject([{ bucket: 'second-bucket', key: 'k' }]);
  },
);

test('custom domains can be bound at run time, and a reset brings the first ones back', async () => {
  const { client, emulator } = await start();
  emulator.setDomains({ 'other.example.com': 'second-bucket' });
  const call = { method: 'PUT', body: 'x', bucket: 'second-bucket' };
  expect((await client.send(at('other.example.com', call))).status).toBe(200);
  // Unbound, it is read as BUCKET.anything.
  expect(errorOf(await client.send(at('files.example.com')))).toBe('404 NoSuchBucket');
  await emulator.reset();
  expect(errorOf(await client.send(at('files.example.com')))).toBe('404 NoSuchKey');
  expect(() => emulator.setDomains({ 'a.b': 'Not A Bucket' })).toThrow(
    'domains.a.b: expected a bucket name',
  );
});

test.each([
  ['first-bucket.oss-cn-beijing.localhost:81', 'oss-cn-hangzhou.localhost:81'],
  ['first-bucket.oss-cn-beijing.aliyuncs.com', 'oss-cn-hangzhou.localhost'],
])('the wrong endpoint %s', async (host, endpoint) => {
  const { client } = await start();
  // With another region's signature, too: the endpoint is judged first.
  for (const region of ['cn-hangzhou', 'cn-beijing']) {
    const reply = await client.send(at(host, { region }));
    expect(errorOf(reply)).toBe('403 AccessDenied');
    expect(element(reply.text, 'Message')).toContain(
      'must be addressed using the specified endpoint',
    );
    expect(element(reply.text, 'Bucket')).toBe('first-bucket');
    expect(element(reply.text, 'Endpoint')).toBe(endpoint);
  }
});

test('the wrong endpoint by its other code, naming the real endpoint when none was given', async () => {
  const { client } = await start({ wrongEndpointCode: 'PermanentRedirect' });
  const reply = await client.send(at('first-bucket.oss-cn-beijing.aliyuncs.com'));
  expect(errorOf(reply)).toBe('403 PermanentRedirect');
  expect(element(reply.text, 'Endpoint')).toBe('oss-cn-hangzhou.aliyuncs.com');
});

test('path style can be forbidden, as the service does', async () => {
  const { client } = await start({ allowsPathStyle: false });
  const reply = await client.send({ bucket: 'first-bucket', key: 'k' });
  expect(errorOf(reply)).toBe('403 SecondLevelDomainForbidden');
  expect(element(reply.text, 'Message')).toContain('OSS third level domain');
  expect(errorOf(await client.send(at('first-bucket.localhost')))).toBe('404 NoSuchKey');
  expect((await client.send({ bucket: null })).status).toBe(200);
});

test.each(['oss-accelerate', 'oss-accelerate-overseas'])('%s is switched off', async (name) => {
  const { client } = await start();
  const reply = await client.send(at(`first-bucket.${name}.aliyuncs.com`));
  expect(errorOf(reply)).toBe('403 TransferAccelerationDisabled');
});

test('a bucket lives in the region whose endpoint created it, and is signed for it', async () => {
  const { client } = await start();
  const beijing = 'new-bucket.oss-cn-beijing.localhost';
  const call = { bucket: 'new-bucket', region: 'cn-beijing' };
  const created = await client.send(at(beijing, { ...call, method: 'PUT', key: '' }));
  expect(created.status).toBe(200);
  expect((await client.send(at(beijing, { ...call, method: 'PUT', body: 'x' }))).status).toBe(200);
  const location = await client.send(at(beijing, { ...call, key: '', query: { location: null } }));
  expect(element(location.text, 'LocationConstraint')).toBe('oss-cn-beijing');
  const wrong = await client.send(at('new-bucket.oss-cn-hangzhou.localhost', call));
  expect(errorOf(wrong)).toBe('403 AccessDenied');
  expect(element(wrong.text, 'Endpoint')).toBe('oss-cn-beijing.localhost');
});

test('a custom domain cannot create its bucket', async () => {
  const { client } = await start({ domains: { 'files.example.com': 'unborn-bucket' } });
  const reply = await client.send(
    at('files.example.com', { method: 'PUT', bucket: 'unborn-bucket', key: '' }),
  );
  expect(errorOf(reply)).toBe('400 InvalidHostPutBucket');
});
