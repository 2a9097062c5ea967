import type { JournalEntry } from './journal.ts';
import type { Disturbance, TabPlan, UploadPlan } from './schedule.ts';

/** A schedule for people, with the way to have it again. */
export function describePlan(plan: TabPlan): string {
  const { seed, uploads, disturbances, ...tab } = plan;
  return [
    `Again: PARTWAY_SEED=${seed} PARTWAY_TABS=1 npm run test:chaos`,
    Object.entries(tab)
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
    ...uploads.flatMap(describeUpload),
    ...disturbances.map(describeDisturbance),
  ].join('\n');
}

/** What the server saw of one upload, for people. */
export function describeJournal(journal: readonly JournalEntry[]): string {
  const began = journal[0]?.at ?? 0;
  return journal.map((entry) => describeEntry(entry, began)).join('\n');
}

function describeUpload({ key, file, faults }: UploadPlan): string[] {
  const scheduled = faults.map(
    ({ operation, request, fault }) => `  ${operation} ${request}: ${JSON.stringify(fault)}`,
  );
  return [`${key}, ${file.size} bytes`, ...scheduled];
}

function describeDisturbance(disturbance: Disturbance): string {
  const { at, type } = disturbance;
  const what = type === 'pause' ? `pause of ${disturbance.key}` : type;
  const time = type === 'reload' ? '' : ` for ${disturbance.milliseconds} ms`;
  return `at ${Math.round(at * 100)} %: ${what}${time}`;
}

function describeEntry(entry: JournalEntry, began: number): string {
  const { at, operation, partNumber, uploadId, bodyBytes, size, status, code, outcome } = entry;
  const { happened, finishedAt = Number.NaN, wasDisturbed } = entry;
  return [
    `${at - began}–${finishedAt - began} ms`,
    operation,
    partNumber,
    uploadId?.slice(-6),
    size > 0 && `${bodyBytes} of ${size} bytes`,
    status,
    code,
    outcome,
    happened && JSON.stringify(happened),
    wasDisturbed && 'disturbed',
  ]
    .filter((word) => word !== undefined && word !== false)
    .join(' ');
}
