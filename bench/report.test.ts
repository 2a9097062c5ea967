import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Measurement } from './measure.ts';
import type { Plan, Scenario } from './plans.ts';
import { growthTable, type Series, table, writeSection } from './report.ts';

const GB = 1e9;

const scenario: Scenario = {
  name: '1 GB',
  files: { count: 1, size: GB },
  partSize: GB / 100,
  sink: {},
  contenders: [{ client: 'bare' }, { client: 'partway', isSameOrigin: true }],
};

it('shows medians, spreads, and ratios to the first client in the same round', () => {
  const [head, , bare, partway] = rows(
    table(scenario, [
      series('bare', [seconds(10), seconds(20), seconds(30)]),
      series('partway', [seconds(11), seconds(22), seconds(60)]),
    ]),
  );
  expect(head?.slice(0, 3)).toEqual(['client', 's', '×']);
  expect(bare?.slice(0, 3)).toEqual(['bare', '20.00 (10.00–30.00)', '1.00']);
  expect(partway?.slice(0, 3)).toEqual(['partway', '22.00 (11.00–60.00)', '1.10']);
});

it('counts a run that did not end well, and takes no figure from it', () => {
  const failed = { ...seconds(1), failure: 'Error: 500 | gone' };
  const [, , bare, peer] = rows(
    table(scenario, [series('bare', [failed, seconds(20)]), series('cos', [failed, failed])]),
  );
  expect([bare?.[1], bare?.at(-1)]).toEqual(['20.00', '1 of 2 (Error: 500 / gone)']);
  expect([peer?.[1], peer?.at(-1)]).toEqual(['–', '0 of 2 (Error: 500 / gone)']);
});

it('compares how the time of a part grows', () => {
  const cpu = (value: number): Measurement => ({ ...seconds(1), cpu: value });
  const many = { ...scenario, partSize: GB / 1000 };
  const text = growthTable([
    { scenario, series: [series('bare', [cpu(1)]), series('partway', [cpu(2)])] },
    { scenario: many, series: [series('bare', [cpu(10)]), series('partway', [cpu(22)])] },
  ]);
  expect(rows(text).slice(2)).toEqual([
    ['bare', '1.000', '1.000'],
    ['partway', '1.100', '1.100'],
  ]);
});

it('writes the section of a plan anew and leaves the others', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-report-'));
  const path = join(folder, 'RESULTS.md');
  const plan: Plan = { title: 'A title', scenarios: [] };
  await writeSection(path, 'one', plan, ['old']);
  await writeSection(path, 'two', plan, ['other']);
  await writeSection(path, 'one', plan, ['new', '### a scenario']);
  const text = await readFile(path, 'utf8');
  await rm(folder, { recursive: true });
  expect(text).toBe(
    '# Results\n\n## two: A title\n\nother\n\n## one: A title\n\nnew\n\n### a scenario\n',
  );
});

function series(client: 'bare' | 'partway' | 'cos', measurements: Measurement[]): Series {
  return { contender: { client }, rounds: new Map(measurements.entries()) };
}

function seconds(value: number): Measurement {
  return {
    milliseconds: value * 1000,
    longTasks: [],
    cpu: 1,
    mainThread: 1,
    heapGrowth: 0,
    rendererGrowth: 0,
    traffic: { requests: {}, receivedBytes: GB, wastedBytes: 0, sentAgain: 0, objects: 1 },
  };
}

function rows(text: string): string[][] {
  return text.split('\n').map((line) => line.slice(2, -2).split(' | '));
}
