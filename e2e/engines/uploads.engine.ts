import { expect } from 'vitest';
import {
  expectConfirmedNotResent,
  expectStored,
  KIB,
  MIB,
  PART,
  receivedBytes,
  requests,
} from '../expectations.ts';
import { capabilities } from './capabilities.ts';
import { inEveryEngine } from './in-every-engine.ts';

const KEY = 'films/a b+c/ü.bin';
const FILE = { size: 8 * MIB, name: 'holiday.mp4' };
const PARTS = 9;
/** Slow enough that something can happen in the middle of an upload. Bytes per second. */
const LINK = 4 * MIB;
/** Few enough at a time that some are confirmed while others are under way. */
const LANES = { concurrency: 2 };

inEveryEngine((test) => {
  test('what an upload stands on is there', async ({ tab }) => {
    await tab.open();
    expect(await tab.page.evaluate(capabilities)).toEqual({
      isSecureContext: true,
      digest: 32,
      databases: expect.arrayContaining(['capabilities']),
      committed: 'value',
      lock: 'capabilities',
    });
  });

  test('a file of 8 MiB arrives, each byte sent once', async ({ tab, emulator }) => {
    await tab.open();
    const { result, error } = await tab.upload({ key: KEY, file: FILE });
    expect(error).toBeUndefined();
    expect(result).toMatchObject({ key: KEY, size: FILE.size, verified: 'crc64' });
    await expectStored(emulator, KEY, FILE);
    expect(receivedBytes(emulator)).toBe(FILE.size);
    expect(requests(emulator, 'UploadPart')).toHaveLength(PARTS);
    await tab.expectNothingLeft();
  });

  test('a small file arrives in one request', async ({ tab, emulator }) => {
    const file = { size: 100 * KIB, type: 'image/png' };
    await tab.open();
    expect((await tab.upload({ key: KEY, file })).error).toBeUndefined();
    await expectStored(emulator, KEY, file);
    expect(requests(emulator, 'PutObject')).toHaveLength(1);
    expect(requests(emulator, 'UploadPart')).toEqual([]);
  });

  test('an uploader in a worker gets a file there', async ({ tab, emulator }) => {
    await tab.open();
    const { origin: endpoint, region } = emulator;
    const task = { endpoint, region, key: KEY, size: FILE.size };
    await tab.page.evaluate((given) => window.uploadInWorker(given), task);
    await expectStored(emulator, KEY, FILE);
  });

  test('after a reload in the middle only the rest is sent', async ({ tab, emulator }) => {
    emulator.faults.bandwidth(LINK);
    await tab.open(LANES);
    await tab.start({ key: KEY, file: FILE });
    await tab.untilConfirmed(KEY, 0.5);
    const moment = await tab.reload();
    expect(await tab.unfinished()).toMatchObject([{ key: KEY, size: FILE.size }]);
    await tab.resumeUnfinished(KEY, FILE);
    expect((await tab.outcome(KEY)).error).toBeUndefined();
    await expectStored(emulator, KEY, FILE);
    expectConfirmedNotResent(emulator, moment);
    expect(requests(emulator, 'InitiateMultipartUpload')).toHaveLength(1);
    expect(await tab.events(KEY, 'resumed')).toHaveLength(1);
    await tab.expectNothingLeft();
  });

  test('the checkpoint is written even when the page goes away at once', async ({
    tab,
    emulator,
  }) => {
    emulator.faults.bandwidth(LINK);
    await tab.open(LANES);
    await tab.start({ key: KEY, file: FILE });
    const reloadAtFirstPart = (): Promise<void> =>
      tab.page.evaluate((key) => {
        window.kit.upload(key).subscribe((_snapshot, { type }) => {
          if (type === 'part-confirmed') location.reload();
        });
      }, KEY);
    await tab.reloadedBy(reloadAtFirstPart);
    const [unfinished] = await tab.unfinished();
    expect(unfinished?.confirmedBytes).toBeGreaterThanOrEqual(PART);
    await tab.resumeUnfinished(KEY, FILE);
    expect((await tab.outcome(KEY)).error).toBeUndefined();
    await expectStored(emulator, KEY, FILE);
  });

  test('a paused upload sends nothing, and goes on where it stopped', async ({ tab, emulator }) => {
    emulator.faults.bandwidth(LINK);
    await tab.open(LANES);
    await tab.start({ key: KEY, file: FILE });
    await tab.untilConfirmed(KEY, 0.3);
    await tab.pause(KEY);
    await expect
      .poll(() => emulator.log.filter(({ outcome }) => outcome === 'pending'), { timeout: 10_000 })
      .toEqual([]);
    const seen = emulator.log.length;
    const { status, confirmedBytes } = await tab.snapshot(KEY);
    expect(status).toBe('paused');
    await tab.resume(KEY);
    expect((await tab.outcome(KEY)).error).toBeUndefined();
    await expectStored(emulator, KEY, FILE);
    const sentAfterwards = emulator.log
      .slice(seen)
      .filter(({ operation, status: answer }) => operation === 'UploadPart' && answer === 200)
      .reduce((sum, { bodyBytes }) => sum + bodyBytes, 0);
    // An answer that was under way when the page paused counts without being sent again.
    expect(sentAfterwards).toBeLessThanOrEqual(FILE.size - confirmedBytes);
    await tab.expectNothingLeft();
  });

  test('a cancelled upload leaves nothing', async ({ tab, emulator }) => {
    emulator.faults.bandwidth(LINK);
    await tab.open(LANES);
    await tab.start({ key: KEY, file: FILE });
    await tab.untilConfirmed(KEY, 0.3);
    await tab.cancel(KEY);
    expect(await tab.failure(KEY)).toMatchObject({ name: 'AbortError' });
    expect((await tab.snapshot(KEY)).status).toBe('cancelled');
    expect(emulator.objects()).toEqual([]);
    await tab.expectNothingLeft();
  });
});
