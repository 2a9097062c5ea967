import type { ConfirmedPart, TransportResponse } from '../ports.ts';
import { unquoted } from './multipart-etag.ts';
import { childText, escapeXml, readXml, type XmlElement } from './xml.ts';

/** The root element of a body, if it is the one that is expected. */
export function rootOf(response: TransportResponse, name: string): XmlElement | undefined {
  const root = readXml(response.body);
  return root?.name === name ? root : undefined;
}

/** Whether a request asks OSS to call the app back. */
export function asksForCallback(headers: Readonly<Record<string, string>>): boolean {
  return 'x-oss-callback' in headers;
}

/**
 * In place of OSS's own answer comes the app's, which OSS lets through only if it is JSON; or 203, that it came to nothing.
 */
export function tellsOfCallback(response: TransportResponse): boolean {
  if (response.status === 203) {
    return childText(rootOf(response, 'Error'), 'Code') === 'CallbackFailed';
  }
  try {
    JSON.parse(response.body);
    return true;
  } catch {
    return false;
  }
}

/** @param parts ascending by partNumber. */
export function completeBody(parts: readonly ConfirmedPart[]): string {
  const listed = parts.map(
    ({ partNumber, etag }) =>
      `<Part><PartNumber>${partNumber}</PartNumber><ETag>${escapeXml(`"${etag}"`)}</ETag></Part>`,
  );
  return `<CompleteMultipartUpload>${listed.join('')}</CompleteMultipartUpload>`;
}

/** Unquoted; absent where the bucket hides it. */
export function etagOf(response: TransportResponse): string | undefined {
  const etag = response.header('etag');
  return etag === undefined ? undefined : unquoted(etag);
}

/** Absent where the bucket hides it. */
export function crc64Of(response: TransportResponse): string | undefined {
  return response.header('x-oss-hash-crc64ecma');
}

/** Absent where the bucket hides it. */
export function requestIdOf(response: TransportResponse): string | undefined {
  return response.header('x-oss-request-id');
}

/** A header as epoch milliseconds. */
export function dateOf(response: TransportResponse, name: string): number | undefined {
  const time = Date.parse(response.header(name) ?? '');
  return Number.isNaN(time) ? undefined : time;
}
