import { cp, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as esbuild from 'esbuild';
import { build } from 'vite';
import webpack from 'webpack';

const APP = 'e2e/bundlers/app';

/**
 * Installs the library as it is published below a folder, and gives what builds the app with it there. Each builder
 * returns the folder to serve.
 */
export async function installLibrary(folder: string): Promise<typeof builders> {
  await rm(folder, { recursive: true, force: true });
  const library = join(folder, 'node_modules/partway');
  for (const mode of ['library', 'worker', 'whole-worker', 'inline-worker']) {
    await build({ mode, logLevel: 'warn', build: { outDir: resolve(library, 'dist') } });
  }
  await cp('package.json', join(library, 'package.json'));
  await cp(APP, folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  return builders;
}

const builders = {
  vite: buildByVite,
  webpack: buildByWebpack,
  esbuild: buildByEsbuild,
  'esbuild, in one file': buildInOneFile,
} as const;

async function buildByVite(folder: string): Promise<string> {
  const outDir = resolve(folder, 'vite');
  await build({ configFile: false, root: folder, base: './', logLevel: 'warn', build: { outDir } });
  return outDir;
}

async function buildByWebpack(folder: string): Promise<string> {
  const path = resolve(folder, 'webpack');
  await new Promise<void>((done, fail) => {
    webpack(
      {
        mode: 'production',
        context: resolve(folder),
        entry: './app.js',
        output: { path, filename: 'app.js', publicPath: 'auto' },
      },
      (error, stats) => {
        if (error !== null) fail(error);
        else if (stats?.hasErrors() === true) fail(new Error(stats.toString('errors-only')));
        else done();
      },
    );
  });
  await cp(join(folder, 'index.html'), join(path, 'index.html'));
  return path;
}

// esbuild leaves the worker's address as it is: the worker is an entry point beside the app, and lies beside it.
async function buildByEsbuild(folder: string): Promise<string> {
  return await runEsbuild(folder, 'esbuild', {
    entryPoints: { app: 'app.js', worker: 'partway/worker' },
    format: 'esm',
    splitting: true,
  });
}

async function buildInOneFile(folder: string): Promise<string> {
  return await runEsbuild(folder, 'one-file', {
    entryPoints: { app: 'app-inline.js' },
    format: 'iife',
    logOverride: { 'empty-import-meta': 'silent' },
  });
}

async function runEsbuild(
  folder: string,
  name: string,
  options: esbuild.BuildOptions,
): Promise<string> {
  const outdir = resolve(folder, name);
  await esbuild.build({
    absWorkingDir: resolve(folder),
    bundle: true,
    minify: true,
    outdir,
    ...options,
  });
  await cp(join(folder, 'index.html'), join(outdir, 'index.html'));
  return outdir;
}
