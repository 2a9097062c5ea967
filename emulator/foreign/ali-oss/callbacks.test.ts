import { describe, expect, test } from 'vitest';
import { bytes } from '../../testing/client.ts';
import { useEmulator } from '../../testing/harness.ts';
import { BUCKET, createAliOss, SIGNATURES } from './client.ts';

const bench = useEmulator();

function callback(path = '/__emulator/callback-receiver') {
  return {
    url: `${bench.emulator.origin}${path}`,
    host: 'app.example.com',
    body: 'key=${object}&size=${size}&user=${x:user}',
    contentType: 'application/x-www-form-urlencoded',
    customValue: { user: 'ü & co' },
    headers: {},
  };
}

const CONTENT = bytes(250 * 1024);

describe.each(SIGNATURES)('signed by %s', (signature) => {
  test('put, and its answer from the app', async () => {
    const client = createAliOss(bench.emulator, signature);
    const { data } = await client.put('a b', Buffer.from('abc'), { callback: callback() });
    expect(data).toEqual({ Status: 'OK' });
    expect(bench.emulator.callbacks()).toMatchObject([
      { isVerified: true, headers: { host: 'app.example.com' } },
    ]);
    const fields = new URLSearchParams(bench.emulator.callbacks()[0]?.body);
    expect(Object.fromEntries(fields)).toEqual({ key: 'a b', size: '3', user: 'ü & co' });
  });

  test('an upload in parts, with one callback at its end', async () => {
    const client = createAliOss(bench.emulator, signature);
    const options = { partSize: 100 * 1024, callback: callback() };
    const { data } = await client.multipartUpload('k', CONTENT, options);
    expect(data).toEqual({ Status: 'OK' });
    expect(bench.emulator.callbacks()).toHaveLength(1);
    expect(bench.emulator.callbacks()[0]?.body).toContain(`size=${CONTENT.length}`);
  });

  test('an app that fails: the object is stored all the same', async () => {
    const client = createAliOss(bench.emulator, signature);
    const failing = client.put('k', CONTENT, { callback: callback('/__emulator/nothing-here') });
    await expect(failing).rejects.toMatchObject({ status: 203, code: 'CallbackFailed' });
    expect(bench.emulator.objects()).toMatchObject([{ bucket: BUCKET, key: 'k' }]);
  });
});
