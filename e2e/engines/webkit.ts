import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Builder, Capabilities, type WebDriver } from 'selenium-webdriver';
import { eventually } from '../expectations.ts';
import { findExecutable, isExecutable } from '../setup/find-executable.ts';
import type { Engine, EnginePage } from './engine.ts';
import { freePort, startProcess } from './processes.ts';
import { createScriptedPage } from './scripted-page.ts';

/** WebKitGTK's MiniBrowser, on a display that nobody sees. */
export const webkit: Engine = {
  name: 'WebKit',
  packages: ['webkit2gtk-driver', 'xvfb'],
  isInstalled: () => findPrograms() !== undefined,
  async launch() {
    const programs = findPrograms();
    if (programs === undefined) throw new Error('No WebKitGTK was found.');
    // Xvfb takes a free display number and tells it.
    const screen = startProcess(programs.xvfb, ['-displayfd', '1', '-nolisten', 'tcp']);
    const port = await freePort();
    const driver = startProcess(programs.driver, [`--port=${port}`], {
      DISPLAY: `:${await screen.firstLine()}`,
      // The sandbox wants rights that root in a container has not.
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
    });
    const server = `http://127.0.0.1:${port}`;
    await eventually(async () => void (await fetch(`${server}/status`)), 20_000);

    const newSession = (): Promise<WebDriver> => startSession(server, programs.browser);
    const first = await newSession();
    const version = (await first.getCapabilities()).getBrowserVersion();
    await first.quit();
    return {
      version: `WebKitGTK/${version}`,
      newPage: async () => drivenPage(await newSession()),
      async close() {
        await driver.stop();
        await screen.stop();
      },
    };
  },
};

// Each session is a browser of its own, which keeps nothing.
async function startSession(server: string, binary: string): Promise<WebDriver> {
  const capabilities = new Capabilities({
    browserName: 'MiniBrowser',
    'webkitgtk:browserOptions': { binary, args: ['--automation'] },
    timeouts: { script: SCRIPT_PATIENCE },
  });
  return await new Builder().usingServer(server).withCapabilities(capabilities).build();
}

function drivenPage(session: WebDriver): EnginePage {
  return createScriptedPage({
    goto: (url) => session.get(url),
    reload: () => session.navigate().refresh(),
    run: (expression) => session.executeScript(`return ${expression}`),
    close: () => session.quit(),
  });
}

interface Programs {
  readonly xvfb: string;
  readonly driver: string;
  readonly browser: string;
}

function findPrograms(): Programs | undefined {
  const xvfb = findExecutable(['Xvfb']);
  const driver = findExecutable(['WebKitWebDriver']);
  const browser = findMiniBrowser();
  if (xvfb === undefined || driver === undefined || browser === undefined) return undefined;
  return { xvfb, driver, browser };
}

/** Debian keeps it outside of PATH: /usr/lib/TRIPLET/webkit2gtk-4.x/MiniBrowser. */
function findMiniBrowser(): string | undefined {
  return subfolders('/usr/lib')
    .flatMap(subfolders)
    .filter((folder) => /\/webkit2gtk-4\.\d+$/.test(folder))
    .map((folder) => join(folder, 'MiniBrowser'))
    .find(isExecutable);
}

function subfolders(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name));
}

/** How long a script in the page may take, which waits for uploads. Milliseconds. */
const SCRIPT_PATIENCE = 120_000;
