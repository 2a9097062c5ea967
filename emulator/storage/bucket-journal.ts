import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BucketRecord } from '../buckets.ts';
import { jsonFiles, readJson, writeJson } from './json-file.ts';

/** Remembers how buckets are configured beyond the life of the process. */
export interface BucketJournal {
  save(bucket: BucketRecord): Promise<void>;
  remove(name: string): Promise<void>;
}

/** A journal, and what it held when it was opened. */
export interface OpenBucketJournal {
  readonly journal: BucketJournal;
  readonly remembered: readonly BucketRecord[];
}

/** Opens the files `buckets/NAME.json` of a directory, which is created if need be, or a journal that forgets. */
export async function openBucketJournal(dataDir: string | undefined): Promise<OpenBucketJournal> {
  if (dataDir === undefined)
    return {
      journal: { save: () => Promise.resolve(), remove: () => Promise.resolve() },
      remembered: [],
    };
  const directory = join(dataDir, 'buckets');
  const fileOf = (name: string): string => join(directory, `${name}.json`);
  await mkdir(directory, { recursive: true });
  const remembered: BucketRecord[] = [];
  for (const name of await jsonFiles(directory))
    remembered.push((await readJson(join(directory, name))) as BucketRecord);
  return {
    journal: {
      save: (bucket) => writeJson(fileOf(bucket.name), bucket),
      remove: (name) => rm(fileOf(name), { force: true }),
    },
    remembered,
  };
}
