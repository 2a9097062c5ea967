import type { Client, ClientName, Job, PageOutcome } from '../job.ts';
import { CLIENTS } from './clients/index.ts';

declare global {
  interface Window {
    bench: typeof bench;
  }
}

let client: Client | undefined;

/** What is called from outside, in this order. */
const bench = {
  /** Loads a client and nothing of the others. */
  async load(name: ClientName): Promise<void> {
    client = await CLIENTS[name]();
  },

  async run(job: Omit<Job, 'files'>): Promise<PageOutcome> {
    const files = [...(document.querySelector('input')?.files ?? [])];
    const longTasks: number[] = [];
    const observer = new PerformanceObserver((list) => {
      longTasks.push(...list.getEntries().map(({ duration }) => duration));
    });
    observer.observe({ type: 'longtask' });
    const begin = performance.now();
    const failure = await client?.upload({ ...job, files }).then(() => undefined, String);
    const milliseconds = performance.now() - begin;
    longTasks.push(...observer.takeRecords().map(({ duration }) => duration));
    observer.disconnect();
    return { milliseconds, longTasks, ...(failure === undefined ? {} : { failure }) };
  },
};

window.bench = bench;
