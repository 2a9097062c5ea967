import type { UploadError } from '../errors.ts';
import type { UploadContext } from './context.ts';

/** What an upload can do without: listing parts, looking at the object, aborting, knowing of other tabs. */
export type Refusal = RightRefused | 'lock-unavailable';

type RightRefused = 'list-refused' | 'look-refused' | 'abort-refused';

/** Tells the page, once of each kind, that the upload does without something for want of a right. */
export function noteRefusal(context: UploadContext, type: RightRefused, error: UploadError): void {
  if (context.refusals.has(type)) return;
  context.refusals.add(type);
  context.emit({ type, error });
}
