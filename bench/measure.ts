import { setTimeout as sleep } from 'node:timers/promises';
import { Browser } from './chromium/browser.ts';
import type { Page } from './chromium/page.ts';
import { rendererMemory, totalCpu } from './chromium/process-tree.ts';
import type { PageOutcome } from './job.ts';
import type { Contender, Scenario } from './plans.ts';
import type { Traffic } from './sink/ledger.ts';
import type { SinkProcess } from './sink/sink-process.ts';

/** What one contender's run came to. */
export interface Measurement extends PageOutcome {
  /** Seconds of processor time of all of Chromium's processes. */
  readonly cpu: number;
  /** Seconds of processor time that the page's main thread spent on tasks. */
  readonly mainThread: number;
  /** Bytes by which JavaScript's heaps grew at most, array buffers and workers included. */
  readonly heapGrowth: number;
  /** Resident bytes by which the renderer grew at most. */
  readonly rendererGrowth: number;
  readonly traffic: Traffic;
}

export interface RunOptions {
  readonly scenario: Scenario;
  readonly contender: Contender;
  /** Paths. */
  readonly files: readonly string[];
  /** To use where the contender has no wish. */
  readonly hosts: number;
  /** Faults differ from round to round, and are the same for all who run in one. */
  readonly round: number;
  /** Milliseconds after which a run is given up. */
  readonly patience: number;
}

const SAMPLE_INTERVAL = 100;

/** Has a contender upload the files once, in a browser of its own. */
export async function measure(sink: SinkProcess, options: RunOptions): Promise<Measurement> {
  return await inFreshPage(sink, options, async (browser, page) => {
    await page.watchWorkers();
    await page.collectGarbage();
    await browser.atRest();
    const before = browser.processes();
    const [heapBefore, taskTimeBefore] = [await page.heapSize(), await page.taskTime()];
    const peaks = { heap: 0, renderer: 0 };
    const running = run(sink, page, options);
    const sampling = new AbortController();
    const sampled = (async (): Promise<void> => {
      while (!sampling.signal.aborted) {
        peaks.heap = Math.max(peaks.heap, (await page.heapSize()) - heapBefore);
        peaks.renderer = Math.max(peaks.renderer, rendererMemory(browser.processes()));
        await sleep(SAMPLE_INTERVAL);
      }
    })();
    const outcome = await running;
    sampling.abort();
    await sampled;
    const traffic = await sink.traffic();
    await browser.atRest();
    return {
      ...outcome,
      cpu: totalCpu(browser.processes()) - totalCpu(before),
      mainThread: (await page.taskTime()) - taskTimeBefore,
      heapGrowth: peaks.heap,
      rendererGrowth: Math.max(0, peaks.renderer - rendererMemory(before)),
      traffic,
    };
  });
}

/** Opens the page in a browser of its own, with the client loaded and the files picked, for something to be done there. */
export async function inFreshPage<Result>(
  sink: SinkProcess,
  { scenario, contender, files, round }: RunOptions,
  work: (browser: Browser, page: Page) => Promise<Result>,
): Promise<Result> {
  await sink.begin({ ...scenario.sink, seed: round });
  const browser = await Browser.start();
  try {
    const page = await browser.open(`${sink.origins[0]}/page/index.html`);
    await page.pick(files);
    await page.evaluate(`bench.load(${JSON.stringify(contender.client)})`);
    return await work(browser, page);
  } finally {
    await browser.close();
  }
}

/** Runs the client in the page. What does not end in time has failed. */
export async function run(
  sink: SinkProcess,
  page: Page,
  { scenario, contender, hosts, patience }: RunOptions,
): Promise<PageOutcome> {
  const [, ...others] = sink.origins;
  const endpoints = contender.isSameOrigin
    ? ['/upload', ...others].slice(0, contender.hosts ?? 1)
    : others.slice(0, contender.hosts ?? hosts);
  const job = JSON.stringify({ endpoints, partSize: scenario.partSize });
  const over = new AbortController();
  const giveUp = async (): Promise<PageOutcome> => {
    await sleep(patience, undefined, { signal: over.signal });
    const failure = `did not end within ${patience / 1000} s`;
    return { milliseconds: patience, longTasks: [], failure };
  };
  const outcome = page.evaluate<PageOutcome>(`bench.run(${job})`);
  // Who loses the race is ended by the browser's end, and is nobody's concern.
  outcome.catch(() => undefined);
  const waiting = giveUp();
  waiting.catch(() => undefined);
  try {
    return await Promise.race([outcome, waiting]);
  } finally {
    over.abort();
  }
}
