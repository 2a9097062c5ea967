import { defineConfig } from '@playwright/test';
import base from './playwright.config.ts';

// The long form of e2e/chaos. Its workers inherit what is set here, so that all of them know the same seeds.
process.env['PARTWAY_SEED'] ??= String(Date.now() % 1_000_000);
process.env['PARTWAY_TABS'] ??= '50';

export default defineConfig({
  ...base,
  testDir: 'e2e/chaos',
  outputDir: 'test-results/chaos',
  reporter: [['list'], ['./e2e/chaos/summary.ts']],
});
