import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'vite';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const HERE = fileURLToPath(new URL('.', import.meta.url));

/** What of the library is bundled with the page: what is published, or its source, with the names in it. */
export type LibraryForm = 'dist' | 'source';

/** Builds the page that uses the library and its peers as an app would. Returns the page's folder. */
export async function buildPage(form: LibraryForm): Promise<string> {
  if (!existsSync(`${HERE}node_modules`)) await npm('ci', '--prefix', HERE);
  if (form === 'dist') await npm('run', 'build:library');
  const outDir = `${HERE}dist`;
  await build({
    configFile: false,
    root: `${HERE}page`,
    base: '/page/',
    logLevel: 'error',
    resolve: { alias: { partway: `${ROOT}${form === 'dist' ? 'dist/index.js' : 'src/index.ts'}` } },
    build: { target: 'es2022', outDir, emptyOutDir: true, minify: false },
    worker: { format: 'es' },
  });
  return outDir;
}

async function npm(...args: string[]): Promise<void> {
  await promisify(execFile)('npm', args, { cwd: ROOT });
}
