import {
  expect,
  expectConfirmedNotResent,
  expectStored,
  KIB,
  MIB,
  requests,
  test,
} from './fixtures.ts';
import { type ReverseProxy, startReverseProxy } from './reverse-proxy.ts';

const KEY = 'holiday.mp4';
const FILE = { size: 8 * MIB };

test('the preflight of Complete is paid beside the last parts, and there is no second one', async ({
  tab,
  emulator,
}) => {
  emulator.faults.bandwidth(16 * MIB);
  await tab.open();
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  const uploadId = requests(emulator, 'CompleteMultipartUpload')[0]?.uploadId;
  const preflights = emulator.log.filter(
    (entry) =>
      entry.method === 'OPTIONS' && entry.uploadId === uploadId && entry.partNumber === undefined,
  );
  expect(preflights).toHaveLength(1);
  const lastPart = requests(emulator, 'UploadPart').at(-1);
  expect(preflights[0]?.at).toBeLessThan(lastPart?.finishedAt ?? 0);
});

test('a part that is sent again has no second preflight', async ({ tab, emulator }) => {
  emulator.faults.add({
    match: { operation: 'UploadPart', partNumber: 11 },
    times: 2,
    fault: { type: 'error', status: 500, code: 'InternalError' },
  });
  await tab.open();
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  const attempts = requests(emulator, 'UploadPart').filter(({ partNumber }) => partNumber === 11);
  expect(attempts.length).toBe(3);
  expect(
    emulator.log.filter(({ method, partNumber }) => method === 'OPTIONS' && partNumber === 11),
  ).toHaveLength(1);
});

test.describe("with the bucket below the page's own origin", () => {
  let proxy: ReverseProxy;

  test.beforeEach(async ({ emulator }) => {
    proxy = await startReverseProxy(emulator, process.env['TEST_PAGE'] ?? '');
  });

  test.afterEach(() => proxy.close());

  for (const size of [30 * KIB, FILE.size]) {
    test(`nothing is asked before a file of ${size / KIB} KiB is sent`, async ({
      tab,
      emulator,
    }) => {
      await tab.open({ endpoint: '/upload' }, proxy.address);
      const { result } = await tab.upload({ key: KEY, file: { size } });
      expect(result?.verified).toBe('crc64');
      await expectStored(emulator, KEY, { size });
      expect(emulator.log.filter(({ method }) => method === 'OPTIONS')).toEqual([]);
      expect(requests(emulator, 'ListParts')).toEqual([]);
      await tab.expectNothingLeft();
    });
  }

  test('a reload in the middle is survived', async ({ tab, emulator }) => {
    emulator.faults.bandwidth(4 * MIB);
    await tab.open({ endpoint: '/upload', concurrency: 2 }, proxy.address);
    await tab.start({ key: KEY, file: FILE });
    await tab.untilConfirmed(KEY, 0.4);
    const moment = await tab.reload({ endpoint: '/upload' });
    expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
    await expectStored(emulator, KEY, FILE);
    expectConfirmedNotResent(emulator, moment);
    await tab.expectNothingLeft();
  });
});
