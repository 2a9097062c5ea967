import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { naiveCrc64 } from '../testing/naive-crc64.ts';
import { createHasher } from './hasher.ts';
import { readSlices } from './read-slices.ts';

/** More than is read in one go. */
const SIZE = 600_000;
const bytes = Uint8Array.from({ length: SIZE }, (_byte, index) => (index * 31 + 7) & 255);
const source = new Blob([bytes]);

function expected(offset: number, size: number): { crc64: string; md5: string } {
  const slice = bytes.subarray(offset, offset + size);
  const md5 = createHash('md5').update(slice).digest('hex').toUpperCase();
  return { crc64: naiveCrc64(slice), md5 };
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.resetModules();
});

describe.each(['by WebAssembly', 'by plain code'])('digests %s', (way) => {
  async function createOne() {
    if (way === 'by plain code') {
      const refusal = new WebAssembly.CompileError('blocked by CSP');
      vi.spyOn(WebAssembly, 'instantiate').mockRejectedValue(refusal);
    }
    // Whether WebAssembly is there is remembered.
    vi.resetModules();
    return (await import('./hasher.ts')).createHasher();
  }

  test('are those of the bytes in the range', async () => {
    const hasher = await createOne();
    for (const [offset, size] of [
      [0, 0],
      [0, 1],
      [7, 1000],
      [100, SIZE - 200],
    ] as const) {
      const range = { source, offset, size };
      expect(await hasher.digest(range, ['crc64', 'md5'])).toEqual(expected(offset, size));
    }
  });

  test('do not mix when they are made side by side', async () => {
    const hasher = await createOne();
    const offsets = [0, 1, 2];
    const digests = await Promise.all(
      offsets.map((offset) => hasher.digest({ source, offset, size: SIZE - 10 }, ['md5', 'crc64'])),
    );
    expect(digests).toEqual(offsets.map((offset) => expected(offset, SIZE - 10)));
  });

  test('are those that were asked for', async () => {
    const hasher = await createOne();
    const range = { source, offset: 0, size: 9 };
    expect(Object.keys(await hasher.digest(range, ['crc64']))).toEqual(['crc64']);
    expect(Object.keys(await hasher.digest(range, ['md5']))).toEqual(['md5']);
    expect(await hasher.digest(range, [])).toEqual({});
  });

  test('are made so', async () => {
    const hasher = await createOne();
    const { Crc64 } = await import('../oss/crc64.ts');
    const update = vi.spyOn(Crc64.prototype, 'update');
    await hasher.digest({ source, offset: 0, size: 9 }, ['crc64']);
    expect(update).toHaveBeenCalledTimes(way === 'by plain code' ? 1 : 0);
  });
});

test('a file that cannot be read is told', async () => {
  const cause = new DOMException('changed', 'NotReadableError');
  const broken = new Blob(['abc']);
  vi.spyOn(Blob.prototype, 'arrayBuffer').mockRejectedValue(cause);
  const digesting = createHasher(readSlices).digest({ source: broken, offset: 0, size: 3 }, [
    'md5',
  ]);
  await expect(digesting).rejects.toMatchObject({ kind: 'source', code: 'FileUnreadable', cause });
});

test('an abort ends the reading', async () => {
  const controller = new AbortController();
  const read = vi.spyOn(Blob.prototype, 'arrayBuffer');
  read.mockImplementationOnce(() => {
    controller.abort(new Error('enough'));
    return Promise.resolve(new ArrayBuffer(8));
  });
  const range = { source, offset: 0, size: SIZE };
  const digesting = createHasher(readSlices).digest(range, ['crc64'], controller.signal);
  await expect(digesting).rejects.toThrow('enough');
  expect(read).toHaveBeenCalledTimes(1);
});
