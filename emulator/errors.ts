import { ABSENT_ERRORS } from './absent-errors.ts';
import { ERRORS, type ErrorRow } from './error-table.ts';
import type { XmlElement } from './xml.ts';

/** The codes of the table. */
export type ErrorCode = keyof typeof ERRORS;

/** What may differ from the table's row. */
export interface ErrorDetails {
  readonly status?: number;
  readonly message?: string;
  readonly ec?: string;
  /** Elements beside Code, Message, RequestId and HostId. */
  readonly extras?: readonly XmlElement[];
  /** Headers of the answer. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error as OSS answers it; thrown anywhere, answered in one place. */
export class OssError extends Error {
  override readonly name = 'OssError';
  readonly code: string;
  readonly status: number;
  readonly ec: string | undefined;
  readonly extras: readonly XmlElement[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    const row: ErrorRow = ERRORS[code];
    super(details.message ?? row.message);
    this.code = code;
    this.status = details.status ?? row.status;
    this.ec = details.ec ?? row.ec;
    this.extras = details.extras ?? [];
    this.headers = details.headers ?? {};
  }
}

/** The table's row for a code; undefined for one that the service does not have. */
export function errorRow(code: string): ErrorRow | undefined {
  const rows: Readonly<Record<string, ErrorRow>> = { ...ERRORS, ...ABSENT_ERRORS };
  return rows[code];
}

/** InvalidArgument with the elements that name the culprit. */
export function invalidArgument(
  name: string,
  value: string,
  message: string,
  ec?: string,
): OssError {
  return new OssError('InvalidArgument', {
    message,
    ...(ec === undefined ? {} : { ec }),
    extras: [
      ['ArgumentName', name],
      ['ArgumentValue', value],
    ],
  });
}
