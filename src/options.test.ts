import { describe, expect, test } from 'vitest';
import {
  resolveOptions,
  resolveUploadOptions,
  type UploaderOptions,
  type UploadOptions,
} from './options.ts';

const OPTIONS: UploaderOptions = {
  bucket: 'videos',
  region: 'cn-hangzhou',
  credentials: () => Promise.reject(new Error('not asked here')),
};

describe('options of an uploader', () => {
  test('have defaults, one by one', () => {
    expect(resolveOptions({ ...OPTIONS, timeout: { stall: 5000 } })).toEqual({
      isSpread: false,
      integrity: 'crc64',
      partSize: undefined,
      concurrency: 6,
      retry: { limit: 6, baseDelay: 500, maxDelay: 20_000 },
      timeout: {
        stall: 5000,
        queue: 300_000,
        complete: 300_000,
        probe: 10_000,
        credentials: 60_000,
      },
      checkpoint: { maxAge: 604_800_000 },
    });
  });

  test('may be undefined, as if they were not given', () => {
    const none = { partSize: undefined, retry: undefined, checkpoint: { maxAge: undefined } };
    const some = { retry: { limit: undefined }, timeout: { stall: undefined, probe: undefined } };
    for (const given of [none, some])
      expect(resolveOptions({ ...OPTIONS, ...given })).toEqual(resolveOptions(OPTIONS));
  });

  test.each<[string, object]>([
    ['credentials', { credentials: { accessKeyId: 'id' } }],
    ['worker', { worker: true }],
    ['worker', { worker: null }],
    ['partSize', { partSize: 102_399 }],
    ['partSize', { partSize: 5 * 1024 ** 3 + 1 }],
    ['partSize', { partSize: 102_400.5 }],
    ['partSize', { partSize: '1MB' }],
    ['concurrency', { concurrency: 0 }],
    ['concurrency', { concurrency: Number.NaN }],
    ['retry.limit', { retry: { limit: 0 } }],
    ['retry.baseDelay', { retry: { baseDelay: -1 } }],
    ['retry.maxDelay', { retry: { maxDelay: Number.POSITIVE_INFINITY } }],
    ['timeout.stall', { timeout: { stall: 0 } }],
    ['timeout.complete', { timeout: { complete: 2 ** 31 } }],
    ['checkpoint.maxAge', { checkpoint: { maxAge: 0 } }],
    ['integrity', { integrity: 'sha1' }],
  ])('%s is refused by name', (option, bad) => {
    const resolve = (): unknown => resolveOptions({ ...OPTIONS, ...bad });
    expect(resolve).toThrow(`\`${option}\``);
  });
});

describe('options of an upload', () => {
  const file = new File(['bytes'], 'film.mp4', { type: 'video/mp4', lastModified: 7 });

  test('take from the file what is not given', () => {
    expect(resolveUploadOptions(file, { key: 'a' })).toEqual({
      key: 'a',
      fileName: 'film.mp4',
      lastModified: 7,
      headers: { 'content-type': 'video/mp4' },
    });
    expect(resolveUploadOptions(new Blob(['bytes']), { key: 'a' })).toEqual({
      key: 'a',
      fileName: undefined,
      lastModified: undefined,
      headers: { 'content-type': 'application/octet-stream' },
    });
  });

  test('make the headers of the object', () => {
    const { headers } = resolveUploadOptions(file, {
      key: 'a',
      contentType: 'video/webm',
      headers: { 'Cache-Control': 'no-store', 'x-oss-storage-class': 'IA' },
      metadata: { Author: 'Zoe' },
    });
    expect(headers).toEqual({
      'content-type': 'video/webm',
      'cache-control': 'no-store',
      'x-oss-storage-class': 'IA',
      'x-oss-meta-author': 'Zoe',
    });
  });

  test.each<[string, unknown, Partial<Record<keyof UploadOptions, unknown>>]>([
    ['file', 'film.mp4', { key: 'a' }],
    ['file', undefined, { key: 'a' }],
    ['key', file, { key: '/a' }],
    ['key', file, {}],
    ['fileName', file, { key: 'a', fileName: 7 }],
    ['contentType', file, { key: 'a', contentType: 'text/plain\r\nx: y' }],
    ['headers', file, { key: 'a', headers: { Authorization: 'OSS id:signature' } }],
    ['headers', file, { key: 'a', headers: { 'x-oss-security-token': 'token' } }],
    ['headers', file, { key: 'a', headers: { 'Content-Type': 'video/mp4' } }],
    ['headers', file, { key: 'a', headers: { 'bad name': 'x' } }],
    [
      'headers',
      file,
      { key: 'a', headers: { 'Content-Disposition': 'attachment; filename=中.mp4' } },
    ],
    ['metadata', file, { key: 'a', metadata: { under_score: 'x' } }],
    ['metadata', file, { key: 'a', metadata: { author: '中' } }],
    ['metadata', file, { key: 'a', metadata: { author: 'Zoë' } }],
    ['callback', file, { key: 'a', callback: { url: 'https://app.example.com', body: '' } }],
    ['metadata', file, { key: 'a', metadata: { author: 'x'.repeat(8193) } }],
    ['signal', file, { key: 'a', signal: {} }],
    ['handle', file, { key: 'a', handle: { getFile: () => Promise.resolve(file) } }],
  ])('%s is refused by name', (option, given, options) => {
    expect(() => resolveUploadOptions(given, options as unknown as UploadOptions)).toThrow(
      `\`${option}`,
    );
  });

  test('a header that is refused is not shown with its value', () => {
    const options = { key: 'a', headers: { Authorization: 'OSS id:very-secret' } };
    expect(() => resolveUploadOptions(file, options)).not.toThrow(/very-secret/);
  });

  test('a file that no object can hold is refused', () => {
    const large = Object.defineProperty(new Blob([]), 'size', { value: 53_687_091_200_001 });
    expect(() => resolveUploadOptions(large, { key: 'a' })).toThrow(/48\.8 TB/);
  });
});
