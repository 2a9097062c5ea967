import type { Page } from './chromium/page.ts';
import type { ProcessUsage } from './chromium/process-tree.ts';
import { inFreshPage, type RunOptions, run } from './measure.ts';
import type { SinkProcess } from './sink/sink-process.ts';

interface ProfileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    readonly lineNumber: number;
    readonly columnNumber: number;
  };
}

interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

const SHOWN = 25;
/** Microseconds. */
const INTERVAL = 200;

/** Where a client's time goes: lines of text, by process, and by function in the page and in its workers. */
export async function profileRun(sink: SinkProcess, options: RunOptions): Promise<string[]> {
  return await inFreshPage(sink, options, async (browser, page) => {
    const workers: string[] = [];
    await page.watchWorkers(async (session) => {
      workers.push(session);
      await startProfile(page, session);
    });
    // A worker that is ended takes its profile with it.
    await page.evaluate('Worker.prototype.terminate = () => {}');
    await browser.atRest();
    await startProfile(page);
    const before = browser.processes();
    const { milliseconds, failure = 'ended well' } = await run(sink, page, options);
    const after = browser.processes();
    const lines = [`${options.contender.client}: ${failure} after ${milliseconds.toFixed(0)} ms`];
    lines.push('  processor time by process', ...byProcess(before, after));
    lines.push('  page', ...(await topFunctions(page)));
    for (const worker of workers) lines.push('  worker', ...(await topFunctions(page, worker)));
    return lines;
  });
}

async function startProfile(page: Page, session?: string): Promise<void> {
  await page.send('Profiler.enable', {}, session);
  await page.send('Profiler.setSamplingInterval', { interval: INTERVAL }, session);
  await page.send('Profiler.start', {}, session);
}

async function topFunctions(page: Page, session?: string): Promise<string[]> {
  const { profile } = await page.send<{ profile: CpuProfile }>('Profiler.stop', {}, session);
  const names = new Map(profile.nodes.map((node) => [node.id, nameOf(node)]));
  const times = new Map<string, number>();
  profile.samples.forEach((id, index) => {
    const name = names.get(id) ?? '';
    times.set(name, (times.get(name) ?? 0) + (profile.timeDeltas[index] ?? 0) / 1000);
  });
  times.delete('(idle)');
  return [...times]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, SHOWN)
    .map(([name, milliseconds]) => line(milliseconds, name));
}

function byProcess(before: readonly ProcessUsage[], after: readonly ProcessUsage[]): string[] {
  const earlier = new Map(before.map(({ pid, cpu }) => [pid, cpu]));
  return after
    .map(({ pid, role, cpu }) => ({ role, spent: (cpu - (earlier.get(pid) ?? 0)) * 1000 }))
    .filter(({ spent }) => spent > 0)
    .toSorted((a, b) => b.spent - a.spent)
    .map(({ role, spent }) => line(spent, role));
}

function nameOf({
  callFrame: { functionName, url, lineNumber, columnNumber },
}: ProfileNode): string {
  const place = url === '' ? '' : ` ${url.split('/').at(-1)}:${lineNumber + 1}:${columnNumber + 1}`;
  return `${functionName === '' ? '(anonymous)' : functionName}${place}`;
}

function line(milliseconds: number, name: string): string {
  return `${milliseconds.toFixed(1).padStart(10)} ms  ${name}`;
}
