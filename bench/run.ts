import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPage } from './build-page.ts';
import { Browser } from './chromium/browser.ts';
import { writeContent } from './content.ts';
import { type Measurement, measure, type RunOptions } from './measure.ts';
import { type BenchOptions, readOptions } from './options.ts';
import { type Contender, PLANS, type Scenario } from './plans.ts';
import { profileRun } from './profile.ts';
import { growthTable, labelOf, type Played, type Series, table, writeSection } from './report.ts';
import { SinkProcess } from './sink/sink-process.ts';
import { rotated } from './statistics.ts';

// Measures Partway, a bare loop and its peers: npm run bench -- --plan loopback

const RESULTS = fileURLToPath(new URL('RESULTS.md', import.meta.url));
/** One for the page and what is of its origin, two hosts for the bucket. */
const PORTS = 3;

const options = readOptions(process.argv.slice(2));
const page = await buildPage(options.isProfile ? 'source' : 'dist');
const sink = await SinkProcess.start(PORTS, page);
try {
  for (const name of options.plans) await runPlan(name, options);
} finally {
  await sink.stop();
}

async function runPlan(name: string, { only, clients, isProfile }: BenchOptions): Promise<void> {
  const plan = PLANS[name];
  if (plan === undefined) return;
  const lines = [await machine()];
  const played: Played[] = [];
  for (const scenario of plan.scenarios) {
    if (!scenario.name.includes(only)) continue;
    const contenders = scenario.contenders.filter(({ client }) => clients.includes(client));
    print(`${name}, ${scenario.name}`);
    await withFiles(scenario, async (files) => {
      if (isProfile) {
        await profileAll(scenario, contenders, files);
        return;
      }
      const series = await playRounds(scenario, contenders, files);
      played.push({ scenario, series });
      const written = table(scenario, series);
      print(`\n${written}\n`);
      lines.push(`### ${scenario.name}`, written);
    });
  }
  if (plan.isAboutGrowth === true && !isProfile) lines.push('### growth', growthTable(played));
  if (!isProfile) await writeSection(RESULTS, name, plan, lines);
}

async function playRounds(
  scenario: Scenario,
  contenders: readonly Contender[],
  files: readonly string[],
): Promise<Series[]> {
  const series = contenders.map((contender) => ({
    contender,
    rounds: new Map<number, Measurement>(),
  }));
  for (let round = 0; round < options.rounds; round++) {
    for (const { contender, rounds } of rotated(series, round)) {
      const measurement = await measure(sink, runOptions(scenario, contender, files, round));
      rounds.set(round, measurement);
      const { milliseconds, failure = '' } = measurement;
      print(`round ${round + 1}: ${labelOf(contender)}: ${milliseconds.toFixed(0)} ms ${failure}`);
    }
  }
  return series;
}

async function profileAll(
  scenario: Scenario,
  contenders: readonly Contender[],
  files: readonly string[],
): Promise<void> {
  for (const contender of contenders) {
    const lines = await profileRun(sink, runOptions(scenario, contender, files, 0));
    print(lines.join('\n'));
  }
}

function runOptions(
  scenario: Scenario,
  contender: Contender,
  files: readonly string[],
  round: number,
): RunOptions {
  const { hosts, patience } = options;
  return { scenario, contender, files, hosts, round, patience };
}

/** Has the scenario's files on disk for as long as something is done with them. */
async function withFiles(
  { files: { count, size } }: Scenario,
  work: (paths: readonly string[]) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'partway-bench-files-'));
  try {
    const paths = Array.from({ length: count }, (_, index) => join(folder, `${index}.mp4`));
    for (const path of paths) await writeContent(path, size);
    await work(paths);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function machine(): Promise<string> {
  const browser = await Browser.start();
  const version = await browser.version();
  await browser.close();
  const memory = Math.round(totalmem() / 1024 ** 3);
  const day = new Date().toISOString().slice(0, 10);
  return `${day}; ${cpus().length} cores, ${memory} GiB of memory; ${version}; rounds: ${options.rounds}.`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
