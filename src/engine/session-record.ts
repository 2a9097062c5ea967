import type { ExpectedObject, SessionRecord } from '../ports.ts';
import type { Shared } from './context.ts';

/** Of what the store holds, the sessions of this uploader's bucket that can be read. */
export function readSessions(shared: Shared, stored: readonly unknown[]): SessionRecord[] {
  return stored
    .map(readSession)
    .filter((record) => record !== undefined)
    .filter((record) => isOfBucket(shared, record));
}

/** A record out of the store, if it is one that this version wrote whole; anything else is not ours to read. */
export function readSession(value: unknown): SessionRecord | undefined {
  return isSession(value) ? value : undefined;
}

/** Whether a session is too old to go on with. */
export function isExpired({ clock, checkpointMaxAge }: Shared, record: SessionRecord): boolean {
  return record.createdAt <= clock.now() - checkpointMaxAge;
}

/** Whether a session is of the uploader's bucket, by whichever of its endpoints it was begun. */
function isOfBucket(
  { endpoint: { bucket }, bases }: Pick<Shared, 'endpoint' | 'bases'>,
  record: SessionRecord,
): boolean {
  const { endpoints = [record.endpoint] } = record;
  return record.bucket === bucket && endpoints.some((base) => bases.includes(base));
}

function isSession(value: unknown): value is SessionRecord {
  if (typeof value !== 'object' || value === null) return false;
  const record: Partial<Record<keyof SessionRecord, unknown>> = value;
  const { headers, endpoints = [], lastModified, fileName, hasCallback, completing } = record;
  const texts = [
    record.id,
    record.bucket,
    record.endpoint,
    record.key,
    record.uploadId,
    record.fingerprint,
  ];
  const numbers = [record.size, record.unit, record.createdAt, record.initiatedAt];
  return (
    record.version === 1 &&
    texts.every((text) => typeof text === 'string' && text !== '') &&
    Array.isArray(endpoints) &&
    endpoints.every((base) => typeof base === 'string') &&
    numbers.every((number) => typeof number === 'number' && number > 0) &&
    typeof headers === 'object' &&
    headers !== null &&
    (lastModified === undefined || typeof lastModified === 'number') &&
    (fileName === undefined || typeof fileName === 'string') &&
    (hasCallback === undefined || typeof hasCallback === 'boolean') &&
    (completing === undefined || isCompleting(completing))
  );
}

function isCompleting(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { etag, crc64, startedAt }: Partial<Record<keyof ExpectedObject, unknown>> = value;
  const isCrc64 = crc64 === undefined || typeof crc64 === 'string';
  return typeof etag === 'string' && isCrc64 && typeof startedAt === 'number';
}
