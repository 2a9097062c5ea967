import { installLibrary } from './bundlers/build-apps.ts';
import type { Target } from './bundlers/target.ts';
import { expect, MIB, partsSentBy, requests, test } from './fixtures.ts';
import { serveFolder } from './serving.ts';

const BUNDLERS = ['vite', 'webpack', 'esbuild', 'esbuild, in one file'] as const;

test.describe.configure({ mode: 'serial', timeout: 120_000 });

let build: Awaited<ReturnType<typeof installLibrary>>;
const folder = 'test-results/bundlers';

test.beforeAll(async () => {
  test.setTimeout(120_000);
  build = await installLibrary(folder);
});

for (const bundler of BUNDLERS) {
  test(`an app built by ${bundler} sends by its worker`, async ({ page, emulator }) => {
    const policy = policyFor(bundler);
    const site = await serveFolder(await build[bundler](folder), { page: policy, worker: policy });
    await page.goto(site.url);
    const { origin: endpoint, region } = emulator;
    const target = { endpoint, region, size: 4 * MIB };
    const send = (how: Target) => page.evaluate((given) => window.upload(given), how);

    expect(await send(target)).toEqual({ etag: expect.stringMatching(/-5$/), verified: 'crc64' });
    expect(requests(emulator, 'UploadPart')).toHaveLength(5);
    const [worker] = page.workers();
    if (worker === undefined) throw new Error('Expected the app to have a worker; it has none.');
    expect(await partsSentBy(worker)).toBe(5);
    expect(await partsSentBy(page)).toBe(0);

    // What few uploads need is there, too, wherever it lies.
    emulator.faults.add({ match: { operation: 'UploadPart' }, fault: { type: 'lose-answer' } });
    const rare = { ...target, signatureVersion: 1 } as const;
    expect(await send(rare)).toEqual({ etag: expect.stringMatching(/-5$/), verified: 'crc64' });
    site.close();
  });
}

test('a policy that keeps the worker from the files beside it: the page works itself', async ({
  page,
  emulator,
}) => {
  const policies = { worker: "default-src 'none'; connect-src *" };
  const site = await serveFolder(await build.vite(folder), policies);
  await page.goto(site.url);
  const { origin: endpoint, region } = emulator;
  const target = { endpoint, region, size: 4 * MIB };
  const sent = await page.evaluate((given) => window.upload(given), target);
  expect(sent).toEqual({ etag: expect.stringMatching(/-5$/), verified: 'crc64' });
  expect(await partsSentBy(page)).toBe(5);
  site.close();
});

/** Only who has its worker within the app needs `blob:`, for it, too. */
function policyFor(bundler: (typeof BUNDLERS)[number]): string {
  const worker = bundler === 'esbuild, in one file' ? 'blob:' : "'self'";
  return `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src ${worker}; connect-src http://127.0.0.1:*; base-uri 'none'; form-action 'none'`;
}
