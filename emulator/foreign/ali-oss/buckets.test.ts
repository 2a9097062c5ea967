import { describe, expect, test } from 'vitest';
import { useEmulator } from '../../testing/harness.ts';
import { BUCKET, createAliOss, SIGNATURES } from './client.ts';

const bench = useEmulator({ region: 'cn-hangzhou' });

const ORIGIN = 'https://app.example.com';

/** What a bucket answers to a preflight of a page on that origin. */
async function preflight(): Promise<Response> {
  return fetch(`${bench.emulator.origin}/${BUCKET}/k`, {
    method: 'OPTIONS',
    headers: {
      Origin: ORIGIN,
      'Access-Control-Request-Method': 'PUT',
      'Access-Control-Request-Headers': 'x-oss-date',
    },
  });
}

describe.each(SIGNATURES)('signed by %s', (signature) => {
  test('a bucket comes and goes', async () => {
    const client = createAliOss(bench.emulator, signature);
    await client.putBucket('another-bucket');
    const { buckets } = (await client.listBuckets({})) as unknown as { buckets: object[] };
    expect(buckets).toMatchObject([{ name: 'another-bucket' }, { name: BUCKET }]);
    client.useBucket('another-bucket');
    await client.put('k', Buffer.from('x'));
    await expect(client.deleteBucket('another-bucket')).rejects.toMatchObject({
      status: 409,
      code: 'BucketNotEmpty',
    });
    await client.delete('k');
    await client.deleteBucket('another-bucket');
    await expect(client.getBucketInfo('another-bucket')).rejects.toMatchObject({
      status: 404,
      code: 'NoSuchBucket',
    });
  });

  test('info, location and ACL', async () => {
    const client = createAliOss(bench.emulator, signature);
    expect((await client.getBucketInfo(BUCKET)).bucket).toMatchObject({
      Name: BUCKET,
      Location: 'oss-cn-hangzhou',
      StorageClass: 'Standard',
      AccessControlList: { Grant: 'private' },
    });
    expect((await client.getBucketLocation(BUCKET)).location).toBe('oss-cn-hangzhou');
    await client.putBucketACL(BUCKET, 'public-read');
    expect((await client.getBucketACL(BUCKET)).acl).toBe('public-read');
  });

  test('CORS rules, which preflights obey', async () => {
    const client = createAliOss(bench.emulator, signature);
    const rule = {
      allowedOrigin: ORIGIN,
      allowedMethod: ['PUT', 'GET'],
      allowedHeader: '*',
      exposeHeader: ['ETag', 'x-oss-request-id'],
      maxAgeSeconds: '600',
    };
    await client.putBucketCORS(BUCKET, [rule]);
    expect((await client.getBucketCORS(BUCKET)).rules).toEqual([rule]);
    const allowed = await preflight();
    expect(allowed.status).toBe(200);
    expect(allowed.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(allowed.headers.get('access-control-max-age')).toBe('600');
    await client.deleteBucketCORS(BUCKET);
    expect((await preflight()).status).toBe(403);
    await expect(client.getBucketCORS(BUCKET)).rejects.toMatchObject({
      status: 404,
      code: 'NoSuchCORSConfiguration',
    });
  });

  test('referers, which signed URLs obey', async () => {
    const client = createAliOss(bench.emulator, signature);
    expect(await client.getBucketReferer(BUCKET)).toMatchObject({ allowEmpty: true });
    const referers = ['https://*.example.com', 'https://other.example'];
    await client.putBucketReferer(BUCKET, false, referers);
    expect(await client.getBucketReferer(BUCKET)).toMatchObject({ allowEmpty: false, referers });
    await client.put('k', Buffer.from('content'));
    const url = await client.signatureUrlV4('GET', 60, {}, 'k');
    expect(await (await fetch(url)).text()).toContain('You are denied by bucket referer policy.');
    const headers = { Referer: 'https://www.example.com' };
    expect(await (await fetch(url, { headers })).text()).toBe('content');
    await client.deleteBucketReferer(BUCKET);
    expect((await fetch(url)).status).toBe(200);
  });

  test('a lifecycle that ends uploads', async () => {
    const client = createAliOss(bench.emulator, signature);
    const abortMultipartUpload = { days: '2' };
    const rule = { id: 'tidy', prefix: 'films/', status: 'Enabled', abortMultipartUpload };
    await client.putBucketLifecycle(BUCKET, [{ ...rule } as never]);
    expect((await client.getBucketLifecycle(BUCKET)).rules).toMatchObject([rule]);
    await client.initMultipartUpload('films/a');
    await client.initMultipartUpload('songs/a');
    bench.emulator.setClockOffset(3 * 24 * 3600 * 1000);
    expect(bench.emulator.uploads()).toMatchObject([{ key: 'songs/a' }]);
    bench.emulator.setClockOffset(0);
    await client.deleteBucketLifecycle(BUCKET);
    await expect(client.getBucketLifecycle(BUCKET)).rejects.toMatchObject({
      code: 'NoSuchLifecycle',
    });
  });
});
