import { test as base, beforeAll, describe, type TestAPI } from 'vitest';
import { createEmulator, type Emulator } from '../../emulator/index.ts';
import { Tab } from '../tab.ts';
import type { EngineBrowser, EnginePage } from './engine.ts';
import { ENGINES } from './engines.ts';

export interface EngineFixtures {
  /** With `false` each answer of the emulator closes its connection. */
  readonly keepAlive: boolean;
  /** An emulator of the test's own, on another origin than the page. */
  readonly emulator: Emulator;
  /** A tab in a profile of its own. */
  readonly tab: Tab<EnginePage>;
}

/** Defines tests once for every engine that is installed. */
export function inEveryEngine(define: (test: TestAPI<EngineFixtures>) => void): void {
  for (const engine of ENGINES) {
    if (!engine.isInstalled()) continue;
    describe(`in ${engine.name}`, () => {
      let browser: EngineBrowser;
      beforeAll(async () => {
        browser = await engine.launch();
        process.stdout.write(`${browser.version}\n`);
        return () => browser.close();
      });
      define(base.extend<EngineFixtures>({
        keepAlive: true,
        emulator: async ({ keepAlive }, use) => {
          const emulator = await createEmulator({ keepAlive });
          await use(emulator);
          await emulator.close();
        },
        tab: async ({ emulator }, use) => {
          const page = await browser.newPage();
          await use(new Tab(page, emulator));
          await page.close();
        },
      }));
    });
  }
}
