import { readdir, readFile, rename, writeFile } from 'node:fs/promises';

/** Names of the files in a directory that are whole: what a crash left half-written has another ending. */
export async function jsonFiles(directory: string): Promise<string[]> {
  return (await readdir(directory)).filter((name) => name.endsWith('.json'));
}

export async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8')) as unknown;
}

/** Written aside and renamed into place; big integers become text. */
export async function writeJson(path: string, value: object): Promise<void> {
  const text = JSON.stringify(value, (_, field: unknown) =>
    typeof field === 'bigint' ? field.toString() : field,
  );
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}
