import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Traffic } from './ledger.ts';
import type { Order } from './main.ts';
import type { SinkSettings } from './sink.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

/** A sink in a process of its own, so that it takes nothing from who measures. */
export class SinkProcess {
  readonly origins: readonly string[];
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, origins: readonly string[]) {
    this.#child = child;
    this.origins = origins;
  }

  /** @param pageFolder what is served below `/page/` on every port. */
  static async start(ports: number, pageFolder: string): Promise<SinkProcess> {
    const child = fork(MAIN, [pageFolder, String(ports)], { execArgv: ['--import', 'tsx'] });
    const [origins] = (await once(child, 'message')) as [string[]];
    return new SinkProcess(child, origins);
  }

  async begin(settings: SinkSettings): Promise<void> {
    await this.#ask({ type: 'begin', settings });
  }

  async traffic(): Promise<Traffic> {
    return await this.#ask({ type: 'report' });
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    this.#child.kill();
    await once(this.#child, 'exit');
  }

  async #ask(order: Order): Promise<Traffic> {
    const answered = once(this.#child, 'message') as Promise<[Traffic]>;
    this.#child.send(order);
    const [traffic] = await answered;
    return traffic;
  }
}
