import type { Page, Worker } from '@playwright/test';
import { eventually } from './expectations.ts';
import type { DrivenPage } from './tab.ts';

/** A page whose worker has the kit in it: what a tab does, it does there. */
export function createWorkerPage(page: Page): DrivenPage & { worker(): Worker } {
  let worker: Worker | undefined;
  const started = (): Worker => {
    if (worker === undefined) throw new Error('No worker was started in this page.');
    return worker;
  };
  const start = async (): Promise<void> => {
    const starting = page.waitForEvent('worker');
    await page.waitForFunction(() => 'startWorker' in window);
    await page.evaluate(() => void window.startWorker());
    worker = await starting;
  };
  const evaluate: DrivenPage['evaluate'] = async (action, argument) => {
    const driven: Pick<DrivenPage, 'evaluate'> = started();
    return await driven.evaluate(action, argument);
  };
  return {
    worker: started,
    async goto(url) {
      await page.goto(url);
      await start();
    },
    async reload() {
      await page.reload();
      await start();
    },
    evaluate,
    waitForFunction: (condition, argument) =>
      eventually(async () => {
        if (!(await evaluate(condition, argument)))
          throw new Error(`This did not come true in the worker: ${condition.toString()}`);
      }, PATIENCE),
  };
}

/** Milliseconds. */
const PATIENCE = 30_000;
