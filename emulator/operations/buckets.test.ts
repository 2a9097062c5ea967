import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { answerTo, element, until } from '../testing/client.ts';
import { errorOf, startEmulator, useEmulator } from '../testing/harness.ts';

const NOW = Date.parse('2026-03-04T05:06:07Z');
const bench = useEmulator({ now: () => NOW, limits: { maxBuckets: 3 } });

/** A call signed by the emulator's clock. */
function send(method: string, bucket: string | null, call: object = {}) {
  return bench.client.send({ method, bucket, time: NOW, ...call });
}

test('PutBucket makes a private bucket without CORS', async () => {
  const { emulator } = bench;
  const created = await send('PUT', 'new-bucket');
  expect([created.status, created.text, created.headers['location']]).toEqual([
    200,
    '',
    '/new-bucket',
  ]);
  expect(emulator.buckets).toEqual(['partway-demo', 'new-bucket']);
  expect((await send('PUT', 'new-bucket', { key: 'k', body: 'x' })).status).toBe(200);
  expect(errorOf(await send('GET', 'new-bucket', { key: 'k', keys: null }))).toBe(
    '403 AccessDenied',
  );
  const preflight = {
    key: 'k',
    keys: null,
    headers: { origin: 'http://localhost:1', 'access-control-request-method': 'PUT' },
  };
  expect(errorOf(await send('OPTIONS', 'new-bucket', preflight))).toBe('403 AccessForbidden');
});

test('PutBucket with an ACL and a document', async () => {
  const body =
    '<CreateBucketConfiguration><StorageClass>Standard</StorageClass></CreateBucketConfiguration>';
  const headers = { 'x-oss-acl': 'public-read' };
  expect((await send('PUT', 'new-bucket', { body, headers })).status).toBe(200);
  const info = await send('GET', 'new-bucket', { query: { bucketInfo: null } });
  expect(element(info.text, 'Grant')).toBe('public-read');
  expect(element(info.text, 'CreationDate')).toBe('2026-03-04T05:06:07.000Z');
  expect(element(info.text, 'Location')).toBe('oss-cn-hangzhou');
  expect(element(info.text, 'ExtranetEndpoint')).toBe('oss-cn-hangzhou.aliyuncs.com');
  expect(element(info.text, 'Name')).toBe('new-bucket');
  expect(element(info.text, 'ID')).toMatch(/^\d{16}$/);
});

test('what PutBucket refuses', async () => {
  expect(errorOf(await send('PUT', 'partway-demo'))).toBe('409 BucketAlreadyExists');
  expect(errorOf(await send('PUT', 'new-bucket', { body: '<half' }))).toBe('400 MalformedXML');
  const acl = await send('PUT', 'new-bucket', { headers: { 'x-oss-acl': 'public' } });
  expect(errorOf(acl)).toBe('400 InvalidArgument');
  expect(element(acl.text, 'ArgumentName')).toBe('x-oss-acl');
  expect(errorOf(await send('PUT', 'Illegal'))).toBe('400 InvalidBucketName');
  for (const name of ['one-bucket', 'two-bucket']) await send('PUT', name);
  expect(errorOf(await send('PUT', 'new-bucket'))).toBe('400 TooManyBuckets');
  expect(bench.emulator.buckets).toHaveLength(3);
});

test('DeleteBucket only when it is empty, of objects and of uploads', async () => {
  const { client } = bench;
  await send('PUT', 'new-bucket');
  await send('PUT', 'new-bucket', { key: 'k', body: 'x' });
  const full = await send('DELETE', 'new-bucket');
  expect(errorOf(full)).toBe('409 BucketNotEmpty');
  expect(element(full.text, 'BucketName')).toBe('new-bucket');
  await send('DELETE', 'new-bucket', { key: 'k' });
  const uploadId = await client.initiate('k', { bucket: 'new-bucket', time: NOW });
  expect(errorOf(await send('DELETE', 'new-bucket'))).toBe('409 BucketNotEmpty');
  await send('DELETE', 'new-bucket', { key: 'k', query: { uploadId } });
  expect((await send('DELETE', 'new-bucket')).status).toBe(204);
  expect(errorOf(await send('DELETE', 'new-bucket'))).toBe('404 NoSuchBucket');
});

test('a body that comes in while its bucket is deleted is not stored', async () => {
  const { client, emulator } = bench;
  await send('PUT', 'new-bucket');
  const headers = { 'content-length': '2' };
  const outgoing = client.open({
    method: 'PUT',
    bucket: 'new-bucket',
    key: 'k',
    time: NOW,
    headers,
  });
  const answer = answerTo(outgoing);
  outgoing.write('x');
  await until(() => emulator.log.at(-1)?.bodyBytes === 1);
  await send('DELETE', 'new-bucket');
  outgoing.end('y');
  expect(errorOf(await answer)).toBe('404 NoSuchBucket');
  expect(emulator.objects()).toEqual([]);
});

test('ListBuckets, whole and page by page', async () => {
  for (const name of ['b-bucket', 'a-bucket']) await send('PUT', name);
  const all = await send('GET', null);
  expect(names(all.text)).toEqual(['a-bucket', 'b-bucket', 'partway-demo']);
  expect(all.text).not.toContain('IsTruncated');
  const first = await send('GET', null, { query: { 'max-keys': '1' } });
  expect(names(first.text)).toEqual(['a-bucket']);
  expect(element(first.text, 'IsTruncated')).toBe('true');
  const marker = element(first.text, 'NextMarker');
  expect(names((await send('GET', null, { query: { marker } })).text)).toEqual([
    'b-bucket',
    'partway-demo',
  ]);
  expect(names((await send('GET', null, { query: { prefix: 'part' } })).text)).toEqual([
    'partway-demo',
  ]);
});

test('bucket ACLs are read and changed', async () => {
  const query = { acl: null };
  expect(
    (await send('PUT', 'partway-demo', { query, headers: { 'x-oss-acl': 'public-read' } })).status,
  ).toBe(200);
  expect(element((await send('GET', 'partway-demo', { query })).text, 'Grant')).toBe('public-read');
  await send('PUT', 'partway-demo', { key: 'k', body: 'x' });
  expect((await send('GET', 'partway-demo', { key: 'k', keys: null })).text).toBe('x');
  expect(errorOf(await send('PUT', 'partway-demo', { query }))).toBe('400 MissingArgument');
  const wrong = await send('PUT', 'partway-demo', { query, headers: { 'x-oss-acl': 'x' } });
  expect(errorOf(wrong)).toBe('400 InvalidArgument');
});

test('where a bucket is', async () => {
  const reply = await send('GET', 'partway-demo', { query: { location: null } });
  expect(element(reply.text, 'LocationConstraint')).toBe('oss-cn-hangzhou');
});

test('buckets and how they are configured survive a restart, and a reset forgets them', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'emulator-buckets-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const first = await startEmulator({ dataDir });
  await first.client.send({
    method: 'PUT',
    bucket: 'new-bucket',
    headers: { 'x-oss-acl': 'public-read' },
  });
  const rules =
    '<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>PUT</AllowedMethod></CORSRule></CORSConfiguration>';
  await first.client.send({ method: 'PUT', query: { cors: null }, body: rules });
  await first.client.send({ method: 'PUT', bucket: 'third-bucket' });
  await first.client.send({ method: 'DELETE', bucket: 'third-bucket' });
  await first.emulator.close();

  const second = await startEmulator({ dataDir });
  expect(second.emulator.buckets).toEqual(['partway-demo', 'new-bucket']);
  const acl = await second.client.send({ bucket: 'new-bucket', query: { acl: null } });
  expect(element(acl.text, 'Grant')).toBe('public-read');
  const cors = await second.client.send({ query: { cors: null } });
  expect(element(cors.text, 'AllowedOrigin')).toBe('*');
  await second.emulator.reset();
  await second.emulator.close();

  const third = await startEmulator({ dataDir });
  expect(third.emulator.buckets).toEqual(['partway-demo']);
  const again = await third.client.send({ query: { cors: null } });
  expect(element(again.text, 'AllowedOrigin')).toBe('http://127.0.0.1:*');
});

function names(xml: string): string[] {
  return [...xml.matchAll(/<Name>([^<]*)<\/Name>/g)].map((match) => match[1] ?? '');
}
