import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const NOTES = read('SECURITY.md');

interface Package {
  readonly version: string;
  readonly license: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

function packageOf(path: string): Package {
  return JSON.parse(read(`${path}package.json`));
}

/** The cells of the rows below a heading. */
function rowsBelow(heading: string): string[][] {
  const [, below = ''] = NOTES.split(`## ${heading}\n`);
  const [section = ''] = below.split('\n## ');
  const rows = section.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(2).map((row) => row.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));
}

describe('a threat of the notes on security', () => {
  const threats = rowsBelow('What is at stake, and what is done');

  test('there are some', () => {
    expect(threats.length).toBeGreaterThan(10);
  });

  test.each(threats.map((cells) => [cells[0] ?? '', cells.at(-1) ?? '']))(
    '%s: the tests that it names exist',
    (_threat, evidence) => {
      const named = [...evidence.matchAll(/`([^`]+\.(?:test|spec)\.ts)` "([^"]+)"/g)];
      expect(named.length).toBeGreaterThan(0);
      expect(named.map(([text]) => text).join(', ')).toBe(evidence);
      for (const [, path = '', title = ''] of named) expect(read(path)).toContain(title);
    },
  );
});

describe('what a page loads', () => {
  const { dependencies = {} } = packageOf('');
  const rows = rowsBelow('What a page loads');
  const named = rows.map(([packages = '', ...rest]) => {
    const found = [...packages.matchAll(/([@\w/-]+) (\d+\.\d+\.\d+)/g)];
    return { found: found.map(([, name = '', version = '']) => ({ name, version })), rest };
  });

  test('is what package.json says, with what that brings along', () => {
    const brought = Object.keys(dependencies).flatMap((name) =>
      Object.keys(packageOf(`node_modules/${name}/`).dependencies ?? {}),
    );
    const expected = new Set([...Object.keys(dependencies), ...brought]);
    expect(new Set(named.flatMap(({ found }) => found.map(({ name }) => name)))).toEqual(expected);
  });

  test.each(named)('$found.0.name: version, licence, release and reason', ({ found, rest }) => {
    const [licence = '', released = '', reason = ''] = rest;
    for (const { name, version } of found) {
      const installed = packageOf(`node_modules/${name}/`);
      expect(installed.version).toBe(version);
      expect(installed.license).toBe(licence);
    }
    expect(released).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(reason.length).toBeGreaterThan(10);
  });
});
