import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { CHROMIUM_ARGUMENTS, findChromium } from '../../e2e/setup/find-chromium.ts';
import { DevTools } from './devtools.ts';
import { Page } from './page.ts';
import { type ProcessUsage, processTree, totalCpu } from './process-tree.ts';

const ARGUMENTS = [
  ...CHROMIUM_ARGUMENTS,
  '--headless',
  '--remote-debugging-pipe',
  // A renderer held ready for the next page would be counted with that of ours.
  '--disable-features=SpareRendererForSitePerProcess',
];
/** A browser is at rest when all its processes take less than this share of a core. */
const REST = 0.1;
/** Milliseconds. */
const REST_INTERVAL = 250;
/** Milliseconds. */
const CLOSE_PATIENCE = 10_000;

/** A Chromium of one's own, with a profile that is thrown away. */
export class Browser {
  readonly #child: ChildProcess;
  readonly #devTools: DevTools;
  readonly #profile: string;

  private constructor(child: ChildProcess, devTools: DevTools, profile: string) {
    this.#child = child;
    this.#devTools = devTools;
    this.#profile = profile;
  }

  static async start(): Promise<Browser> {
    const executable = findChromium();
    if (executable === undefined)
      throw new Error('Expected a Chromium: install one, or name it in CHROMIUM_PATH.');
    const profile = await mkdtemp(join(tmpdir(), 'partway-bench-profile-'));
    const child = spawn(executable, [...ARGUMENTS, `--user-data-dir=${profile}`], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    const [, , , input, output] = child.stdio;
    return new Browser(child, new DevTools(input as Writable, output as Readable), profile);
  }

  async version(): Promise<string> {
    const { product } = await this.#devTools.send<{ product: string }>('Browser.getVersion', {});
    return product;
  }

  async open(url: string): Promise<Page> {
    return await Page.open(this.#devTools, url);
  }

  processes(): ProcessUsage[] {
    return processTree(this.#child.pid ?? 0);
  }

  /** Resolves when nothing is left to do. */
  async atRest(): Promise<void> {
    for (let before = totalCpu(this.processes()); ; ) {
      await sleep(REST_INTERVAL);
      const now = totalCpu(this.processes());
      if (now - before <= (REST * REST_INTERVAL) / 1000) return;
      before = now;
    }
  }

  async close(): Promise<void> {
    const ended = once(this.#child, 'exit');
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), CLOSE_PATIENCE);
    // Its answer may be lost in its end.
    await this.#devTools.send('Browser.close', {}).catch(() => undefined);
    await ended;
    clearTimeout(kill);
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
