import { defineConfig } from 'vitest/config';

// The library in every browser engine that this machine has, one test after the other.
export default defineConfig({
  test: {
    include: ['e2e/engines/*.engine.ts'],
    globalSetup: ['e2e/setup/build-site.ts'],
    fileParallelism: false,
    // Patience for a busy machine.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    retry: process.env['CI'] === undefined ? 0 : 1,
    reporters: ['verbose', ['json', { outputFile: 'test-results/engines.json' }]],
  },
});
