import { createHash } from 'node:crypto';
import type OSS from 'ali-oss';
import { describe, expect, test } from 'vitest';
import { bytes, md5Hex } from '../../testing/client.ts';
import { useEmulator } from '../../testing/harness.ts';
import { BUCKET, createAliOss, SIGNATURES } from './client.ts';

const bench = useEmulator();

const KIB = 1024;
const PART = 100 * KIB;
const CONTENT = bytes(10 * PART + 5);
const KEY = 'films/ü b+c.mp4';

/** A checkpoint, as soon as that many parts are done. */
async function cancelAfter(client: OSS, count: number): Promise<OSS.Checkpoint> {
  let kept: OSS.Checkpoint | undefined;
  const progress = (_share: number, checkpoint: OSS.Checkpoint | null): void => {
    if (checkpoint === null || kept !== undefined) return;
    if ((checkpoint.doneParts as unknown[]).length < count) return;
    kept = structuredClone({ ...checkpoint, file: undefined });
    client.cancel();
  };
  const options = { partSize: PART, parallel: 2, progress };
  await expect(client.multipartUpload(KEY, CONTENT, options)).rejects.toMatchObject({
    name: 'cancel',
  });
  if (kept === undefined) throw new Error('there was no checkpoint');
  return { ...kept, file: CONTENT };
}

function parts(): (number | undefined)[] {
  return bench.emulator.log
    .filter(({ operation, status }) => operation === 'UploadPart' && status === 200)
    .map(({ partNumber }) => partNumber);
}

async function expectStored(key = KEY, content = CONTENT): Promise<void> {
  const expected = createHash('sha256').update(content).digest('hex');
  expect(await bench.emulator.sha256(BUCKET, key)).toBe(expected);
}

describe.each(SIGNATURES)('signed by %s', (signature) => {
  test('an upload in parts', async () => {
    const client = createAliOss(bench.emulator, signature);
    const shares: number[] = [];
    const result = await client.multipartUpload(KEY, CONTENT, {
      partSize: PART,
      parallel: 6,
      meta: { author: 'alice', uid: 1, pid: 2 },
      mime: 'video/mp4',
      progress: (share: number) => void shares.push(share),
    });
    expect(result).toMatchObject({ bucket: BUCKET, name: KEY });
    expect(result.etag).toMatch(/^"[0-9A-F]{32}-11"$/);
    expect(shares.at(-1)).toBe(1);
    await expectStored();
    expect(bench.emulator.objects()).toMatchObject([
      { type: 'Multipart', contentType: 'video/mp4', metadata: { author: 'alice' } },
    ]);
  });

  test('one that is cancelled, and resumed from its checkpoint', async () => {
    const client = createAliOss(bench.emulator, signature);
    const checkpoint = await cancelAfter(client, 3);
    expect(bench.emulator.uploads()).toMatchObject([{ uploadId: checkpoint.uploadId }]);
    // It changes the checkpoint that it is given.
    const done = (checkpoint.doneParts as { number: number }[]).map(({ number }) => number);
    const resuming = createAliOss(bench.emulator, signature);
    await resuming.multipartUpload(KEY, CONTENT, { checkpoint, partSize: PART });
    await expectStored();
    const repeated = parts().filter((part, index, all) => all.indexOf(part) < index);
    expect(repeated.filter((part) => done.includes(part ?? 0))).toEqual([]);
  });

  test('one that is aborted', async () => {
    const client = createAliOss(bench.emulator, signature);
    const checkpoint = await cancelAfter(client, 3);
    await client.abortMultipartUpload(KEY, checkpoint.uploadId);
    expect(bench.emulator.uploads()).toEqual([]);
    const again = client.abortMultipartUpload(KEY, checkpoint.uploadId);
    await expect(again).rejects.toMatchObject({ status: 404, code: 'NoSuchUpload' });
    const resumed = createAliOss(bench.emulator, signature).multipartUpload(KEY, CONTENT, {
      checkpoint,
    });
    await expect(resumed).rejects.toMatchObject({ name: 'abort' });
  });

  test('part by part, with lists of parts and of uploads', async () => {
    const client = createAliOss(bench.emulator, signature);
    const { uploadId } = await client.initMultipartUpload(KEY);
    const other = await client.initMultipartUpload('another');
    const done: { number: number; etag: string }[] = [];
    for (const number of [1, 2, 3]) {
      const start = (number - 1) * PART;
      const end = start + PART;
      const { etag } = await client.uploadPart(KEY, uploadId, number, CONTENT, start, end);
      expect(etag).toBe(`"${md5Hex(CONTENT.subarray(start, end))}"`);
      done.push({ number, etag });
    }
    const page = { 'max-parts': 2, 'part-number-marker': 0, 'encoding-type': '' };
    const query = { ...page, 'encoding-type': 'url' };
    const listed = await client.listParts(KEY, uploadId, query);
    expect(listed).toMatchObject({ uploadId, isTruncated: 'true', nextPartNumberMarker: '2' });
    expect(listed.parts).toMatchObject([
      { PartNumber: '1', Size: String(PART), ETag: done[0]?.etag },
      { PartNumber: '2', Size: String(PART), ETag: done[1]?.etag },
    ]);
    const { uploads } = await client.listUploads({ 'max-uploads': 10 });
    expect(uploads).toMatchObject([
      { name: 'another', uploadId: other.uploadId },
      { name: KEY, uploadId },
    ]);
    const wrong = [{ number: 1, etag: '"0"' }];
    await expect(client.completeMultipartUpload(KEY, uploadId, wrong)).rejects.toMatchObject({
      code: 'InvalidPart',
    });
    await client.completeMultipartUpload(KEY, uploadId, done);
    await expectStored(KEY, CONTENT.subarray(0, 3 * PART));
    const repeated = client.completeMultipartUpload(KEY, uploadId, done);
    await expect(repeated).rejects.toMatchObject({ status: 404, code: 'NoSuchUpload' });
  });

  test('a copy in parts', async () => {
    const client = createAliOss(bench.emulator, signature);
    await client.put(KEY, CONTENT);
    const source = { sourceKey: KEY, sourceBucketName: BUCKET } as never;
    const result = await client.multipartUploadCopy('copy', source, { partSize: 3 * PART });
    expect(result.etag).toMatch(/-4"$/);
    await expectStored('copy');
  });

  test('temporary credentials', async () => {
    const { securityToken: stsToken, ...keys } = bench.emulator.issueCredentials();
    const refreshed = { ...keys, stsToken };
    const refreshSTSToken = () => Promise.resolve(refreshed);
    const client = createAliOss(bench.emulator, signature, { ...refreshed, refreshSTSToken });
    await client.multipartUpload(KEY, CONTENT, { partSize: PART });
    await expectStored();
    bench.emulator.expireCredentials();
    await expect(client.head(KEY)).rejects.toMatchObject({ code: 'SecurityTokenExpired' });
  });
});
