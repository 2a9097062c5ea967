import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createPostPolicy } from '../server/index.ts';
import { BUCKET, FILE, PostBench } from '../testing/post-bench.ts';
import { KEYS, signedFields } from '../testing/post-fields.ts';
import type { PostObjectOptions } from './options.ts';
import { postObjectOn } from './post-object.ts';

const bench = new PostBench();

describe('a form', () => {
  test.each(['V1', 'V4'] as const)('signed by %s is stored', async (version) => {
    const fields = signedFields({ key: 'dir/目录 a.txt' }, { version });
    const result = await bench.post({ fields });
    expect(result).toEqual({
      bucket: undefined,
      key: 'dir/目录 a.txt',
      etag: createHash('md5').update('content').digest('hex').toUpperCase(),
      location: `${bench.emulator.origin}/${BUCKET}/dir/%E7%9B%AE%E5%BD%95%20a.txt`,
      size: 7,
      status: 204,
      requestId: expect.stringMatching(/^[\dA-F]{24}$/),
      callback: undefined,
      verified: false,
    });
    expect(await bench.isStored('dir/目录 a.txt')).toBe(true);
  });

  test('with a token of STS, and all that a policy may demand', async () => {
    const conditions = [
      { bucket: BUCKET },
      ['starts-with', '$key', 'user/'],
      ['content-length-range', 1, 7],
      ['in', '$content-type', ['text/plain']],
      ['eq', '$success_action_status', '201'],
      ['not-in', '$x-oss-meta-a', ['c']],
    ];
    const keys = bench.emulator.issueCredentials();
    const fields = signedFields(
      { key: 'user/${filename}', success_action_status: '201', 'x-oss-meta-a': 'b' },
      { version: 'V4', keys, conditions },
    );
    expect(await bench.post({ fields })).toMatchObject({
      bucket: BUCKET,
      key: 'user/a b.txt',
      status: 201,
    });
    expect(await bench.isStored('user/a b.txt')).toBe(true);
  });

  test.each([{ startsWith: 'text/' }, { in: ['text/html', 'text/plain'] }, 'text/plain'])(
    'that createPostPolicy() signs for the type %j',
    async (contentType) => {
      const { fields } = await createPostPolicy({
        bucket: BUCKET,
        region: 'cn-hangzhou',
        endpoint: bench.emulator.origin,
        credentials: KEYS,
        expiresIn: 600,
        key: 'users/7/avatar',
        size: { max: 5_000_000 },
        contentType,
      });
      expect(await bench.post({ fields })).toMatchObject({ key: 'users/7/avatar' });
      expect(bench.emulator.objects()).toMatchObject([{ contentType: 'text/plain' }]);
      const other = new File(['content'], 'a', { type: 'image/png' });
      const refused = bench.post({ fields, contentType: 'image/png' }, other);
      await expect(refused).rejects.toThrow(/image\/png/);
    },
  );

  test('whose file has a line break in its name is stored under the key that is told', async () => {
    const fields = signedFields({ key: 'user/${filename}' });
    const { key } = await bench.post({ fields }, new File(['content'], 'a\nb.txt'));
    expect(bench.emulator.objects().map((object) => object.key)).toEqual([key]);
  });

  test.each([
    ['200', 200],
    ['201', 201],
    ['204', 204],
  ])('that asks to be answered with %s', async (status, expected) => {
    const fields = signedFields({ key: 'k', success_action_status: status });
    const result = await bench.post({ fields });
    expect(result).toMatchObject({ key: 'k', status: expected, size: 7 });
    expect(result.etag).toMatch(/^[\dA-F]{32}$/);
    expect(result.location).toBe(`${bench.emulator.origin}/${BUCKET}/k`);
  });

  test.each(['plain.txt', '目录.txt', 'a "b".txt', 'a%20b.txt', 'a\nb.txt', '$&.txt'])(
    'whose key has the name of the file: %j',
    async (name) => {
      const { key } = await bench.post({
        fields: signedFields({ key: 'u/${filename}' }),
        fileName: name,
      });
      expect(bench.emulator.objects().map((object) => object.key)).toEqual([key]);
    },
  );

  test('of a bucket that everybody may write to needs a key alone', async () => {
    bench.emulator.setAcl('public-read-write');
    expect(await bench.post({ fields: { key: 'k' } })).toMatchObject({ key: 'k', status: 204 });
    expect(await bench.isStored('k')).toBe(true);
  });

  test('of nothing at all is stored, too', async () => {
    expect(await bench.post({}, new File([], 'empty'))).toMatchObject({ size: 0 });
    expect(await bench.isStored('a.txt', '')).toBe(true);
  });

  test('takes an address with a slash at its end', async () => {
    const { location } = await bench.post({ url: `${bench.emulator.origin}/${BUCKET}/` });
    expect(location).toBe(`${bench.emulator.origin}/${BUCKET}/a.txt`);
  });

  test('tells how far it has come', async () => {
    const shown: unknown[] = [];
    await bench.post({ onProgress: (progress) => shown.push(progress) });
    expect(shown).toEqual([{ sentBytes: 7, size: 7 }]);
  });
});

describe('at the door', () => {
  test.each<[Partial<PostObjectOptions>, string]>([
    [{ fields: signedFields({ key: 'k' }, { conditions: [{ key: 'other' }] }) }, '"other"'],
    [{ fields: signedFields({ key: 'k' }, { expiration: new Date(0) }) }, '1970-01-01T00:00:00'],
    [{ fields: { key: 'k', success_action_redirect: 'https://a.example.com' } }, 'redirect'],
    [{ fields: () => Promise.resolve({ key: '' }) }, 'the field `key`'],
    [{ url: 'videos.oss-cn-hangzhou.aliyuncs.com' }, '`url`'],
    [{ url: '' }, '`url`'],
    [{ url: 'ftp://a.example.com/' }, '`url`'],
    [{ url: 'https://a.example.com/?a=b' }, '`url`'],
    [{ url: 'https://oss-cn-hangzhou.aliyuncs.com' }, 'to name the bucket before the endpoint'],
    [{ url: 'https://u:hidden@a.example.com/' }, 'no user name or password'],
    [{ retry: { limit: 0 } }, '`retry.limit`'],
    [{ timeout: { stall: 0 } }, '`timeout.stall`'],
    [{ callback: { url: 'a', body: 'b' } }, '`callback.url`'],
    [{ signal: 'now' as unknown as AbortSignal }, '`signal`'],
    [{ onEvent: 'tell' as unknown as () => void }, '`onEvent`'],
    [{ onProgress: 1 as unknown as () => void }, '`onProgress`'],
    [{ contentType: 1 as unknown as string }, '`contentType`'],
    [{ fileName: 1 as unknown as string }, '`fileName`'],
  ])('%# is refused, and nothing is sent: %s', async (options, expected) => {
    const message = await bench.post(options).catch(String);
    expect(message).toMatch(/^(?:Type|Range)Error: /);
    expect(message).toContain(expected);
    expect(message).not.toContain('hidden');
    expect(bench.emulator.log).toEqual([]);
  });

  test('no file, no options', async () => {
    await expect(bench.post({}, 'a' as unknown as File)).rejects.toThrow('`file`');
    const none = undefined as unknown as PostObjectOptions;
    await expect(postObjectOn({} as never, FILE, none)).rejects.toThrow('{ url, fields, ... }');
  });
});

test('a signal ends the form with its reason', async () => {
  bench.emulator.faults.add({ fault: { type: 'stall', at: 'answer' } });
  const controller = new AbortController();
  const posting = bench.post({ signal: controller.signal });
  await expect.poll(() => bench.emulator.log.length).toBe(1);
  controller.abort('enough');
  await expect(posting).rejects.toBe('enough');
  await expect(bench.post({ signal: AbortSignal.abort('before') })).rejects.toBe('before');
});
