import { type LaunchOptions, launch } from 'puppeteer-core';
import type { EngineBrowser } from './engine.ts';
import { createScriptedPage } from './scripted-page.ts';

/** Starts a browser that Puppeteer drives; each page is in a profile of its own. */
export async function launchByPuppeteer(options: LaunchOptions): Promise<EngineBrowser> {
  const browser = await launch({ headless: true, ...options });
  return {
    version: await browser.version(),
    async newPage() {
      const profile = await browser.createBrowserContext();
      const page = await profile.newPage();
      return createScriptedPage({
        goto: async (url) => void (await page.goto(url)),
        reload: async () => void (await page.reload()),
        run: (expression) => page.evaluate(expression),
        close: () => profile.close(),
      });
    },
    close: () => browser.close(),
  };
}
