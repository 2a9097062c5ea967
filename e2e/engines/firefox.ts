import { findExecutable } from '../setup/find-executable.ts';
import type { Engine } from './engine.ts';
import { launchByPuppeteer } from './puppeteer-browser.ts';

export const firefox: Engine = {
  name: 'Firefox',
  packages: ['firefox-esr'],
  isInstalled: () => findFirefox() !== undefined,
  async launch() {
    const executablePath = findFirefox();
    if (executablePath === undefined) throw new Error('No Firefox was found.');
    return await launchByPuppeteer({ browser: 'firefox', executablePath });
  },
};

function findFirefox(): string | undefined {
  return findExecutable(['firefox-esr', 'firefox']);
}
