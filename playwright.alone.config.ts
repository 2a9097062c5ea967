import { defineConfig } from '@playwright/test';
import config from './playwright.config.ts';

const { grepInvert, projects: _projects, ...shared } = config;

// The tests that measure what an upload takes, one after the other.
export default defineConfig({
  ...shared,
  ...(grepInvert === undefined ? {} : { grep: grepInvert }),
  workers: 1,
  // Another program may take the processor away meanwhile; what is wrong with ours is so every time.
  retries: 2,
  reporter: [['list'], ['json', { outputFile: 'test-results/alone.json' }]],
});
