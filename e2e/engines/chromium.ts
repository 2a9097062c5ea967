import { CHROMIUM_ARGUMENTS, findChromium } from '../setup/find-chromium.ts';
import type { Engine } from './engine.ts';
import { launchByPuppeteer } from './puppeteer-browser.ts';

export const chromium: Engine = {
  name: 'Chromium',
  packages: ['chromium'],
  isInstalled: () => findChromium() !== undefined,
  async launch() {
    const executablePath = findChromium();
    if (executablePath === undefined) throw new Error('No Chromium was found.');
    return await launchByPuppeteer({ executablePath, args: CHROMIUM_ARGUMENTS });
  },
};
