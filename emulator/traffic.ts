import type { LogEntry } from './types.ts';

/** A part that was sent more than once. */
export interface RepeatedPart {
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
  readonly partNumber: number;
  /** Requests that sent it, or a piece of it. */
  readonly requests: number;
  /** Bytes of it that were received, all requests together. */
  readonly bytes: number;
  /** Those beyond the largest of its requests. */
  readonly duplicateBytes: number;
}

/** What went over the network since the start, or since the last reset. */
export interface TrafficReport {
  readonly requests: number;
  /** Bytes of request bodies. */
  readonly bodyBytes: number;
  /** Of parts, received in vain or twice. */
  readonly duplicateBytes: number;
  readonly repeatedParts: readonly RepeatedPart[];
  /** Requests that were not over, and bodies that were not in, at one time. */
  readonly inFlight: { readonly requests: number; readonly bodies: number };
  readonly mostInFlight: { readonly requests: number; readonly bodies: number };
}

/** One request that sends a part. */
interface PartTraffic {
  readonly entry: LogEntry;
  bytes: number;
}

/** Counts what the log has only one by one. */
export class Traffic {
  /** By the request's id. */
  readonly #parts = new Map<string, PartTraffic>();
  readonly #open = new Set<string>();
  readonly #bodies = new Set<string>();
  #requests = 0;
  #bodyBytes = 0;
  #mostRequests = 0;
  #mostBodies = 0;

  /** A request has come; whether it brings a body. */
  begin(entry: LogEntry, hasBody: boolean): void {
    this.#requests++;
    this.#open.add(entry.id);
    if (entry.operation === 'UploadPart') this.#parts.set(entry.id, { entry, bytes: 0 });
    if (hasBody) this.#bodies.add(entry.id);
    this.#mostRequests = Math.max(this.#mostRequests, this.#open.size);
    this.#mostBodies = Math.max(this.#mostBodies, this.#bodies.size);
  }

  receive(entry: LogEntry, bytes: number): void {
    this.#bodyBytes += bytes;
    const part = this.#parts.get(entry.id);
    if (part !== undefined) part.bytes += bytes;
  }

  /** The body is in, as far as it ever will be. */
  endBody(entry: LogEntry): void {
    this.#bodies.delete(entry.id);
  }

  end(entry: LogEntry): void {
    this.#open.delete(entry.id);
    this.#bodies.delete(entry.id);
  }

  report(): TrafficReport {
    const byPart = new Map<string, PartTraffic[]>();
    for (const part of this.#parts.values()) {
      const { bucket, key, uploadId, partNumber } = part.entry;
      const name = [bucket, key, uploadId, partNumber].join('\n');
      byPart.set(name, [...(byPart.get(name) ?? []), part]);
    }
    const repeatedParts = [...byPart.values()]
      .filter((parts) => parts.filter(({ bytes }) => bytes > 0).length > 1)
      .map(describe);
    return {
      requests: this.#requests,
      bodyBytes: this.#bodyBytes,
      duplicateBytes: repeatedParts.reduce((sum, part) => sum + part.duplicateBytes, 0),
      repeatedParts,
      inFlight: { requests: this.#open.size, bodies: this.#bodies.size },
      mostInFlight: { requests: this.#mostRequests, bodies: this.#mostBodies },
    };
  }

  /** Forgets what was; requests that are not over stay in flight. */
  reset(): void {
    this.#parts.clear();
    this.#requests = 0;
    this.#bodyBytes = 0;
    this.#mostRequests = this.#open.size;
    this.#mostBodies = this.#bodies.size;
  }
}

function describe(parts: readonly PartTraffic[]): RepeatedPart {
  const { bucket = '', key = '', uploadId = '', partNumber = 0 } = parts[0]?.entry ?? {};
  const counts = parts.map(({ bytes }) => bytes);
  const bytes = counts.reduce((sum, count) => sum + count, 0);
  const duplicateBytes = bytes - Math.max(...counts);
  return { bucket, key, uploadId, partNumber, requests: parts.length, bytes, duplicateBytes };
}
