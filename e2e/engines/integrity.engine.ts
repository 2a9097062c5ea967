import { expect } from 'vitest';
import { expectStored, MIB, requests } from '../expectations.ts';
import { inEveryEngine } from './in-every-engine.ts';

const KEY = 'holiday.mp4';
const FILE = { size: 8 * MIB };
const PARTS = 9;
/** Of the second part; the samples by which a file is known do not look there. */
const UNSEEN = 1_200_000;

inEveryEngine((test) => {
  for (const integrity of ['crc64', 'md5'] as const) {
    test(`a part that is damaged on the way is sent again, and no other (${integrity})`, async ({
      tab,
      emulator,
    }) => {
      emulator.faults.add({
        match: { operation: 'UploadPart', partNumber: 21 },
        fault: { type: 'corrupt-body' },
      });
      await tab.open({ integrity });
      const { result, error } = await tab.upload({ key: KEY, file: FILE });
      expect(error).toBeUndefined();
      expect(result?.verified).toBe('crc64');
      await expectStored(emulator, KEY, FILE);
      const code = integrity === 'md5' ? 'InvalidDigest' : 'BytesDiffer';
      expect(await tab.events(KEY, 'retry')).toMatchObject([{ partNumber: 21, error: { code } }]);
      expect(requests(emulator, 'UploadPart')).toHaveLength(PARTS + 1);
      await tab.expectNothingLeft();
    });
  }

  test('a part that is damaged on the way is found where the bucket hides all headers, too', async ({
    tab,
    emulator,
  }) => {
    emulator.setCorsRules([
      {
        allowedOrigins: ['*'],
        allowedMethods: ['GET', 'PUT', 'POST', 'HEAD', 'DELETE'],
        allowedHeaders: ['*'],
        exposeHeaders: [],
      },
    ]);
    emulator.faults.add({
      match: { operation: 'UploadPart', partNumber: 21 },
      fault: { type: 'corrupt-body' },
    });
    await tab.open();
    const { result, error } = await tab.upload({ key: KEY, file: FILE });
    expect(error).toBeUndefined();
    expect(result?.verified).toBe('etag');
    await expectStored(emulator, KEY, FILE);
    expect(requests(emulator, 'UploadPart')).toHaveLength(PARTS + 1);
    await tab.expectNothingLeft();
  });

  test('a file that was changed between two pages, where no sample looks, is not mixed', async ({
    tab,
    emulator,
  }) => {
    const changed = { ...FILE, changedAt: UNSEEN };
    emulator.faults.bandwidth(4 * MIB);
    await tab.open({ concurrency: 2 });
    await tab.start({ key: KEY, file: FILE });
    await tab.untilConfirmed(KEY, 0.5);
    await tab.reload();
    await tab.resumeUnfinished(KEY, changed);
    const { result, error } = await tab.outcome(KEY);
    expect(error).toBeUndefined();
    expect(result?.verified).toBe('crc64');
    await expectStored(emulator, KEY, changed);
    expect(await tab.events(KEY, 'parts-differ')).toMatchObject([{ count: 1 }]);
    expect(requests(emulator, 'InitiateMultipartUpload')).toHaveLength(1);
    await tab.expectNothingLeft();
  });

  test('another file of the same name and size is refused', async ({ tab, emulator }) => {
    emulator.faults.bandwidth(4 * MIB);
    await tab.open({ concurrency: 2 });
    await tab.start({ key: KEY, file: FILE });
    await tab.untilConfirmed(KEY, 0.3);
    await tab.reload();
    await tab.resumeUnfinished(KEY, { ...FILE, seed: 2 });
    expect(await tab.failure(KEY)).toMatchObject({ kind: 'source', code: 'AnotherFile' });
    expect(emulator.objects()).toEqual([]);
    expect(await tab.unfinished()).toMatchObject([{ key: KEY }]);
  });
});
