import { createHash } from 'node:crypto';
import { test as base, expect, type Page, type Worker } from '@playwright/test';
import {
  createEmulator,
  type Emulator,
  type LogEntry,
  type OperationName,
} from '../emulator/index.ts';
import { type FileSpec, makeBytes } from './page/make-file.ts';
import { BUCKET, Tab } from './tab.ts';

export { expect } from '@playwright/test';

export const KIB = 1024;
export const MIB = 1024 * KIB;
/** Bytes of a part, by default. */
export const PART = 1000 * KIB;

interface Fixtures {
  /** An emulator of the test's own, on another origin than the page. */
  readonly emulator: Emulator;
  readonly tab: Tab;
}

interface Options {
  /** With `false` each answer of the emulator closes its connection. */
  readonly keepAlive: boolean;
}

export const test = base.extend<Fixtures & Options>({
  keepAlive: [true, { option: true }],
  emulator: async ({ keepAlive }, use) => {
    const emulator = await createEmulator({ keepAlive });
    await use(emulator);
    await emulator.close();
  },
  tab: async ({ page, emulator }, use) => {
    await use(new Tab(page, emulator));
  },
});

/** The object is there, byte for byte. */
export async function expectStored(emulator: Emulator, key: string, file: FileSpec): Promise<void> {
  const expected = createHash('sha256').update(makeBytes(file)).digest('hex');
  expect(await emulator.sha256(BUCKET, key)).toBe(expected);
}

/** The requests of one operation, in order of arrival. */
export function requests(emulator: Emulator, operation: OperationName): LogEntry[] {
  return emulator.log.filter((entry) => entry.operation === operation);
}

/** Bytes of bodies that the server received, over all parts and attempts. */
export function receivedBytes(emulator: Emulator): number {
  return [...requests(emulator, 'UploadPart'), ...requests(emulator, 'PutObject')].reduce(
    (sum, { bodyBytes }) => sum + bodyBytes,
    0,
  );
}

/** How many parts were sent from there. */
export async function partsSentBy(place: Page | Worker): Promise<number> {
  const count = (): number =>
    performance.getEntriesByType('resource').filter(({ name }) => name.includes('partNumber='))
      .length;
  return 'workers' in place ? await place.evaluate(count) : await place.evaluate(count);
}

/** No part that was confirmed so long before this moment was sent again after it. */
export function expectConfirmedNotResent(emulator: Emulator, moment: number): void {
  const parts = requests(emulator, 'UploadPart');
  const confirmed = parts.filter(
    ({ status, finishedAt }) =>
      status === 200 && (finishedAt ?? moment) < moment - CHECKPOINT_BATCH,
  );
  const kept = new Set(confirmed.map(({ partNumber }) => partNumber));
  const resent = parts.filter(({ at, partNumber }) => at >= moment && kept.has(partNumber));
  expect(kept.size).toBeGreaterThan(0);
  expect(resent.map(({ partNumber }) => partNumber)).toEqual([]);
}

/** What the library may lose of its checkpoint when the page goes away at the wrong moment, in milliseconds. */
const CHECKPOINT_BATCH = 250;
