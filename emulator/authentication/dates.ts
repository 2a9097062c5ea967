import { OssError } from '../errors.ts';

/** Epoch milliseconds of `yyyyMMddTHHmmssZ`; undefined for anything else. */
export function parseBasicIso(text: string): number | undefined {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  return existing(Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`));
}

/** Epoch milliseconds of `EEE, dd MMM yyyy HH:mm:ss GMT`; undefined for anything else. */
export function parseHttpDate(text: string): number | undefined {
  if (!/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/.test(text)) return undefined;
  return existing(Date.parse(text));
}

export function basicIso(epoch: number): string {
  return new Date(epoch).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
}

/** The refusal of a date that is missing or not of its form (OSS docs, "EC error codes"). */
export function badDate(message: string, ec: string): OssError {
  return new OssError('AccessDenied', { message, ec });
}

function existing(epoch: number): number | undefined {
  return Number.isNaN(epoch) ? undefined : epoch;
}
