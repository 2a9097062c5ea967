import { expect, test } from 'vitest';
import { Crc64, combineCrc64, joinCrc64 } from './crc64.ts';
import { multipartEtag } from './operations/complete-multipart-upload.ts';
import { DigestStream, etagOf } from './storage/digests.ts';
import { bytes } from './testing/client.ts';
import { readFixture } from './testing/fixtures.ts';

const vectors = readFixture('checksums.json') as {
  crc64: { id: string; inputHex: string | null; length: number; decimal: string }[];
  crc64Combine: { id: string; crc1: string; crc2: string; len2: number; expect: string }[];
  partEtag: { id: string; length: number; etagHeader: string; contentMd5: string }[];
  multipartEtag: { id: string; partEtags: string[]; expect: string }[];
};

test.each(vectors.crc64)('$id', ({ id, inputHex, length, decimal }) => {
  const input = inputHex === null ? generated(id, length) : Buffer.from(inputHex, 'hex');
  expect(input.length).toBe(length);
  expect(crcOf(input).toString()).toBe(decimal);
});

test('pieces of any length and alignment give the CRC of the whole', () => {
  const whole = bytes(10_007);
  for (const size of [1, 3, 7, 8, 9, 64, 1000, 4096]) {
    const crc = new Crc64();
    for (let offset = 0; offset < whole.length; offset += size)
      crc.update(whole.subarray(offset, offset + size));
    expect(crc.value()).toBe(crcOf(whole));
  }
});

test.each(vectors.crc64Combine)('combine: $id', ({ crc1, crc2, len2, expect: expected }) => {
  expect(combineCrc64(BigInt(crc1), BigInt(crc2), len2).toString()).toBe(expected);
});

test('runs of different sizes are joined in order', () => {
  const runs = [0, 5, 102_400, 5, 1, 70_001].map((size, index) => bytes(size, index));
  const joined = joinCrc64(runs.map((run) => ({ crc64: crcOf(run), size: run.length })));
  expect(joined).toBe(crcOf(Buffer.concat(runs)));
});

test.each(vectors.partEtag)('ETag of a part: $id', ({ id, length, etagHeader, contentMd5 }) => {
  const stream = new DigestStream();
  stream.update(generated(id, length));
  const { md5 } = stream.finish();
  expect(`"${etagOf(md5)}"`).toBe(etagHeader);
  expect(md5.toString('base64')).toBe(contentMd5);
});

test.each(vectors.multipartEtag)('ETag of parts: $id', ({ partEtags, expect: expected }) => {
  const parts = partEtags.map((etag) => ({ etag: etag.replaceAll('"', '') }));
  expect(multipartEtag(parts)).toBe(expected.replaceAll('"', ''));
});

function crcOf(input: Buffer): bigint {
  const crc = new Crc64();
  crc.update(input);
  return crc.value();
}

/** The inputs that the vectors describe in words. */
function generated(id: string, length: number): Buffer {
  if (id === '0123456789') return Buffer.from(id);
  const formulas: Record<string, (index: number) => number> = {
    'crc-part-102400': (index) => index % 251,
    'part-102400': (index) => index % 251,
    'crc-one-mib': (index) => (index * 31 + 7) & 255,
  };
  const formula = formulas[id] ?? (() => 0);
  return Buffer.from(Array.from({ length }, (_, index) => formula(index)));
}
