import { UploadError } from '../../src/index.ts';

/** What a page sees of an error. */
export interface ReportedError
  extends Partial<
    Pick<UploadError, 'kind' | 'code' | 'status' | 'requestId' | 'advice' | 'partNumber'>
  > {
  readonly name: string;
  readonly message: string;
}

/** An event in a form that crosses from the page to the test. */
export type Reported<Event> = Event extends { readonly error: UploadError }
  ? Omit<Event, 'error'> & { readonly error: ReportedError }
  : Event;

export function report(reason: unknown): ReportedError {
  if (!(reason instanceof Error)) return { name: typeof reason, message: String(reason) };
  const { name, message } = reason;
  const advice = reason instanceof UploadError ? reason.advice : undefined;
  return { ...JSON.parse(JSON.stringify(reason)), name, message, advice };
}
