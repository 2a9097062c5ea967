import { UploadError } from '../errors.ts';
import { listParts } from '../oss/rare-operations.ts';
import type { ConfirmedPart } from '../ports.ts';
import type { UploadContext } from './context.ts';
import { walk } from './plan.ts';
import { proveListed } from './proof.ts';
import { noteRefusal } from './refusals.ts';
import { request } from './requests.ts';
import type { Session } from './session.ts';
import { requestOf } from './upload-request.ts';

/** Asks the server what it holds: that is the truth. Where it may not be asked, the checkpoint has to be believed. */
export async function reconcile(context: UploadContext, session: Session): Promise<Session> {
  try {
    const listed = await listAllParts(context, session);
    takeStock(session, await proveListed(context, session, listed), listed);
  } catch (error) {
    if (!(error instanceof UploadError) || error.status !== 403) throw error;
    noteRefusal(context, 'list-refused', error);
    const believed = [...session.parts.values()];
    takeStock(session, believed, believed);
  }
  return session;
}

/** Takes over what the server holds of this file. */
export function takeStock(
  session: Session,
  proven: readonly ConfirmedPart[],
  listed: readonly ConfirmedPart[],
): void {
  const { held, gaps } = walk(session.layout, proven);
  session.parts.clear();
  for (const part of held) session.parts.set(part.partNumber, part);
  session.gaps = gaps;
  session.listed = new Map(listed.map(({ partNumber, size }) => [partNumber, size]));
}

/** All that the server holds under this upload id, page by page. */
async function listAllParts(context: UploadContext, session: Session): Promise<ConfirmedPart[]> {
  const { uploadId, key } = session.checkpoint.record;
  const parts: ConfirmedPart[] = [];
  for (let marker: number | undefined = 0; marker !== undefined; ) {
    const after: number = marker;
    const page = await request(context.shared, {
      ...requestOf(context),
      operation: 'ListParts',
      send: (options) => listParts(context.shared.client, key, uploadId, after, options),
    });
    parts.push(...page.parts);
    marker = page.next;
  }
  return parts;
}
