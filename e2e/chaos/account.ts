import type { Fault } from '../../emulator/index.ts';
import { KIB } from '../expectations.ts';
import type { JournalEntry } from './journal.ts';

/**
 * Where the bytes of one upload went. Each body that the server received, as far as it did, is one of three:
 *
 * - kept: the object is made of it. Together they are the file's size.
 * - scheduled: not kept, and the schedule says why. A fault failed, cut, held up or damaged this very request; or the tab was
 *   reloaded, paused or without network while it was on its way, or a quarter of a second after its answer; or its
 *   token, or the clock that it was signed by, was refused; or what it had brought was dropped, damaged, forgotten or
 *   overwritten by a late request, again by a fault; or was put together as the tab was reloaded, so that its page did
 *   not live to be told, and the next one knows of nothing.
 * - wasted: all the rest, and whatever was sent of a part that had been confirmed without any of these reasons.
 */
export interface Account {
  /** Bytes that the server received. */
  readonly received: number;
  /** Bytes. */
  readonly kept: number;
  /** Bytes. */
  readonly wasted: number;
  /** Parts that were confirmed, and sent again without a reason, in words. */
  readonly resent: readonly string[];
}

/**
 * @param journal all requests for the object, in order of arrival.
 * @param uploadId the upload that the object is of; absent where it was sent in one request.
 */
export function account(
  journal: readonly JournalEntry[],
  { size, uploadId }: { readonly size: number; readonly uploadId?: string | undefined },
): Account {
  const bodies = journal.filter(({ operation }) => BODIES.has(operation));
  const kept = new Set(
    uploadId === undefined ? lastWhole(bodies) : partition(bodies, uploadId, size),
  );
  const resent = bodies.flatMap((entry) => {
    const confirmed = bodies.find((earlier) => isConfirmedBefore(earlier, entry, journal));
    return confirmed === undefined ? [] : [{ entry, confirmed }];
  });
  const unreasonable = new Set(
    resent.map(({ entry, confirmed }) => (kept.has(entry) ? confirmed : entry)),
  );
  const wasted = bodies.filter(
    (entry) => unreasonable.has(entry) || (!kept.has(entry) && !isScheduled(entry, journal)),
  );
  return {
    received: sum(bodies),
    kept: sum([...kept]),
    wasted: sum(wasted),
    resent: resent.map(
      ({ entry, confirmed }) =>
        `part ${entry.partNumber} of ${entry.size} bytes, though part ${confirmed.partNumber} of ${confirmed.size} bytes was confirmed`,
    ),
  };
}

const BODIES: ReadonlySet<string> = new Set(['UploadPart', 'PutObject']);
/** Faults by which a request fails, or may seem to. */
const FAILS: ReadonlySet<Fault['type']> = new Set([
  'error',
  'html',
  'reset',
  'lose-answer',
  'stall',
  'delay',
  'slow',
  'no-cors',
  'corrupt-body',
]);
/** Faults by which nothing is stored. */
const STORES_NOTHING: ReadonlySet<Fault['type']> = new Set(['error', 'html', 'reset', 'stall']);
/** Refusals of tokens and clocks. */
const REFUSALS: ReadonlySet<string | undefined> = new Set([
  'SecurityTokenExpired',
  'RequestTimeTooSkewed',
]);

function sum(entries: readonly JournalEntry[]): number {
  return entries.reduce((total, { bodyBytes }) => total + bodyBytes, 0);
}

function mayBeStored({ bodyBytes, size, status, happened }: JournalEntry): boolean {
  if (happened !== undefined && STORES_NOTHING.has(happened.type)) return false;
  return bodyBytes === size && (status === 200 || status === 0);
}

function lastWhole(bodies: readonly JournalEntry[]): JournalEntry[] {
  const whole = bodies.findLast((entry) => entry.operation === 'PutObject' && mayBeStored(entry));
  return whole === undefined ? [] : [whole];
}

/** The parts that the object is made of: from its start, the one that begins where the one before has ended. */
function partition(
  bodies: readonly JournalEntry[],
  uploadId: string,
  size: number,
): JournalEntry[] {
  const parts: JournalEntry[] = [];
  for (let position = 0; position < size; ) {
    const start = position;
    const candidates = bodies.filter(
      (entry) => entry.uploadId === uploadId && startOf(entry) === start && mayBeStored(entry),
    );
    // An attempt of another size may have come later, and not have been taken: it leads beyond what follows.
    const next = candidates.findLast((entry) => !isLate(entry)) ?? candidates.at(-1);
    if (next === undefined || next.size === 0) break;
    parts.push(next);
    position += next.size;
  }
  return parts;
}

function startOf({ partNumber = 1 }: JournalEntry): number {
  return (partNumber - 1) * 100 * KIB;
}

function isLate({ happened }: JournalEntry): boolean {
  return happened?.type === 'delay' && happened.before === 'storing';
}

/** Whether the schedule says why this was sent in vain. */
function isScheduled(entry: JournalEntry, journal: readonly JournalEntry[]): boolean {
  const { happened, wasDisturbed, code } = entry;
  const failed = happened !== undefined && FAILS.has(happened.type);
  return failed || wasDisturbed || REFUSALS.has(code) || isLost(entry, journal);
}

/** Whether what it brought was taken from the server again. */
function isLost(entry: JournalEntry, journal: readonly JournalEntry[]): boolean {
  const { uploadId, partNumber, at } = entry;
  if (uploadId === undefined) return false;
  return journal.some((other) => {
    const { happened } = other;
    if (other.uploadId !== uploadId) return false;
    if (isUntold(other)) return true;
    if (happened === undefined) return false;
    if (happened.type === 'forget-upload') return true;
    if (happened.type === 'drop-part' || happened.type === 'corrupt-part')
      return happened.partNumber === partNumber && endOf(other) >= at;
    return isLate(other) && other.partNumber === partNumber && other !== entry;
  });
}

/** Whether it made the object, and its page may have gone before it could tell the app. */
function isUntold({ operation, status, wasReloaded }: JournalEntry): boolean {
  return operation === 'CompleteMultipartUpload' && status === 200 && wasReloaded;
}

function endOf({ finishedAt = Number.POSITIVE_INFINITY }: JournalEntry): number {
  return finishedAt;
}

/** Whether it was known that the server holds a part before bytes of it were sent once more. */
function isConfirmedBefore(
  earlier: JournalEntry,
  entry: JournalEntry,
  journal: readonly JournalEntry[],
): boolean {
  const isSame = earlier.uploadId !== undefined && earlier.uploadId === entry.uploadId;
  const wasAnswered = earlier.status === 200 && earlier.outcome === 'answered';
  if (!isSame || !wasAnswered || endOf(earlier) >= entry.at) return false;
  const [start, first] = [startOf(entry), startOf(earlier)];
  const overlaps = start < first + earlier.size && first < start + entry.size;
  return overlaps && (!isScheduled(earlier, journal) || wasListed(earlier, entry, journal));
}

/** Whether a list has told of a part since, so that it does not matter whether its own answer came to the page. */
function wasListed(
  earlier: JournalEntry,
  entry: JournalEntry,
  journal: readonly JournalEntry[],
): boolean {
  const isHeld = mayBeStored(earlier) && earlier.happened?.type !== 'corrupt-body';
  if (!isHeld || isLost(earlier, journal)) return false;
  const between = journal.filter(
    ({ at, uploadId }) => uploadId === entry.uploadId && at > endOf(earlier) && at < entry.at,
  );
  const isFirstAttempt = !journal.some(
    (other) => other !== earlier && other.partNumber === earlier.partNumber && other.at < entry.at,
  );
  const told = between.some(
    (list) =>
      list.operation === 'ListParts' &&
      !list.isForPreflight &&
      list.status === 200 &&
      list.happened === undefined &&
      !list.wasDisturbed &&
      endOf(list) < entry.at,
  );
  return isFirstAttempt && told;
}
