import type { Browser } from '@playwright/test';

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly ts: number;
  /** Microseconds on the processor. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

const CATEGORIES = ['disabled-by-default-devtools.timeline', 'blink.user_timing'];

/**
 * Milliseconds on the processor of each task of pages' main threads after a mark of this name was set. The browser's own
 * long tasks count the time that passes, in which other programs may have the processor.
 */
export async function tasksAfter(
  mark: string,
  browser: Browser,
  work: () => Promise<void>,
): Promise<number[]> {
  await browser.startTracing(undefined, { categories: CATEGORIES });
  await work();
  const trace = await browser.stopTracing();
  const { traceEvents }: { traceEvents: readonly TraceEvent[] } = JSON.parse(trace.toString());
  const start = traceEvents.find(({ name }) => name === mark);
  if (start === undefined) throw new Error(`No mark ${mark} was set.`);
  const tasks = traceEvents.filter(
    ({ name, pid, tid, ts }) =>
      name === 'RunTask' && pid === start.pid && tid === start.tid && ts > start.ts,
  );
  return tasks.map(({ tdur }) => {
    if (tdur === undefined) throw new Error('This machine has no clock for threads.');
    return tdur / 1000;
  });
}
