import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Emulator, LogEntry, OperationName } from '../emulator/index.ts';
import { type FileSpec, makeBytes } from './page/make-file.ts';

// What tests ask of the server, under whichever test runner.

export const BUCKET = 'partway-demo';
export const KIB = 1024;
export const MIB = 1024 * KIB;
/** Bytes of a part, by default. */
export const PART = 1000 * KIB;

/** The object is there, byte for byte. */
export async function expectStored(emulator: Emulator, key: string, file: FileSpec): Promise<void> {
  const expected = createHash('sha256').update(makeBytes(file)).digest('hex');
  assert.equal(await emulator.sha256(BUCKET, key), expected);
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

/** No part that was confirmed so long before this moment was sent again after it. */
export function expectConfirmedNotResent(emulator: Emulator, moment: number): void {
  const parts = requests(emulator, 'UploadPart');
  const confirmed = parts.filter(
    ({ status, finishedAt }) =>
      status === 200 && (finishedAt ?? moment) < moment - CHECKPOINT_BATCH,
  );
  const kept = new Set(confirmed.map(({ partNumber }) => partNumber));
  const resent = parts.filter(({ at, partNumber }) => at >= moment && kept.has(partNumber));
  assert.ok(kept.size > 0, 'no part was confirmed before that moment');
  assert.deepEqual(
    resent.map(({ partNumber }) => partNumber),
    [],
  );
}

/** Asserts again and again until it holds; throws what it last threw when it does not within so many milliseconds. */
export async function eventually(
  assertion: () => Promise<void> | void,
  milliseconds = 5000,
): Promise<void> {
  const deadline = performance.now() + milliseconds;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await setTimeout(20);
  }
}

/** What the library may lose of its checkpoint when the page goes away at the wrong moment, in milliseconds. */
const CHECKPOINT_BATCH = 250;
