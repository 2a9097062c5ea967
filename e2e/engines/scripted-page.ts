import { eventually } from '../expectations.ts';
import type { EnginePage } from './engine.ts';

/** The little that the drivers have to do, each in its own way. */
export interface PageDriver {
  /** Resolves when the page is loaded. */
  goto(url: string): Promise<void>;
  /** Resolves when the page is loaded again. */
  reload(): Promise<void>;
  /** Runs an expression in the page: what its promise resolves to, or the rejection. */
  run(expression: string): Promise<unknown>;
  /** Ends the tab and its profile. */
  close(): Promise<void>;
}

/** A tab over any driver that runs a script. Arguments and results cross as JSON, the same way in every engine. */
export function createScriptedPage(driver: PageDriver): EnginePage {
  const evaluate: EnginePage['evaluate'] = async (action, argument) => {
    const call = `(${action.toString()})(${JSON.stringify(argument)})`;
    const text = await driver.run(`(async () => JSON.stringify({ result: await ${call} }))()`);
    if (typeof text !== 'string') throw new Error(`Expected JSON of the page; got ${typeof text}.`);
    return JSON.parse(text).result;
  };
  return {
    goto: (url) => driver.goto(url),
    reload: () => driver.reload(),
    evaluate,
    // A page that is just being left cannot be asked; the next one can.
    waitForFunction: (condition, argument) =>
      eventually(async () => {
        if (await evaluate(condition, argument)) return;
        throw new Error(`This did not come true in the page: ${condition.toString()}`);
      }, PATIENCE),
    close: () => driver.close(),
  };
}

/** Milliseconds. */
const PATIENCE = 30_000;
