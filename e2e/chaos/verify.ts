import { createHash } from 'node:crypto';
import type { Emulator } from '../../emulator/index.ts';
import { BUCKET } from '../expectations.ts';
import type { Outcome } from '../page/kit.ts';
import { makeBytes } from '../page/make-file.ts';
import { type Account, account } from './account.ts';
import { describeJournal, describePlan } from './describe.ts';
import type { Journal, JournalEntry } from './journal.ts';
import type { TabPlan, UploadPlan } from './schedule.ts';

/** What an upload cost. Bytes. */
export interface UploadReport {
  readonly size: number;
  readonly received: number;
  readonly wasted: number;
}

/** What may be sent in vain of a file, or one part of it, where that is more. */
export const MOST_WASTED = 0.05;

interface Witnesses {
  readonly emulator: Emulator;
  readonly journal: Journal;
}

/** Looks whether every file is there, whole, and at what cost. Rejects with all that is wrong, and what led to it. */
export async function verify(
  plan: TabPlan,
  outcomes: Readonly<Record<string, Outcome | undefined>>,
  { emulator, journal }: Witnesses,
): Promise<UploadReport[]> {
  const complaints: string[] = [];
  const reports: UploadReport[] = [];
  for (const upload of plan.uploads) {
    const { key, file } = upload;
    const { result, error } = outcomes[key] ?? {};
    const requests = journal.of(key);
    const costs = account(requests, { size: file.size, uploadId: result?.uploadId });
    reports.push({ size: file.size, received: costs.received, wasted: costs.wasted });
    const wrong =
      result === undefined
        ? [error === undefined ? 'did not end' : `failed: ${JSON.stringify(error)}`]
        : [
            ...(plan.hidesHeaders || result.verified === 'crc64'
              ? []
              : [`is verified by ${result.verified}`]),
            ...((await emulator.sha256(BUCKET, key)) === hashOf(upload)
              ? []
              : ['was stored with other bytes']),
            ...wrongCosts(costs, file.size, plan.partSize),
            ...openUploads(emulator, upload, requests),
          ];
    if (wrong.length === 0) continue;
    complaints.push(...wrong.map((what) => `${key} ${what}`), describeJournal(requests));
  }
  if (complaints.length > 0) throw new Error([...complaints, describePlan(plan)].join('\n\n'));
  return reports;
}

function wrongCosts({ kept, wasted, resent }: Account, size: number, partSize: number): string[] {
  return [
    ...(kept === size ? [] : [`is made of ${kept} bytes of the journal, which cannot be`]),
    ...(wasted <= Math.max(partSize, MOST_WASTED * size)
      ? []
      : [`wasted ${wasted} bytes of ${size}`]),
    ...resent.map((part) => `sent ${part}`),
  ];
}

function hashOf({ file }: UploadPlan): string {
  return createHash('sha256').update(makeBytes(file)).digest('hex');
}

/** An Initiate whose answer is lost leaves an empty upload, of which no page knows: a lifecycle rule removes it. */
function openUploads(
  emulator: Emulator,
  { key }: UploadPlan,
  journal: readonly JournalEntry[],
): string[] {
  const open = emulator.uploads().filter((upload) => upload.key === key);
  const lost = journal.filter(
    ({ operation, happened, wasDisturbed }) =>
      operation === 'InitiateMultipartUpload' && (happened !== undefined || wasDisturbed),
  );
  const isHarmless = open.length <= lost.length && open.every(({ parts }) => parts.length === 0);
  return isHarmless ? [] : [`left uploads open: ${JSON.stringify(open)}`];
}
