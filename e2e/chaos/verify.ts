import { createHash } from 'node:crypto';
import type { Emulator } from '../../emulator/index.ts';
import { BUCKET } from '../expectations.ts';
import type { Outcome } from '../page/main.ts';
import { makeBytes } from '../page/make-file.ts';
import { account } from './account.ts';
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
  witnesses: Witnesses,
): Promise<UploadReport[]> {
  const complaints: string[] = [];
  const reports: UploadReport[] = [];
  for (const upload of plan.uploads) {
    const journal = witnesses.journal.of(upload.key);
    const { result, error } = outcomes[upload.key] ?? {};
    const { received, kept, wasted, resent } = account(journal, {
      size: upload.file.size,
      uploadId: result?.uploadId,
    });
    reports.push({ size: upload.file.size, received, wasted });
    const complain = (says: string): number => complaints.push(`${upload.key} ${says}`);
    const before = complaints.length;
    if (error !== undefined) complain(`failed: ${JSON.stringify(error)}`);
    else if (result === undefined) complain('did not end');
    else {
      if (!plan.hidesHeaders && result.verified !== 'crc64')
        complain(`is verified by ${result.verified}`);
      if ((await witnesses.emulator.sha256(BUCKET, upload.key)) !== hashOf(upload))
        complain('was stored with other bytes');
      if (kept !== upload.file.size)
        complain(`is made of ${kept} bytes of the journal, which cannot be`);
      if (wasted > Math.max(plan.partSize, MOST_WASTED * upload.file.size))
        complain(`wasted ${wasted} bytes of ${upload.file.size}`);
      for (const part of resent) complain(`sent ${part}`);
      const open = openUploads(witnesses.emulator, upload, journal);
      if (open !== undefined) complain(open);
    }
    if (complaints.length > before) complaints.push(describeJournal(journal));
  }
  if (complaints.length > 0) throw new Error([...complaints, describePlan(plan)].join('\n\n'));
  return reports;
}

function hashOf({ file }: UploadPlan): string {
  return createHash('sha256').update(makeBytes(file)).digest('hex');
}

/** An Initiate whose answer is lost leaves an empty upload, of which no page knows: a lifecycle rule removes it. */
function openUploads(
  emulator: Emulator,
  { key }: UploadPlan,
  journal: readonly JournalEntry[],
): string | undefined {
  const open = emulator.uploads().filter((upload) => upload.key === key);
  const lost = journal.filter(
    ({ operation, happened, wasDisturbed }) =>
      operation === 'InitiateMultipartUpload' && (happened !== undefined || wasDisturbed),
  );
  const isHarmless = open.length <= lost.length && open.every(({ parts }) => parts.length === 0);
  return isHarmless ? undefined : `left uploads open: ${JSON.stringify(open)}`;
}
