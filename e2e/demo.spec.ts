import { createHash, randomFillSync } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Page } from '@playwright/test';
import { build, createServer, preview, type ViteDevServer } from 'vite';
import type { Way } from '../demo/app-client.ts';
import { contentPolicy } from '../demo/content-policy.ts';
import { test as base, expect, MIB } from './fixtures.ts';

/** The demo as `npm start` serves it, with the emulator that it brings along. */
interface Demo {
  readonly url: string;
  readonly emulator: string;
}

const test = base.extend<{ demo: Demo }>({
  demo: async ({ context }, use) => {
    const server = await createServer({
      configFile: 'vite.config.ts',
      server: { port: 0 },
      logLevel: 'warn',
    });
    await server.listen();
    const url = addressOf(server);
    const { origin } = await (await fetch(new URL('/emulator.json', url))).json();
    await use({ url, emulator: origin });
    // Vite's script in a page that outlives its server waits in a worker that the page's policy forbids.
    for (const page of context.pages()) await page.close();
    await server.close();
  },
});

function addressOf(server: ViteDevServer): string {
  const [url] = server.resolvedUrls?.local ?? [];
  if (url === undefined) throw new Error('The demo has no address.');
  return url;
}

/** A file on disk, of bytes that cannot be compressed away. Returns its path and SHA-256. */
async function writeRandomFile(path: string, megabytes: number): Promise<string> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'w');
    for (let written = 0; written < megabytes; written += 1) {
      await file.write(randomFillSync(Buffer.alloc(MIB)));
    }
  } finally {
    await file?.close();
  }
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function control(demo: Demo, method: string, path: string, body?: object): Promise<unknown> {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  const response = await fetch(`${demo.emulator}/__emulator/${path}`, init);
  expect(response.ok).toBe(true);
  return response.status === 204 ? undefined : await response.json();
}

/** Sets the form as a person does, and waits for the page that it leads to. */
async function choose(page: Page, demo: Demo, way: Way): Promise<void> {
  await page.goto(demo.url);
  await page.getByLabel('Signed by').selectOption(way);
  await page.getByLabel('Tell the app’s server (callback)').check();
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.waitForURL(`**/?way=${way}&callback=on&**`);
  await expect(page.getByLabel('Signed by')).toHaveValue(way);
}

interface OpenUpload {
  readonly parts: readonly { readonly size: number }[];
}

/** Bytes of the one open upload that the emulator holds. */
async function heldBytes(demo: Demo): Promise<number> {
  const uploads = (await control(demo, 'GET', 'uploads')) as readonly OpenUpload[];
  return (uploads[0]?.parts ?? []).reduce((sum, { size }) => sum + size, 0);
}

test('200 MB, cut by a reload in the middle, arrive as they were', async ({
  page,
  demo,
}, testInfo) => {
  test.setTimeout(180_000);
  const path = testInfo.outputPath('holiday.mp4');
  const sha256 = await writeRandomFile(path, 200);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  // Slow enough that nobody who looks once in a second misses the middle.
  await control(demo, 'PUT', 'bandwidth', { bytesPerSecond: 20 * MIB });

  await page.goto(demo.url);
  await page.getByTestId('file-input').setInputFiles(path);
  await expect.poll(() => heldBytes(demo), { timeout: 60_000 }).toBeGreaterThan(80 * MIB);
  await page.reload();
  await control(demo, 'PUT', 'bandwidth', { bytesPerSecond: 40 * MIB });

  const chooser = page.waitForEvent('filechooser');
  await page.getByTestId('resume-unfinished').click();
  await (await chooser).setFiles(path);
  const card = page.getByTestId('upload');
  await expect(card).toHaveAttribute('data-status', 'done', { timeout: 120_000 });

  expect(await control(demo, 'GET', 'objects')).toMatchObject([
    { key: 'demo/holiday.mp4', size: 200 * MIB, sha256 },
  ]);
  expect(await control(demo, 'GET', 'uploads')).toEqual([]);
  await expect(page.getByTestId('resume-unfinished')).toHaveCount(0);
  expect(complaints).toEqual([]);
});

test.describe('in a browser that is tried', () => {
  // Which workers may be started is told by the policy, once or twice.
  test.use({ onPurpose: /worker from 'blob:/ });

  test('a diagnosis says what is wrong, by the keyboard', async ({ page, demo, violations }) => {
    await page.route('**/sts', (route) =>
      route.fulfill({ json: { accessKeyId: 'STS.someone', accessKeySecret: 'secret' } }),
    );
    await page.goto(demo.url);
    await page.getByTestId('diagnose').focus();
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('diagnosis-summary')).toHaveText('1 error.');
    const finding = page.getByTestId('finding').first();
    await expect(finding).toHaveAttribute('data-id', 'token-missing');
    await expect(finding.getByRole('button', { name: /^Copy/ }).first()).toBeVisible();
    await expect(page.getByTestId('diagnose')).toBeFocused();
    expect(violations.join()).toContain("worker from 'blob:");
  });
});

for (const [way, asked] of [
  ['sts', '/sts'],
  ['signer', '/sign'],
  ['form', '/post-policy'],
] as const) {
  test(`by ${way} a file arrives, and the app's server hears of it`, async ({
    page,
    demo,
  }, testInfo) => {
    const path = testInfo.outputPath('holiday.mp4');
    const sha256 = await writeRandomFile(path, 3);
    const complaints: string[] = [];
    const paths = new Set<string>();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => paths.add(new URL(request.url()).pathname));
    await choose(page, demo, way);
    await page.getByTestId('file-input').setInputFiles(path);
    await expect(page.getByTestId('upload')).toHaveAttribute('data-status', 'done');

    expect(await control(demo, 'GET', 'objects')).toMatchObject([
      { key: 'demo/holiday.mp4', size: 3 * MIB, sha256 },
    ]);
    await page.getByTestId('compare-sha256').click();
    await expect(page.getByTestId('sha256')).toHaveText('Same');
    const callback = page.getByTestId('callback');
    await expect(callback).toHaveAttribute('data-outcome', 'told');
    await expect(callback).toContainText(`{"stored":"demo/holiday.mp4","size":${3 * MIB}}`);
    const heard = page.getByTestId('heard');
    await expect(heard).toHaveAttribute('data-verified', 'true');
    await expect(heard).toContainText('demo/holiday.mp4');
    expect(['/sts', '/sign', '/post-policy'].filter((each) => paths.has(each))).toEqual([asked]);
    expect(complaints).toEqual([]);
  });

  test(`by ${way} a callback that fails is told, and the file is stored`, async ({
    page,
    demo,
  }, testInfo) => {
    const path = testInfo.outputPath('holiday.mp4');
    const sha256 = await writeRandomFile(path, 3);
    await choose(page, demo, way);
    await page.getByTestId('fault-callback-not-json').click();
    await expect(page.getByTestId('fault-summary')).toHaveText('1 fault is armed.');
    await page.getByTestId('file-input').setInputFiles(path);
    await expect(page.getByTestId('status')).toHaveText('Stored');
    const callback = page.getByTestId('callback');
    await expect(callback).toHaveAttribute('data-outcome', 'failed');
    await expect(callback).toContainText('Failed: Response body is not valid json format.');
    await expect(callback).toContainText('Your server has to answer with JSON');
    expect(await control(demo, 'GET', 'objects')).toMatchObject([{ sha256 }]);
  });
}

test('what the app’s server refuses is told with its reason', async ({ page, demo }, testInfo) => {
  await page.route('**/post-policy', (route) =>
    route.continue({ postData: { key: 'others/a', size: 1, contentType: 'text/plain' } }),
  );
  const path = testInfo.outputPath('note.txt');
  await writeRandomFile(path, 1);
  await choose(page, demo, 'form');
  await page.getByTestId('file-input').setInputFiles(path);
  await expect(page.getByTestId('failure')).toContainText('Keys begin with demo/ here.');
  expect(await control(demo, 'GET', 'objects')).toEqual([]);
});

test('what calls without a signature is not believed', async ({ page, demo }) => {
  await fetch(new URL('/callback', demo.url), {
    method: 'POST',
    body: '{"key":"demo/a","size":1}',
  });
  await page.goto(demo.url);
  const heard = page.getByTestId('heard');
  await expect(heard).toHaveAttribute('data-verified', 'false');
  await expect(heard).not.toContainText('demo/a');
});

test('as it is built it works under its policy, with a worker', async ({ page }, testInfo) => {
  test.setTimeout(120_000);
  const site = {
    configFile: 'vite.config.ts',
    mode: 'demo',
    logLevel: 'warn',
    build: { outDir: resolve(testInfo.outputPath('site')) },
  } as const;
  await build(site);
  const server = await preview({ ...site, preview: { host: '127.0.0.1', port: 0 } });
  const path = testInfo.outputPath('holiday.mp4');
  await writeRandomFile(path, 3);
  const answer = await page.goto(server.resolvedUrls?.local[0] ?? '');
  expect(answer?.headers()['content-security-policy']).toBe(contentPolicy());
  await page.getByTestId('file-input').setInputFiles(path);
  await expect(page.getByTestId('upload')).toHaveAttribute('data-status', 'done');
  expect(page.workers()).toHaveLength(1);
  await server.close();
});
