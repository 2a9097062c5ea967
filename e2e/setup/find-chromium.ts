import { chromium } from '@playwright/test';
import { findExecutable, isExecutable } from './find-executable.ts';

const SHELL_NAMES = ['chromium-headless-shell', 'chrome-headless-shell'];
const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const USUAL_PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** Quiet, and without a sandbox, which root has none of. */
export const CHROMIUM_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The same engine without the windows around it, which starts each page in a third of the time; else all of Chromium. */
export function findHeadlessShell(): string | undefined {
  const named = process.env['CHROMIUM_PATH'];
  if (named !== undefined && named !== '') return findChromium();
  return findExecutable(SHELL_NAMES) ?? findChromium();
}

/** The Chromium to test with: that of CHROMIUM_PATH, else of the usual places, else Playwright's own. */
export function findChromium(): string | undefined {
  const named = process.env['CHROMIUM_PATH'];
  if (named !== undefined && named !== '') {
    if (isExecutable(named)) return named;
    throw new Error(`Expected CHROMIUM_PATH to name an executable Chromium; got "${named}".`);
  }
  return findExecutable(NAMES) ?? [...USUAL_PLACES, chromium.executablePath()].find(isExecutable);
}
