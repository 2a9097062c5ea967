import { readFileSync } from 'node:fs';

/** A file of `fixtures/`, parsed. */
export function readFixture(name: string): unknown {
  const url = new URL(`../fixtures/${name}`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as unknown;
}
