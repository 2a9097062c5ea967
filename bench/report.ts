import { readFile, writeFile } from 'node:fs/promises';
import type { Measurement } from './measure.ts';
import type { Contender, Plan, Scenario } from './plans.ts';
import { pairedRatio, type Summary, summarize } from './statistics.ts';

/** What the rounds of one contender came to, by round. */
export interface Series {
  readonly contender: Contender;
  readonly rounds: ReadonlyMap<number, Measurement>;
}

/** A scenario, and what all made of it. */
export interface Played {
  readonly scenario: Scenario;
  readonly series: readonly Series[];
}

type Figure = (measurement: Measurement) => number;

interface Column {
  readonly title: string;
  readonly figure: Figure;
  readonly digits: number;
  /** Whether it is also told as a ratio to the first contender. */
  readonly isCompared?: boolean;
}

const MB = 1e6;
const GB = 1e9;

/** A scenario as a table in Markdown: medians, with the least and the most, and ratios to the first contender. */
export function table(scenario: Scenario, series: readonly Series[]): string {
  const columns = columnsFor(scenario);
  const titles = columns.flatMap(({ title, isCompared }) => (isCompared ? [title, '×'] : [title]));
  const [first] = series;
  const rows = series.map(({ contender, rounds }) => {
    const good = goodRounds(rounds);
    const cells = columns.flatMap(({ figure, digits, isCompared }) => {
      const values = valuesOf(good, figure);
      const cell = values.size === 0 ? '–' : spread(summarize([...values.values()]), digits);
      if (isCompared !== true) return [cell];
      const others = first === undefined ? new Map() : valuesOf(goodRounds(first.rounds), figure);
      const ratio = pairedRatio(values, others);
      return [cell, ratio === undefined ? '–' : ratio.median.toFixed(2)];
    });
    return [labelOf(contender), ...cells, requestsOf(good), endingOf(rounds)];
  });
  return markdown([['client', ...titles, 'requests', 'ended well'], ...rows]);
}

/**
 * How the processor time of a part grows from the first scenario to the last, beside how it grows at the first contender.
 *
 * @param played scenarios with the same contenders.
 */
export function growthTable(played: readonly Played[]): string {
  const [first, last] = [played[0], played.at(-1)].map((each) => each?.series.map(perPart(each)));
  const growths = first?.map((before, index) => (last?.[index] ?? NaN) / before) ?? [];
  const [limit = NaN] = growths;
  const rows = growths.map((growth, index) => {
    const contender = played[0]?.series[index]?.contender;
    const label = contender === undefined ? '' : labelOf(contender);
    return [label, growth.toFixed(3), (growth / limit).toFixed(3)];
  });
  return markdown([['client', 'growth of CPU ms/part', '×'], ...rows]);
}

/** Puts a plan's section in the place of an older one of the same name. */
export async function writeSection(
  path: string,
  name: string,
  { title }: Plan,
  lines: readonly string[],
): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => '# Results\n');
  const heading = `## ${name}: ${title}`;
  const [intro = '', ...sections] = text.split(/^(?=## )/m);
  const others = sections.filter((section) => !section.startsWith(`## ${name}:`));
  const section = [heading, ...lines].join('\n\n');
  await writeFile(path, `${[intro, ...others, section].map((each) => each.trim()).join('\n\n')}\n`);
}

export function labelOf({ client, hosts = 1, isSameOrigin = false }: Contender): string {
  const ways = [hosts > 1 ? `${hosts} hosts` : '', isSameOrigin ? 'same origin' : ''];
  return [client, ...ways.filter((way) => way !== '')].join(', ');
}

function columnsFor(scenario: Scenario): Column[] {
  const { files, sink } = scenario;
  const bytes = files.count * files.size;
  const bodies = bodiesOf(scenario);
  const { bytesPerSecond } = sink;
  const link: Column[] =
    bytesPerSecond === undefined
      ? []
      : [
          {
            title: '% of the link',
            figure: ({ milliseconds }) => (bytes / bytesPerSecond / milliseconds) * 100_000,
            digits: 1,
          },
        ];
  return [
    { title: 's', figure: ({ milliseconds }) => milliseconds / 1000, digits: 2, isCompared: true },
    ...link,
    { title: 'CPU s/GB', figure: ({ cpu }) => (cpu / bytes) * GB, digits: 2, isCompared: true },
    { title: 'CPU ms/part', figure: ({ cpu }) => (cpu / bodies) * 1000, digits: 2 },
    {
      title: 'main thread ms/GB',
      figure: ({ mainThread }) => ((mainThread * 1000) / bytes) * GB,
      digits: 0,
    },
    { title: 'long tasks', figure: ({ longTasks }) => longTasks.length, digits: 0 },
    { title: 'heap MB', figure: ({ heapGrowth }) => heapGrowth / MB, digits: 1 },
    { title: 'renderer MB', figure: ({ rendererGrowth }) => rendererGrowth / MB, digits: 0 },
    { title: 'wasted MB', figure: ({ traffic }) => traffic.wastedBytes / MB, digits: 1 },
    { title: 'sent again', figure: ({ traffic }) => traffic.sentAgain, digits: 0 },
  ];
}

/** Seconds of processor time for each part; NaN where no round ended well. */
function perPart({ scenario }: Played): (series: Series) => number {
  return ({ rounds }) => {
    const times = [...goodRounds(rounds).values()].map(({ cpu }) => cpu / bodiesOf(scenario));
    return times.length === 0 ? NaN : summarize(times).median;
  };
}

/** How many requests with bytes a scenario needs. */
function bodiesOf({ files, partSize }: Scenario): number {
  return files.count * Math.ceil(files.size / partSize);
}

function markdown([head = [], ...rows]: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function goodRounds(rounds: Series['rounds']): Map<number, Measurement> {
  return new Map([...rounds].filter(([, { failure }]) => failure === undefined));
}

function valuesOf(rounds: ReadonlyMap<number, Measurement>, figure: Figure): Map<number, number> {
  return new Map([...rounds].map(([round, measurement]) => [round, figure(measurement)]));
}

function spread({ median, least, most }: Summary, digits: number): string {
  const [middle, low, high] = [median, least, most].map((value) => value.toFixed(digits));
  return low === high ? `${middle}` : `${middle} (${low}–${high})`;
}

/** Of the first round that ended well: how many of each kind. */
function requestsOf(rounds: ReadonlyMap<number, Measurement>): string {
  const [first] = rounds.values();
  if (first === undefined) return '–';
  const counts = Object.entries(first.traffic.requests).map(([kind, count]) => `${count} ${kind}`);
  return counts.join(', ');
}

function endingOf(rounds: Series['rounds']): string {
  const failures = [...rounds.values()].flatMap(({ failure }) => failure ?? []);
  const count = `${rounds.size - failures.length} of ${rounds.size}`;
  const [first] = failures;
  return first === undefined ? count : `${count} (${first.slice(0, 80).replaceAll('|', '/')})`;
}
