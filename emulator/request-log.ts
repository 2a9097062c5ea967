import type { OssRequest } from './request.ts';
import { queryValue } from './request.ts';
import type { LogEntry, OperationName } from './types.ts';

/** An entry whose request still lives. */
export type LiveLogEntry = { -readonly [Field in keyof LogEntry]: LogEntry[Field] };

/** Every request to OSS, in order of arrival. */
export class RequestLog {
  readonly #entries: LiveLogEntry[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get entries(): readonly LogEntry[] {
    return this.#entries;
  }

  open(request: OssRequest, operation: OperationName | 'Unknown'): LiveLogEntry {
    const { bucket, key } = request;
    const partNumber = Number(queryValue(request, 'partNumber') ?? Number.NaN);
    const uploadId = queryValue(request, 'uploadId');
    const entry: LiveLogEntry = {
      id: request.requestId,
      at: this.#now(),
      method: request.method,
      operation,
      ...(bucket === undefined ? {} : { bucket }),
      ...(key === undefined ? {} : { key }),
      ...(Number.isInteger(partNumber) ? { partNumber } : {}),
      ...(uploadId === undefined ? {} : { uploadId }),
      headers: redact(request.headers),
      bodyBytes: 0,
      status: 0,
      outcome: 'pending',
    };
    this.#entries.push(entry);
    return entry;
  }

  /** Sets the outcome, unless there is one already. */
  finish(entry: LiveLogEntry, outcome: Exclude<LogEntry['outcome'], 'pending'>): void {
    if (entry.outcome !== 'pending') return;
    entry.outcome = outcome;
    if (outcome === 'cut') entry.status = 0;
    entry.finishedAt = this.#now();
  }

  clear(): void {
    this.#entries.length = 0;
  }
}

const SECRET_HEADERS = ['authorization', 'x-oss-security-token'];

function redact(headers: Readonly<Record<string, string>>): Record<string, string> {
  const redacted = { ...headers };
  for (const name of SECRET_HEADERS) if (name in redacted) redacted[name] = 'redacted';
  return redacted;
}
