import { describe, expect } from 'vitest';
import { BUCKET, expectStored, MIB, PART, receivedBytes, requests } from '../expectations.ts';
import { startHangingUp } from './hanging-up.ts';
import { inEveryEngine } from './in-every-engine.ts';

const KEY = 'holiday.mp4';
const FILE = { size: 8 * MIB };
const PARTS = 9;
/** Milliseconds. */
const DAY = 86_400_000;

inEveryEngine((test) => {
  test('an upload that the server forgets in the middle is begun again', async ({
    tab,
    emulator,
  }) => {
    emulator.faults.add({
      match: { operation: 'UploadPart', partNumber: 41 },
      fault: { type: 'forget-upload' },
    });
    await tab.open();
    expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
    await expectStored(emulator, KEY, FILE);
    const restarts = await tab.events(KEY, 'restarted');
    expect(restarts.map(({ error }) => error.code)).toEqual(['NoSuchUpload']);
    await tab.expectNothingLeft();
  });

  for (const type of ['drop-part', 'corrupt-part'] as const) {
    test(`a part that the server loses (${type}) is sent again, and no other`, async ({
      tab,
      emulator,
    }) => {
      emulator.faults.add({
        match: { operation: 'CompleteMultipartUpload' },
        fault: { type, partNumber: 21 },
      });
      await tab.open();
      expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
      await expectStored(emulator, KEY, FILE);
      const sent = requests(emulator, 'UploadPart').map(({ partNumber }) => partNumber);
      expect(sent).toHaveLength(PARTS + 1);
      expect(sent.filter((number) => number === 21)).toHaveLength(2);
      expect(await tab.events(KEY, 'reopened')).toHaveLength(1);
      await tab.expectNothingLeft();
    });
  }

  test('a time without network costs nothing but time', async ({ tab, emulator }) => {
    emulator.faults.bandwidth(4 * MIB);
    await tab.open();
    await tab.start({ key: KEY, file: FILE });
    await tab.untilConfirmed(KEY, 0.3);
    await emulator.faults.refuse('until-restored');
    await tab.untilStatus(KEY, 'waiting-for-network');
    await emulator.faults.restore();
    expect((await tab.outcome(KEY)).error).toBeUndefined();
    await expectStored(emulator, KEY, FILE);
    expect(await tab.events(KEY, 'retry')).toEqual([]);
    expect(requests(emulator, 'InitiateMultipartUpload')).toHaveLength(1);
    await tab.expectNothingLeft();
  });

  test('a bucket without a CORS rule is told, not waited for', async ({ tab, emulator }) => {
    emulator.setCorsRules([]);
    await tab.open({ retry: { baseDelay: 50 } });
    const { error } = await tab.upload({ key: KEY, file: FILE });
    expect(error).toMatchObject({ kind: 'network', code: 'AnswersUnreadable' });
    expect(requests(emulator, 'InitiateMultipartUpload')).toEqual([]);
  });

  for (const keepAlive of [true, false]) {
    describe(`on connections that ${keepAlive ? 'are kept' : 'close'}`, () => {
      test.override({ keepAlive });

      test('a Complete whose answer is lost is found to be done', async ({ tab, emulator }) => {
        emulator.faults.add({
          match: { operation: 'CompleteMultipartUpload' },
          fault: { type: 'lose-answer' },
        });
        await tab.open();
        const { result, error } = await tab.upload({ key: KEY, file: FILE });
        expect(error).toBeUndefined();
        expect(result?.verified).toBe('crc64');
        await expectStored(emulator, KEY, FILE);
        expect(receivedBytes(emulator)).toBe(FILE.size);
        expect(requests(emulator, 'InitiateMultipartUpload')).toHaveLength(1);
        await tab.expectNothingLeft();
      });

      test('a connection that is reset in the middle of a body costs that part', async ({
        tab,
        emulator,
      }) => {
        emulator.faults.add({
          match: { operation: 'UploadPart', partNumber: 31 },
          times: 2,
          fault: { type: 'reset', at: 'middle' },
        });
        await tab.open();
        expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
        await expectStored(emulator, KEY, FILE);
        const sent = requests(emulator, 'UploadPart').map(({ partNumber }) => partNumber);
        // At the second break it is split: 31 is its first half then, 36 the other.
        expect(sent.filter((number) => number !== 31 && number !== 36)).toHaveLength(PARTS - 1);
        await tab.expectNothingLeft();
      });
    });
  }

  for (const isSameOrigin of [true, false]) {
    test(`a connection that ends in good order, without an answer, costs that part (${isSameOrigin ? 'the same' : 'another'} origin)`, async ({
      tab,
      emulator,
      onTestFinished,
    }) => {
      let times = 1;
      const proxy = await startHangingUp(({ method, url = '' }) => {
        if (!url.startsWith(`/${BUCKET}/`)) return process.env['TEST_PAGE'];
        if (method !== 'PUT' || !url.includes('partNumber=31') || times === 0)
          return emulator.origin;
        times -= 1;
        return undefined;
      });
      onTestFinished(() => proxy.close());
      await tab.open();
      if (isSameOrigin) await tab.page.goto(proxy.origin);
      await tab.reload({ endpoint: proxy.origin });
      expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
      await expectStored(emulator, KEY, FILE);
      const retries = await tab.events(KEY, 'retry');
      const retry = { partNumber: 31, error: { kind: 'network' } };
      expect(retries).toMatchObject([retry]);
      expect(requests(emulator, 'UploadPart')).toHaveLength(PARTS);
      await tab.expectNothingLeft();
    });
  }

  test('a part that is never answered is sent again', async ({ tab, emulator }) => {
    emulator.faults.add({
      match: { operation: 'UploadPart', partNumber: 11 },
      fault: { type: 'stall', at: 'answer' },
    });
    await tab.open({ timeout: { stall: 2000 } });
    expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
    await expectStored(emulator, KEY, FILE);
    expect(await tab.events(KEY, 'retry')).toMatchObject([
      { partNumber: 11, error: { kind: 'timeout' } },
    ]);
    await tab.expectNothingLeft();
  });

  test('ETags that the bucket hides are looked up', async ({ tab, emulator }) => {
    emulator.setCorsRules([
      {
        allowedOrigins: ['*'],
        allowedMethods: ['GET', 'PUT', 'POST', 'HEAD', 'DELETE'],
        allowedHeaders: ['*'],
        exposeHeaders: [],
      },
    ]);
    await tab.open();
    expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
    await expectStored(emulator, KEY, FILE);
    expect(await tab.events(KEY, 'etag-hidden')).toHaveLength(1);
    await tab.expectNothingLeft();
  });

  test('a HEAD is not answered by the cache of the browser', async ({ tab, emulator }) => {
    const file = { size: 3 * PART };
    emulator.setClockOffset(-30 * DAY);
    await tab.open();
    await tab.upload({ key: KEY, file: { ...file, seed: 2 } });
    emulator.setClockOffset(0);
    emulator.setAcl('public-read');
    // The old object, with the validators and dates by which browsers take it for fresh.
    await tab.page.evaluate(
      async (url) => void (await (await fetch(url)).blob()),
      `${emulator.origin}/${BUCKET}/${KEY}`,
    );
    const before = receivedBytes(emulator);
    emulator.faults.add({
      match: { operation: 'CompleteMultipartUpload' },
      fault: { type: 'lose-answer' },
    });
    const { result, error } = await tab.upload({ key: KEY, file });
    expect(error).toBeUndefined();
    expect(result?.verified).toBe('crc64');
    expect(receivedBytes(emulator) - before).toBe(file.size);
    await expectStored(emulator, KEY, file);
    await tab.expectNothingLeft();
  });
});
