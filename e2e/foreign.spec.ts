import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import type { Emulator } from '../emulator/index.ts';
import { expect, expectStored, KIB, MIB, requests, test } from './fixtures.ts';
import { makeBytes } from './page/make-file.ts';

// A client that is not ours, in a real browser: it knows what OSS answers, and nothing of us.

const ALI_OSS = fileURLToPath(
  new URL('../node_modules/ali-oss/dist/aliyun-oss-sdk.min.js', import.meta.url),
);
const KEY = 'films/ü b+c.mp4';

/** What the page uses of ali-oss. */
interface AliOss {
  put(key: string, file: Blob): Promise<unknown>;
  head(key: string): Promise<{ res: { headers: Record<string, string> } }>;
  list(query: object): Promise<{ objects: { name: string; size: number }[] }>;
  multipartUpload(key: string, file: Blob, options: object): Promise<{ etag: string }>;
  cancel(): void;
}

interface Checkpoint {
  readonly uploadId: string;
  readonly doneParts: readonly { readonly number: number }[];
}

declare const window: Window & {
  OSS: new (options: object) => AliOss;
  makeBytes: typeof makeBytes;
  client: AliOss;
  file: File;
  checkpoint: Checkpoint;
};

/** A page on another origin than the emulator, with a client and a file. */
async function open(page: Page, emulator: Emulator, version: string, size: number): Promise<void> {
  await page.addInitScript({ path: ALI_OSS });
  await page.addInitScript({ content: `window.makeBytes = ${makeBytes.toString()}` });
  await page.goto(process.env['TEST_PAGE'] ?? '');
  const { securityToken: stsToken, ...keys } = emulator.issueCredentials();
  const options = {
    ...keys,
    stsToken,
    bucket: 'partway-demo',
    region: 'oss-cn-hangzhou',
    authorizationV4: version === 'V4',
    // The bucket's own host: partway-demo.localhost.
    endpoint: `http://localhost:${new URL(emulator.origin).port}`,
  };
  await page.evaluate(
    ([given, length]) => {
      window.client = new window.OSS(given);
      window.file = new File([window.makeBytes({ size: length })], 'film.mp4');
    },
    [options, size] as const,
  );
}

for (const version of ['V1', 'V4']) {
  test(`ali-oss, signing by ${version}: put, head and list`, async ({ page, emulator }) => {
    const size = 200 * KIB + 1;
    await open(page, emulator, version, size);
    const { headers, objects } = await page.evaluate(async (key) => {
      await window.client.put(key, window.file);
      const { res } = await window.client.head(key);
      const listed = await window.client.list({ prefix: 'films/', 'max-keys': 10 });
      return { headers: res.headers, objects: listed.objects };
    }, KEY);
    await expectStored(emulator, KEY, { size });
    expect(headers['etag']).toMatch(/^"[0-9A-F]{32}"$/);
    expect(objects).toMatchObject([{ name: KEY, size }]);
    expect(requests(emulator, 'Preflight').length).toBeGreaterThan(0);
  });

  test(`ali-oss, signing by ${version}: an upload in parts is cancelled and resumed`, async ({
    page,
    emulator,
  }) => {
    const size = 3 * MIB + 1;
    await open(page, emulator, version, size);
    const failure = await page.evaluate(async (key) => {
      const progress = (_share: number, checkpoint: Checkpoint | null): void => {
        if (checkpoint === null || checkpoint.doneParts.length < 5) return;
        window.checkpoint = { ...checkpoint, doneParts: [...checkpoint.doneParts] };
        window.client.cancel();
      };
      try {
        await window.client.multipartUpload(key, window.file, { partSize: 102_400, progress });
        return undefined;
      } catch (error) {
        return (error as Error).name;
      }
    }, KEY);
    expect(failure).toBe('cancel');
    expect(emulator.uploads()).toMatchObject([{ key: KEY }]);
    const moment = Date.now();

    const { etag, done } = await page.evaluate(async (key) => {
      const { checkpoint } = window;
      const before = checkpoint.doneParts.map(({ number }) => number);
      const result = await window.client.multipartUpload(key, window.file, { checkpoint });
      return { etag: result.etag, done: before };
    }, KEY);
    expect(etag).toMatch(/^"[0-9A-F]{32}-31"$/);
    await expectStored(emulator, KEY, { size });
    const later = requests(emulator, 'UploadPart').filter(({ at }) => at >= moment);
    expect(later.filter(({ partNumber }) => done.includes(partNumber ?? 0))).toEqual([]);
    expect(emulator.uploads()).toEqual([]);
  });
}
