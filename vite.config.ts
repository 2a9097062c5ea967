import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { divide, freeFromBundlers } from './build/worker-chunks.ts';
import { demoBackend } from './demo/backend-plugin.ts';
import { contentPolicy } from './demo/content-policy.ts';

// One file, eight jobs:
//   vite                        the demo page, with the emulator and the app's server beside it
//   vite build                  the library, dist/
//   vite build --mode worker    its worker, with what that depends on, dist/worker.js and what that loads on demand; in one file by
//                               --mode whole-worker, as text by --mode inline-worker
//   vite build --mode emulator  the emulator for Node, with what it depends on, dist/emulator/
//   vite build --mode demo      the demo as static files, demo/dist/
//   vitest                      unit tests
export default defineConfig(({ command, mode }) => {
  if (mode === 'test') {
    return {
      test: {
        include: ['{src,emulator,demo,e2e,bench}/**/*.test.ts'],
        // Some start processes and a build of their own: patience for a busy machine.
        testTimeout: 20_000,
        // Where nobody looks on, what fails by chance must not hide whether anything is broken; the report says what it was.
        retry: process.env['CI'] === undefined ? 0 : 2,
        reporters: ['default', ['json', { outputFile: 'test-results/unit.json' }]],
      },
    };
  }
  if (command === 'serve' || mode === 'demo') {
    return {
      root: 'demo',
      plugins: [demoBackend()],
      server: {
        host: '127.0.0.1',
        port: 5196,
        // Vite tells its pages of changes.
        headers: { 'Content-Security-Policy': contentPolicy('ws:') },
      },
      preview: { headers: { 'Content-Security-Policy': contentPolicy() } },
      // Found at start rather than on first load: finding them later reloads the page.
      optimizeDeps: {
        include: [
          '@noble/hashes/legacy.js',
          '@noble/hashes/utils.js',
          'hash-wasm',
          'idb-keyval',
          'p-limit',
          'p-retry',
        ],
      },
      build: { target: 'es2022', outDir: 'dist', emptyOutDir: true },
    };
  }
  if (mode === 'emulator') {
    return {
      build: {
        ssr: true,
        target: 'node20',
        outDir: 'dist/emulator',
        // Its dependencies are inside: who installs the library for a page installs none of them.
        license: { fileName: 'licenses.md' },
        rolldownOptions: {
          input: { index: 'emulator/index.ts', cli: 'emulator/cli.ts' },
          output: { chunkFileNames: '[name].js' },
        },
      },
      ssr: { noExternal: true },
    };
  }
  if (mode === 'worker') {
    const entry = sourceFile('host/worker.ts');
    const apart = {
      'worker-hashing': [sourceFile('platform/hasher.ts')],
      'worker-trouble': [
        sourceFile('engine/trouble.ts'),
        // Most pages ask for it as soon as they are there.
        sourceFile('host/unfinished-sessions.ts'),
      ],
    };
    const name = divide({ entry, apart, others: 'worker-more' });
    return {
      plugins: [freeFromBundlers()],
      build: {
        target: 'es2022',
        emptyOutDir: false,
        // Its dependencies are inside: a worker has no import map.
        license: { fileName: 'worker.licenses.md' },
        lib: { entry: { worker: entry }, formats: ['es'] },
        rolldownOptions: {
          // So that worker.js has what the others share with it.
          preserveEntrySignatures: 'allow-extension',
          output: {
            minify: true,
            chunkFileNames: '[name].js',
            codeSplitting: { groups: [{ name, debugName: 'worker' }] },
          },
        },
      },
    };
  }
  if (mode === 'whole-worker' || mode === 'inline-worker') {
    const source = mode === 'inline-worker' ? mode : 'worker';
    return {
      build: {
        target: 'es2022',
        emptyOutDir: false,
        lib: { entry: { [mode]: `src/host/${source}.ts` }, formats: ['es'] },
        // Who copies the file copies all of it.
        rolldownOptions: { output: { minify: true, codeSplitting: false } },
      },
      worker: { rolldownOptions: { output: { minify: true } } },
    };
  }
  return {
    plugins: [keepWorkerAddress()],
    build: {
      target: 'es2022',
      minify: false,
      sourcemap: true,
      lib: {
        entry: {
          index: 'src/index.ts',
          advice: 'src/advice.ts',
          diagnose: 'src/diagnose/index.ts',
          'remote-signer': 'src/remote-signer.ts',
          server: 'src/server/index.ts',
          'post-object': 'src/post-object/index.ts',
        },
        formats: ['es'],
      },
      rolldownOptions: { external: /^[^./]/ },
    },
  };
});

function sourceFile(path: string): string {
  return fileURLToPath(new URL(`src/${path}`, import.meta.url));
}

/** Leaves the worker's address in the library as it is written, for the bundlers of apps to find. */
function keepWorkerAddress(): Plugin {
  const written = "new URL('./worker.ts', import.meta.url)";
  const hidden = '__WORKER_ADDRESS__';
  return {
    name: 'keep-worker-address',
    enforce: 'pre',
    transform: {
      filter: { id: /\/start-worker\.ts$/ },
      handler(code) {
        if (!code.includes(written)) this.error(`Expected ${written} in start-worker.ts.`);
        return { code: code.replace(written, hidden), map: null };
      },
    },
    renderChunk(code) {
      const kept = "new URL('./worker.js', import.meta.url)";
      return { code: code.replace(hidden, kept), map: null };
    },
  };
}
