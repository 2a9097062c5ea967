import type { Emulator } from '../emulator/index.ts';
import type { UploadOptions } from '../src/index.ts';
import { expect, expectStored, KIB, MIB, receivedBytes, requests, test } from './fixtures.ts';

const KEY = 'holiday.mp4';

const WAYS = [
  { way: 'in parts', file: { size: 4 * MIB }, operation: 'CompleteMultipartUpload' },
  { way: 'in one request', file: { size: 10 * KIB }, operation: 'PutObject' },
] as const;

function callbackTo({ origin }: Emulator): NonNullable<UploadOptions['callback']> {
  return {
    url: `${origin}/__emulator/callback-receiver`,
    body: '{"key":${object},"size":${size},"user":${x:user}}',
    bodyType: 'application/json',
    variables: { user: 'Zoë' },
  };
}

for (const { way, file, operation } of WAYS) {
  test(`the app's server is told of a file sent ${way}, and its answer is the result's`, async ({
    tab,
    emulator,
  }) => {
    await tab.open();
    const { result, error } = await tab.upload({ key: KEY, file, callback: callbackTo(emulator) });
    expect(error).toBeUndefined();
    expect(result?.callback).toEqual({ ok: true, status: 200, body: { Status: 'OK' } });
    expect(result).toMatchObject({ verified: 'crc64' });
    expect(emulator.callbacks().map(({ body }) => JSON.parse(body))).toEqual([
      { key: KEY, size: file.size, user: 'Zoë' },
    ]);
    await expectStored(emulator, KEY, file);
    await tab.expectNothingLeft();
  });

  for (const [cause, advice] of [
    ['slow', '5 seconds'],
    ['not-json', 'JSON'],
    ['refused', 'callback.url'],
    [502, 'gateway'],
  ] as const) {
    test(`a callback that fails (${cause}) is no failure of a file sent ${way}`, async ({
      tab,
      emulator,
    }) => {
      emulator.faults.add({ match: { operation }, fault: { type: 'callback-failed', cause } });
      await tab.open();
      const { result, error } = await tab.upload({
        key: KEY,
        file,
        callback: callbackTo(emulator),
      });
      expect(error).toBeUndefined();
      expect(result?.callback).toMatchObject({ ok: false, code: 'CallbackFailed' });
      expect(JSON.stringify(result?.callback)).toContain(advice);
      expect(requests(emulator, operation)).toHaveLength(1);
      expect(receivedBytes(emulator)).toBe(file.size);
      await expectStored(emulator, KEY, file);
      await tab.expectNothingLeft();
    });
  }

  test.describe('on connections that close', () => {
    test.use({ keepAlive: false });

    test(`a lost answer to a file sent ${way} leaves open whether the app was told`, async ({
      tab,
      emulator,
    }) => {
      emulator.faults.add({ match: { operation }, fault: { type: 'lose-answer' } });
      await tab.open();
      const { result, error } = await tab.upload({
        key: KEY,
        file,
        callback: callbackTo(emulator),
      });
      expect(error).toBeUndefined();
      // JSON knows no undefined: the property is gone, its neighbour is not.
      expect(result?.callback?.ok).toBeUndefined();
      expect(JSON.stringify(result?.callback)).toContain(
        'answer that told of the callback was lost',
      );
      expect(requests(emulator, operation)).toHaveLength(1);
      expect(receivedBytes(emulator)).toBe(file.size);
      expect(emulator.callbacks()).toHaveLength(1);
      await tab.expectNothingLeft();
    });
  });
}

test('a callback that OSS would refuse is told before anything is sent', async ({
  tab,
  emulator,
}) => {
  await tab.open();
  const callback = { ...callbackTo(emulator), body: '{"key":"${object}"}' };
  const started = tab.start({ key: KEY, file: { size: MIB }, callback });
  await expect(started).rejects.toThrow('`callback.body`');
  expect(emulator.log).toEqual([]);
});

test('a callback that is more than OSS advises is said to be', async ({ tab, emulator }) => {
  await tab.open();
  const variables = { user: 'x'.repeat(600) };
  const callback = { ...callbackTo(emulator), variables };
  const { result } = await tab.upload({ key: KEY, file: { size: KIB }, callback });
  expect(result?.callback?.ok).toBe(true);
  const [event, ...more] = await tab.events(KEY, 'callback-unadvised');
  expect(event?.advice).toContain('512');
  expect(more).toEqual([]);
});

test('a resumed upload needs its callback again, and the browser has kept nothing of it', async ({
  tab,
  emulator,
}) => {
  const file = { size: 4 * MIB };
  const callback = { ...callbackTo(emulator), variables: { user: 'MARKED-SECRET' } };
  // Or else it may be done before the page is gone.
  emulator.faults.add({
    match: { operation: 'UploadPart', partNumber: 41 },
    fault: { type: 'stall', at: 'answer' },
  });
  await tab.open();
  await tab.start({ key: KEY, file, callback });
  await tab.untilConfirmed(KEY, 0.5);
  await tab.reload();
  expect(await tab.unfinished()).toMatchObject([{ key: KEY, hasCallback: true }]);
  expect(JSON.stringify(await tab.storedCheckpoints())).not.toContain('MARKED-SECRET');
  await expect(tab.resumeUnfinished(KEY, file)).rejects.toThrow('`callback`');
  await tab.resumeUnfinished(KEY, file, { callback });
  const { result, error } = await tab.outcome(KEY);
  expect(error).toBeUndefined();
  expect(result?.callback).toMatchObject({ ok: true });
  expect(emulator.callbacks()).toHaveLength(1);
  await tab.expectNothingLeft();
});
