import { defineConfig } from '@playwright/test';
import { CHROMIUM_ARGUMENTS, findHeadlessShell } from './e2e/setup/find-chromium.ts';

const executablePath = findHeadlessShell();

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  // Those that measure want the machine for themselves: playwright.alone.config.ts has them.
  grepInvert: /@alone/,
  outputDir: 'test-results/e2e',
  globalSetup: './e2e/setup/build-site.ts',
  fullyParallel: true,
  // Most tests wait for a link more than they compute.
  workers: 3,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  forbidOnly: process.env['CI'] !== undefined,
  // Three browsers on two processors, and perhaps others beside them: what is broken is so every time.
  retries: process.env['CI'] === undefined ? 0 : 2,
  reporter: [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
  // In this order: what waits for minutes starts first, so that nothing waits for it in the end.
  projects: [
    { name: 'slow', testMatch: 'network.spec.ts' },
    { name: 'chromium', testIgnore: 'network.spec.ts' },
  ],
  use: {
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: CHROMIUM_ARGUMENTS,
    },
  },
});
