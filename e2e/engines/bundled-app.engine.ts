import { beforeAll, expect } from 'vitest';
import { installLibrary } from '../bundlers/build-apps.ts';
import type { Target } from '../bundlers/target.ts';
import { MIB, requests } from '../expectations.ts';
import { serveFolder } from '../serving.ts';
import { inEveryEngine } from './in-every-engine.ts';

const FOLDER = 'test-results/bundled-app';

let built: string;

beforeAll(async () => {
  built = await (await installLibrary(FOLDER)).vite(FOLDER);
}, 120_000);

inEveryEngine((test) => {
  for (const [which, failsFirst] of [
    ['whose server answers', undefined],
    ['whose server answers the second time', /worker-(?:hashing|trouble|more)/],
  ] as const) {
    test(`the worker of an app ${which} has what lies beside it`, async ({ tab, emulator }) => {
      const site = await serveFolder(built, failsFirst === undefined ? {} : { failsFirst });
      await tab.page.goto(site.url);
      await tab.page.waitForFunction(() => 'upload' in window, undefined);
      const { origin: endpoint, region } = emulator;
      const target: Target = { endpoint, region, size: 4 * MIB, signatureVersion: 1 };
      emulator.faults.add({ match: { operation: 'UploadPart' }, fault: { type: 'lose-answer' } });
      expect(await tab.page.evaluate((given) => window.upload(given), target)).toEqual({
        etag: expect.stringMatching(/-5$/),
        verified: 'crc64',
      });
      expect(requests(emulator, 'CompleteMultipartUpload')).toHaveLength(1);
      expect(await tab.page.evaluate(partsSentByPage, undefined)).toBe(0);
      site.close();
    });
  }
});

function partsSentByPage(): number {
  return performance.getEntriesByType('resource').filter(({ name }) => name.includes('partNumber='))
    .length;
}
