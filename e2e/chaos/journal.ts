import type { Emulator, Fault, FaultRule, LogEntry } from '../../emulator/index.ts';
import type { Disturbance, UploadPlan } from './schedule.ts';

/** What is answered so shortly before a tab is disturbed may not have come to the page. Milliseconds. */
const GRACE = 250;

/** A request, and what happened to it on purpose. */
export interface JournalEntry
  extends Pick<
    LogEntry,
    | 'id'
    | 'at'
    | 'operation'
    | 'partNumber'
    | 'uploadId'
    | 'bodyBytes'
    | 'status'
    | 'code'
    | 'outcome'
    | 'finishedAt'
  > {
  /** Bytes of the body that was announced. */
  readonly size: number;
  readonly happened: Fault | undefined;
  /** Whether it was sent for Complete's preflight alone, and its answer is read by nobody. */
  readonly isForPreflight: boolean;
  /** Whether a disturbance of the tab may have cut it. */
  readonly wasDisturbed: boolean;
  /** Whether that was a reload, which its page did not outlive. */
  readonly wasReloaded: boolean;
}

/** What the server saw, with the reasons that a schedule gave for it. */
export class Journal {
  readonly #emulator: Emulator;
  readonly #clockOffset: number;
  readonly #disturbed = new Map<string, Set<Disturbance['type']>>();

  /** @param clockOffset milliseconds by which the server's clock is ahead. */
  constructor(emulator: Emulator, clockOffset: number) {
    this.#emulator = emulator;
    this.#clockOffset = clockOffset;
  }

  /** Carries out a disturbance, of one object's upload or of all, and notes the requests that it may have cut. */
  async during(
    type: Disturbance['type'],
    disturb: () => Promise<void>,
    key?: string,
  ): Promise<void> {
    const { log } = this.#emulator;
    const since = Date.now() + this.#clockOffset - GRACE;
    const seen = log.length;
    const current = log.filter(({ finishedAt }) => (finishedAt ?? since) >= since);
    await disturb();
    for (const entry of [...current, ...log.slice(seen)]) {
      if (key !== undefined && entry.key !== key) continue;
      const types = this.#disturbed.get(entry.id) ?? new Set();
      this.#disturbed.set(entry.id, types.add(type));
    }
  }

  /** All requests for one object, in order of arrival. */
  of(key: string): JournalEntry[] {
    const faults = new Map(this.#emulator.faults.list().map(({ id, rule }) => [id, rule.fault]));
    return this.#emulator.log
      .filter((entry) => entry.key === key && entry.operation !== 'Preflight')
      .map((entry) => ({
        ...entry,
        size: Number(entry.headers['content-length'] ?? 0),
        // No other list has the headers of Complete.
        isForPreflight:
          entry.operation === 'ListParts' && entry.headers['content-type'] !== undefined,
        happened: faults.get(entry.fault ?? ''),
        wasDisturbed: this.#disturbed.has(entry.id),
        wasReloaded: this.#disturbed.get(entry.id)?.has('reload') === true,
      }));
  }
}

/** The rules that make the faults of one upload happen. */
export function rulesOf({ key, faults }: UploadPlan): FaultRule[] {
  const before = new Map<string, number>();
  return faults
    .toSorted((a, b) => a.request - b.request)
    .map(({ operation, request, fault }) => {
      // A rule does not see the requests that earlier ones have hit.
      const hit = before.get(operation) ?? 0;
      before.set(operation, hit + 1);
      return { match: { operation, key }, skip: request - 1 - hit, fault };
    });
}
