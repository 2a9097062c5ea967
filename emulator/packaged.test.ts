import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Emulator } from './index.ts';
import { TestClient } from './testing/client.ts';

// What npm installs: built, in a folder without any of the packages it was built from.

const ROOT = fileURLToPath(new URL('..', import.meta.url));

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'emulator-packaged-'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
  const args = ['build', '--mode', 'emulator', '--outDir', folder, '--emptyOutDir', 'false'];
  const { VITEST: _, ...env } = process.env;
  await promisify(execFile)(process.execPath, [vite, ...args], { cwd: ROOT, env });
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

test('the command line serves, with XML and forms', async () => {
  const child = spawn(process.execPath, [join(folder, 'cli.js'), '--acl', 'public-read-write']);
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const [origin = ''] = /http:\S+/.exec(line.toString()) ?? [];
  const client = new TestClient({ origin } as Emulator);
  const uploadId = await client.initiate('a');
  const { headers } = await client.uploadPart('a', uploadId, 1, Buffer.from('x'));
  expect((await client.complete('a', uploadId, [[1, headers.etag ?? '']])).status).toBe(200);
  client.close();
  const form = new FormData();
  form.append('key', 'b');
  form.append('file', new Blob(['y']));
  const posted = await fetch(`${origin}/partway-demo/`, { method: 'POST', body: form });
  expect(posted.status).toBe(204);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('the module starts an emulator', async () => {
  const script =
    "import { createEmulator } from './index.js';" +
    'const emulator = await createEmulator(); console.log(emulator.origin); await emulator.close();';
  const args = ['--input-type=module', '-e', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
  expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/);
});

test('the licences of what is inside come along', async () => {
  const licences = await readFile(join(folder, 'licenses.md'), 'utf8');
  for (const name of ['@fastify/busboy', 'fast-xml-parser']) expect(licences).toContain(name);
});
