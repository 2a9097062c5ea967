import { createHash, randomFillSync } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createServer, type ViteDevServer } from 'vite';
import { test as base, expect, MIB } from './fixtures.ts';

/** The demo as `npm start` serves it, with the emulator that it brings along. */
interface Demo {
  readonly url: string;
  readonly emulator: string;
}

const test = base.extend<{ demo: Demo }>({
  demo: async ({}, use) => {
    const server = await createServer({
      configFile: 'vite.config.ts',
      server: { port: 0 },
      logLevel: 'warn',
    });
    await server.listen();
    const url = addressOf(server);
    const { origin } = await (await fetch(new URL('/emulator.json', url))).json();
    await use({ url, emulator: origin });
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
  await control(demo, 'PUT', 'bandwidth', { bytesPerSecond: 40 * MIB });

  await page.goto(demo.url);
  await page.getByTestId('file-input').setInputFiles(path);
  await expect.poll(() => heldBytes(demo), { timeout: 60_000 }).toBeGreaterThan(100 * MIB);
  await page.reload();

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

test('a diagnosis says what is wrong, by the keyboard', async ({ page, demo }) => {
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
});
