import type { UploadError } from '../errors.ts';
import type { Examination } from './examination.ts';

/** The answer as evidence: what was said, and the id that the support of OSS asks for. */
export function said({ report }: Pick<Examination, 'report'>, error: UploadError): string {
  const { status, code = 'no code', serviceMessage, requestId } = error;
  const message = serviceMessage === undefined ? '' : `: ${report.shorten(serviceMessage, 200)}`;
  const id = requestId === undefined ? '' : ` Request id ${requestId}.`;
  return `OSS answered ${status} ${code}${message.replace(/\.$/, '')}.${id}`;
}
