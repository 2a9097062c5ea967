import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { bytes } from '../../testing/client.ts';
import { useEmulator } from '../../testing/harness.ts';
import { ADDRESSINGS, BUCKET, createAliOss, headerOf, SIGNATURES } from './client.ts';

const bench = useEmulator();

/** A key with all that has to be escaped somewhere. */
const KEY = "films/ü b+c/50% 'x'(1)!*~&=?#.mp4";

describe.each(SIGNATURES)('signed by %s', (signature) => {
  test.each(ADDRESSINGS)('put, get and delete, addressed by %s', async (addressing) => {
    const client = createAliOss(bench.emulator, signature, { addressing });
    const body = bytes(150_000);
    await client.put(KEY, body, { meta: { author: 'alice', uid: 1, pid: 2 } });
    expect(bench.emulator.objects()).toMatchObject([{ key: KEY, size: 150_000 }]);
    const got = await client.get(KEY);
    expect(sha256(got.content as Buffer)).toBe(sha256(body));
    expect(headerOf(got, 'content-type')).toBe('video/mp4');
    await client.delete(KEY);
    await expect(client.get(KEY)).rejects.toMatchObject({ status: 404, code: 'NoSuchKey' });
  });

  test('head, meta and their errors', async () => {
    const client = createAliOss(bench.emulator, signature);
    await client.put(KEY, Buffer.from('abc'), { meta: { author: 'alice', uid: 1, pid: 2 } });
    const head = await client.head(KEY);
    expect(head).toMatchObject({ status: 200, meta: { author: 'alice' } });
    expect(headerOf(head, 'x-oss-object-type')).toBe('Normal');
    expect(headerOf(await client.getObjectMeta(KEY), 'content-length')).toBe('3');
    await expect(client.head('none')).rejects.toMatchObject({ status: 404, code: 'NoSuchKey' });
    const conditional = client.head(KEY, { headers: { 'If-Match': '"other"' } });
    await expect(conditional).rejects.toMatchObject({ status: 412, code: 'PreconditionFailed' });
    const unchanged = await client.head(KEY, {
      headers: { 'If-None-Match': String(headerOf(head, 'etag')) },
    });
    expect(unchanged.status).toBe(304);
  });

  test('a range', async () => {
    const client = createAliOss(bench.emulator, signature);
    await client.put('k', Buffer.from('0123456789'));
    const got = await client.get('k', { headers: { Range: 'bytes=2-5' } });
    expect(String(got.content)).toBe('2345');
    expect(headerOf(got, 'content-range')).toBe('bytes 2-5/10');
  });

  test('streams, of known length and chunked', async () => {
    const client = createAliOss(bench.emulator, signature);
    const body = bytes(300_000);
    await client.putStream('chunked', Readable.from([body.subarray(0, 9), body.subarray(9)]));
    await client.putStream('known', Readable.from([body]), { contentLength: body.length } as never);
    for (const key of ['chunked', 'known'])
      expect(await bench.emulator.sha256(BUCKET, key)).toBe(sha256(body));
    const { stream } = await client.getStream('known');
    expect(sha256(Buffer.concat(await Readable.from(stream as Readable).toArray()))).toBe(
      sha256(body),
    );
  });

  test('lists, page by page and by folder', async () => {
    const client = createAliOss(bench.emulator, signature);
    for (const key of ['a', 'b/1', 'b/2', 'c d+ü']) await client.put(key, Buffer.from(key));
    const first = await client.list({ 'max-keys': 2 }, {});
    expect(first.objects.map(({ name }) => name)).toEqual(['a', 'b/1']);
    expect(first.isTruncated).toBe(true);
    const marker = first.nextMarker;
    const second = await client.list({ 'max-keys': 2, marker }, {});
    expect(second.objects.map(({ name }) => name)).toEqual(['b/2', 'c d+ü']);
    expect(second.objects[0]).toMatchObject({ size: 3, type: 'Normal', storageClass: 'Standard' });
    const folders = await client.list({ delimiter: '/', 'max-keys': 100 }, {});
    expect(folders.prefixes).toEqual(['b/']);

    const page = await client.listV2({ 'max-keys': '3' });
    expect(page.objects.map(({ name }) => name)).toEqual(['a', 'b/1', 'b/2']);
    const rest = await client.listV2({
      'continuation-token': page.nextContinuationToken,
      'max-keys': '3',
    });
    expect(rest.objects.map(({ name }) => name)).toEqual(['c d+ü']);
    expect((await client.listV2({ prefix: 'b/', 'fetch-owner': true })).keyCount).toBe(2);
  });

  test('deletes many at once', async () => {
    const client = createAliOss(bench.emulator, signature);
    const keys = ['a', '<b>&', 'c ü'];
    for (const key of keys) await client.put(key, Buffer.from('x'));
    const { deleted } = await client.deleteMulti(keys);
    expect(deleted).toEqual(keys.map((Key) => ({ Key })));
    expect(bench.emulator.objects()).toEqual([]);
    expect((await client.deleteMulti(['none'], { quiet: true })).deleted).toEqual([]);
  });

  test('copies, and replaces metadata in place', async () => {
    const client = createAliOss(bench.emulator, signature);
    const meta = { author: 'alice', uid: 1, pid: 2 };
    await client.put(KEY, Buffer.from('abc'), { meta });
    const { data } = await client.copy('copy ü', KEY);
    expect(data).toMatchObject({ etag: '"900150983CD24FB0D6963F7D28E17F72"' });
    expect((await client.head('copy ü')).meta).toMatchObject({ author: 'alice' });
    await client.putMeta('copy ü', { ...meta, author: 'bob' }, {});
    expect((await client.head('copy ü')).meta).toMatchObject({ author: 'bob' });
    await expect(client.copy('k', 'none')).rejects.toMatchObject({ code: 'NoSuchKey' });
  });

  test('appends where the object ends', async () => {
    const client = createAliOss(bench.emulator, signature);
    const { nextAppendPosition } = await client.append('log', Buffer.from('one '));
    expect(nextAppendPosition).toBe('4');
    await client.append('log', Buffer.from('two'), { position: nextAppendPosition });
    expect(String((await client.get('log')).content)).toBe('one two');
    const misplaced = client.append('log', Buffer.from('three'), { position: '1' });
    await expect(misplaced).rejects.toMatchObject({ code: 'PositionNotEqualToLength' });
    await client.put('fixed', Buffer.from('x'));
    const fixed = client.append('fixed', Buffer.from('y'), { position: '1' });
    await expect(fixed).rejects.toMatchObject({ code: 'ObjectNotAppendable' });
  });

  test('the ACL of an object', async () => {
    const client = createAliOss(bench.emulator, signature);
    await client.put('k', Buffer.from('x'));
    expect((await client.getACL('k')).acl).toBe('default');
    await client.putACL('k', 'public-read');
    expect((await client.getACL('k')).acl).toBe('public-read');
  });

  test('a wrong secret, and a region that is not the bucket’s', async () => {
    const wrong = createAliOss(bench.emulator, signature, { accessKeySecret: 'wrong' });
    await expect(wrong.put('k', Buffer.from('x'))).rejects.toMatchObject({
      status: 403,
      code: 'SignatureDoesNotMatch',
    });
    const away = createAliOss(bench.emulator, signature, {
      addressing: 'service host',
      region: 'oss-cn-beijing',
    });
    // What its host says is judged before its signature.
    await expect(away.put('k', Buffer.from('x'))).rejects.toMatchObject({
      status: 403,
      code: 'AccessDenied',
    });
  });
});

function sha256(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}
