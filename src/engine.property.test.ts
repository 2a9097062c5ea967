import { assert, asyncProperty } from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { UploadError } from './errors.ts';
import { isBorne, isTidied, mostRequests } from './testing/budgets.ts';
import { countRealWork } from './testing/real-work.ts';
import { type Scenario, scenario } from './testing/scenario.ts';
import { fileBytes, type Outcome, olderBytes, play } from './testing/stage.ts';

// Whatever the server, the link, the page and its user do: what may come of it, and what may not.
//
// PARTWAY_RUNS says how many scenarios are played, PARTWAY_SEED which: a failure prints its seed.

const RUNS = Number(process.env['PARTWAY_RUNS'] ?? 200);
/** The same scenarios every time, unless others are asked for. */
const SEED = Number(process.env['PARTWAY_SEED'] ?? 20_261_125);

beforeAll(countRealWork);

test('whatever happens, an upload ends, whole or with a clear error, and leaves nothing behind', async () => {
  const holds = async (what: Scenario): Promise<void> => {
    const outcome = await play(what);
    const complaints = [
      ...aboutObject(what, outcome),
      ...aboutEnd(what, outcome),
      ...aboutRemains(what, outcome),
      ...aboutRequests(what, outcome),
      ...aboutProgress(outcome),
    ];
    expect(complaints).toEqual([]);
  };
  const settings = { numRuns: RUNS, seed: SEED };
  await assert(asyncProperty(scenario, holds), settings);
}, 7_200_000);

/** A success is the file, byte for byte, and proven where it can be; anything else is the file or as before: never half. */
function aboutObject(
  { size, hasOlder, integrity, hidden }: Scenario,
  { object, result }: Outcome,
): string[] {
  const isFile = isSame(object, fileBytes(size));
  const isAsBefore = isSame(object, hasOlder ? olderBytes(size) : undefined);
  if (result === undefined) return isFile || isAsBefore ? [] : ['The object is a mixture.'];
  const canCompare = integrity !== 'none' && !hidden.includes('CRC-64');
  return [
    ...(isFile ? [] : ['It is done, and the object is not the file.']),
    ...(result.size === size ? [] : [`It tells a size of ${result.size}.`]),
    ...(canCompare && result.verified !== 'crc64' ? [`It is verified: ${result.verified}.`] : []),
  ];
}

/** An upload fails only by what is too much for it, or because it was cancelled, and says so. `play` sees that it ends. */
function aboutEnd(what: Scenario, { result, reason, isCancelled }: Outcome): string[] {
  if (result !== undefined || (isCancelled && reason instanceof DOMException)) return [];
  if (!(reason instanceof UploadError))
    return [`It fails by what is no UploadError: ${String(reason)}`];
  return isBorne(what) ? [`It fails by what it has to bear: ${reason.message}`] : [];
}

/** Whoever is done or cancelled leaves no upload on the server that he knew of, no lock, and no checkpoint. */
function aboutRemains(
  what: Scenario,
  { result, isCancelled, left, locks, sessions, reloads, events }: Outcome,
): string[] {
  if (result === undefined && !isCancelled) return [];
  // A page that goes away between a restart's new checkpoint and the end of the old one leaves that: it costs a look.
  const mayBeStale = reloads > 0 && events.some(({ type }) => type === 'restarted');
  return [
    ...(isTidied(what) ? left.map((id) => `${id} is open on the server.`) : []),
    ...locks.map((name) => `Held: ${name}`),
    // What could not be ended stays known.
    ...(mayBeStale || !isTidied(what)
      ? []
      : sessions.map(({ uploadId }) => `A checkpoint of ${uploadId} is left.`)),
  ];
}

/** Nothing is sent twice without a reason, and there are no more requests than the faults and interruptions cost. */
function aboutRequests(what: Scenario, outcome: Outcome): string[] {
  const { requests, sentAgain } = outcome;
  const most = mostRequests(what, outcome);
  return [
    ...sentAgain,
    ...(requests.length > most ? [`${requests.length} requests, and ${most} are right.`] : []),
  ];
}

/** What is shown never goes back, and is all of the file in the end. */
function aboutProgress({ result, snapshot, steppedBack }: Outcome): string[] {
  const { status, confirmedBytes, sentBytes, size } = snapshot;
  const isAll = status === 'done' && confirmedBytes === size && sentBytes === size;
  if (result === undefined || isAll) return [...steppedBack];
  return [...steppedBack, `It is done, and shows: ${status}, ${confirmedBytes} of ${size} bytes.`];
}

function isSame(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return Buffer.compare(a, b) === 0;
}
