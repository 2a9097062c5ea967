import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { bytes, md5Hex, until } from '../testing/client.ts';
import { type Bench, errorOf, startEmulator } from '../testing/harness.ts';

let dataDir = '';

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'emulator-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
});

/** Ends an emulator and starts another on the same directory. */
async function restart({ emulator }: Bench): Promise<Bench> {
  await emulator.close();
  return startEmulator({ dataDir });
}

function files(folder: string): Promise<string[]> {
  return readdir(join(dataDir, folder));
}

test('objects survive a restart, with everything that is known of them', async () => {
  const first = await startEmulator({ dataDir });
  const body = bytes(3_000_000);
  const headers = { 'content-type': 'video/mp4', 'cache-control': 'no-store', 'x-oss-meta-a': 'b' };
  await first.client.send({ method: 'PUT', key: 'a/目录', body, headers });
  const before = await first.client.send({ method: 'HEAD', key: 'a/目录' });
  const listed = first.emulator.objects();

  const second = await restart(first);
  expect(second.emulator.objects()).toEqual(listed);
  const after = await second.client.send({ key: 'a/目录' });
  expect(after.body.equals(body)).toBe(true);
  for (const name of [
    'etag',
    'x-oss-hash-crc64ecma',
    'last-modified',
    'content-type',
    'cache-control',
    'x-oss-meta-a',
  ])
    expect(after.headers[name]).toBe(before.headers[name]);
  const range = await second.client.send({ key: 'a/目录', headers: { range: 'bytes=5-70000' } });
  expect(range.body.equals(body.subarray(5, 70_001))).toBe(true);
});

test('an open upload survives a restart, and is completed after it', async () => {
  const first = await startEmulator({ dataDir });
  const parts = [bytes(102_400, 1), bytes(200_000, 2), bytes(10, 3)];
  const headers = { 'content-type': 'image/png' };
  const uploadId = await first.client.initiate('k', { headers });
  await first.client.uploadPart('k', uploadId, 1, parts[0] ?? bytes(0));
  await first.client.uploadPart('k', uploadId, 7, bytes(5));
  await first.client.uploadPart('k', uploadId, 2, bytes(9));
  await first.client.uploadPart('k', uploadId, 2, parts[1] ?? bytes(0));
  const open = first.emulator.uploads();

  const second = await restart(first);
  expect(second.emulator.uploads()).toEqual(open);
  await second.client.uploadPart('k', uploadId, 3, parts[2] ?? bytes(0));
  const list = parts.map((part, index): [number, string] => [index + 1, md5Hex(part)]);
  expect((await second.client.complete('k', uploadId, list)).status).toBe(200);
  expect(await files('blobs')).toHaveLength(3);

  const third = await restart(second);
  expect(third.emulator.uploads()).toEqual([]);
  const got = await third.client.send({ key: 'k' });
  expect(got.body.equals(Buffer.concat(parts))).toBe(true);
  expect(got.headers['content-type']).toBe('image/png');
  expect(await files('blobs')).toHaveLength(3);
});

test('nothing is left of what is replaced, dropped, aborted, deleted or reset', async () => {
  const { client, emulator } = await startEmulator({ dataDir });
  await client.send({ method: 'PUT', key: 'k', body: 'one' });
  await client.send({ method: 'PUT', key: 'k', body: 'two' });
  expect(await files('blobs')).toHaveLength(1);
  await client.send({ method: 'DELETE', key: 'k' });
  expect([await files('blobs'), await files('objects')]).toEqual([[], []]);
  const uploadId = await client.initiate('k');
  await client.uploadPart('k', uploadId, 1, bytes(5));
  await client.uploadPart('k', uploadId, 1, bytes(6));
  await client.uploadPart('k', uploadId, 2, bytes(7));
  expect(await files('blobs')).toHaveLength(2);
  emulator.dropPart(uploadId, 2);
  await client.send({ method: 'DELETE', key: 'k', query: { uploadId } });
  expect([await files('blobs'), await files('uploads')]).toEqual([[], []]);
  await client.send({ method: 'PUT', key: 'k', body: 'x' });
  await client.initiate('k');
  await emulator.reset();
  for (const folder of ['blobs', 'objects', 'uploads', 'incoming'])
    expect(await files(folder)).toEqual([]);
});

test('a body that is not stored leaves no file', async () => {
  const { client, emulator } = await startEmulator({ dataDir });
  const headers = { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' };
  const refused = await client.send({ method: 'PUT', key: 'k', body: bytes(100_000), headers });
  expect(errorOf(refused)).toBe('400 InvalidDigest');
  const outgoing = client.open({
    method: 'PUT',
    key: 'k',
    headers: { 'content-length': '200000' },
  });
  outgoing.on('error', () => undefined);
  outgoing.write(bytes(100_000));
  await until(() => emulator.log[1]?.bodyBytes === 100_000);
  expect(await files('incoming')).toHaveLength(1);
  outgoing.destroy();
  await until(() => emulator.log[1]?.outcome === 'client-left');
  await emulator.close();
  expect([await files('incoming'), await files('blobs')]).toEqual([[], []]);
});

test('corrupting a part changes its file, also for the next start', async () => {
  const first = await startEmulator({ dataDir });
  const uploadId = await first.client.initiate('k');
  const part = bytes(2_500_000);
  await first.client.uploadPart('k', uploadId, 1, part);
  expect(first.emulator.corruptPart(uploadId, 1)).toBe(true);
  const corrupted = Buffer.from(part);
  corrupted[0] = (part[0] ?? 0) ^ 0xff;
  const second = await restart(first);
  expect(second.emulator.uploads()[0]?.parts[0]?.etag).toBe(md5Hex(corrupted));
  const completed = await second.client.complete('k', uploadId, [[1, md5Hex(corrupted)]]);
  expect(completed.status).toBe(200);
  expect((await second.client.send({ key: 'k' })).body.equals(corrupted)).toBe(true);
});

test('what a crash left behind is swept away', async () => {
  const first = await startEmulator({ dataDir });
  await first.client.send({ method: 'PUT', key: 'k', body: 'x' });
  await first.emulator.close();
  await writeFile(join(dataDir, 'incoming', 'half'), 'half a body');
  await writeFile(join(dataDir, 'blobs', 'nameless'), 'bytes without a record');
  await writeFile(join(dataDir, 'objects', 'aside.json.new'), '{"half":');
  const second = await startEmulator({ dataDir });
  expect(second.emulator.objects()).toHaveLength(1);
  expect([await files('incoming'), (await files('blobs')).length]).toEqual([[], 1]);
  expect((await second.client.send({ key: 'k' })).text).toBe('x');
});

test('an upload whose parts an object has taken over is completed', async () => {
  const first = await startEmulator({ dataDir });
  const uploadId = await first.client.initiate('k');
  await first.client.uploadPart('k', uploadId, 1, bytes(5));
  await cp(join(dataDir, 'uploads'), join(dataDir, 'saved'), { recursive: true });
  await first.client.complete('k', uploadId, [[1, md5Hex(bytes(5))]]);
  await first.emulator.close();
  await rm(join(dataDir, 'uploads'), { recursive: true });
  await cp(join(dataDir, 'saved'), join(dataDir, 'uploads'), { recursive: true });
  const second = await startEmulator({ dataDir });
  expect(second.emulator.uploads()).toEqual([]);
  expect((await second.client.send({ key: 'k' })).body.equals(bytes(5))).toBe(true);
});

test('a disk that fails is an internal error, not the end', async () => {
  const { client } = await startEmulator({ dataDir });
  await rm(join(dataDir, 'objects'), { recursive: true });
  const failed = await client.send({ method: 'PUT', key: 'k', body: 'x' });
  expect(errorOf(failed)).toBe('500 InternalError');
  expect((await client.send({ key: 'other' })).status).toBe(404);
});
