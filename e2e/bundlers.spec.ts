import { installLibrary } from './bundlers/build-apps.ts';
import { expect, MIB, partsSentBy, requests, test } from './fixtures.ts';
import { serveFolder } from './serving.ts';

const BUNDLERS = ['vite', 'webpack', 'esbuild', 'esbuild, in one file'] as const;

declare global {
  interface Window {
    upload(target: { endpoint: string; region: string; size: number }): Promise<string>;
  }
}

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
    const etag = await page.evaluate((target) => window.upload(target), {
      endpoint,
      region,
      size: 4 * MIB,
    });
    expect(etag).toMatch(/-5$/);
    expect(requests(emulator, 'UploadPart')).toHaveLength(5);
    const [worker] = page.workers();
    if (worker === undefined) throw new Error('Expected the app to have a worker; it has none.');
    expect(await partsSentBy(worker)).toBe(5);
    expect(await partsSentBy(page)).toBe(0);
    site.close();
  });
}

/** Only who has its worker within the app needs `blob:`, for it, too. */
function policyFor(bundler: (typeof BUNDLERS)[number]): string {
  const worker = bundler === 'esbuild, in one file' ? 'blob:' : "'self'";
  return `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src ${worker}; connect-src http://127.0.0.1:*; base-uri 'none'; form-action 'none'`;
}
