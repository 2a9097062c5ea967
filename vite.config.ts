import { defineConfig } from 'vitest/config';
import { demoEmulator } from './demo/emulator-plugin.ts';

// One file, four jobs:
//   vite                    the demo page, with the emulator beside it
//   vite build              the library, dist/
//   vite build --mode demo  the demo as static files, demo/dist/
//   vitest                  unit tests
export default defineConfig(({ command, mode }) => {
  if (process.env['VITEST'] !== undefined) {
    return {
      test: {
        include: ['src/**/*.test.ts', 'emulator/**/*.test.ts', 'e2e/**/*.test.ts'],
        reporters: ['default', ['json', { outputFile: 'test-results/unit.json' }]],
      },
    };
  }
  if (command === 'serve' || mode === 'demo') {
    return {
      root: 'demo',
      plugins: [demoEmulator()],
      server: { host: '127.0.0.1', port: 5196 },
      // Found at start rather than on first load: finding them later reloads the page.
      optimizeDeps: { include: ['@noble/hashes/legacy.js', 'idb-keyval', 'p-limit', 'p-retry'] },
      build: { target: 'es2022', outDir: 'dist', emptyOutDir: true },
    };
  }
  return {
    build: {
      target: 'es2022',
      minify: false,
      sourcemap: true,
      lib: { entry: 'src/index.ts', formats: ['es'], fileName: 'index' },
      rolldownOptions: { external: /^[^./]/ },
    },
  };
});
