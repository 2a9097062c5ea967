import { type NamedEndpoint, type Operation, UploadError } from '../errors.ts';
import type { TransportResponse } from '../ports.ts';
import { decodeBase64 } from './base64.ts';
import { childText, readXml, type XmlElement } from './xml.ts';

/**
 * The error that an answer of a status outside 2xx tells. Bodies that are not OSS's (a proxy's page, nothing at
 * all) leave the code empty.
 */
export function serviceError(
  operation: Operation,
  response: TransportResponse,
  partNumber?: number,
): UploadError {
  const body = readError(response);
  // As long as any that there is: what is answered in the place of OSS may be of any length.
  const code = childText(body, 'Code')?.slice(0, 80);
  const message = childText(body, 'Message');
  const named = Number(childText(body, 'PartNumber'));
  const said = message === undefined || message === '' ? '' : `: ${message.slice(0, 300)}`;
  const answer = `${response.status}${code === undefined ? '' : ` ${code}`}${said}`;
  return new UploadError('service', `${describe(operation, partNumber)} was refused (${answer}).`, {
    operation,
    partNumber: partNumber ?? (named > 0 ? named : undefined),
    code,
    status: response.status,
    requestId: childText(body, 'RequestId') ?? response.header('x-oss-request-id'),
    ec: childText(body, 'EC') ?? response.header('x-oss-ec'),
    retryAfter: retryAfterOf(response),
    serviceMessage: message,
    serverTime: timeOf(childText(body, 'ServerTime') ?? response.header('date')),
    namedEndpoint: namedEndpointOf(body),
  });
}

/** A 2xx without what it must contain: a captive portal, a cut-off body, or a header that the page may not read. */
export function incompleteAnswer(
  operation: Operation,
  response: TransportResponse,
  partNumber?: number,
): UploadError {
  return new UploadError(
    'protocol',
    `${describe(operation, partNumber)} got an answer (${response.status}) that lacks what OSS puts there.`,
    {
      operation,
      partNumber,
      status: response.status,
      requestId: response.header('x-oss-request-id'),
      advice:
        'Something between this page and OSS answers in its place: a proxy, a CDN or the login page of a network.',
    },
  );
}

/** An answer that came, by redirects, from another origin than was asked. */
export function wrongOrigin(
  operation: Operation,
  response: TransportResponse,
  partNumber?: number,
): UploadError {
  const { origin } = new URL(response.url);
  return new UploadError(
    'protocol',
    `${describe(operation, partNumber)} was redirected to ${origin}, whose answer does not count.`,
    {
      operation,
      partNumber,
      status: response.status,
      advice:
        'OSS does not redirect uploads: look at the proxy, the CDN or the login page in between.',
    },
  );
}

/** An operation as messages name it. */
export function describe(operation: Operation, partNumber?: number): string {
  return operation === 'UploadPart' ? `${operation} ${partNumber ?? ''}`.trimEnd() : operation;
}

// A HEAD has no body: its error comes base64-encoded in a header.
function readError(response: TransportResponse): XmlElement | undefined {
  const root = readXml(
    response.body === '' ? (decodeBase64(response.header('x-oss-err') ?? '') ?? '') : response.body,
  );
  return root?.name === 'Error' ? root : undefined;
}

function timeOf(text = ''): number | undefined {
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

function namedEndpointOf(body: XmlElement | undefined): NamedEndpoint | undefined {
  const host = childText(body, 'Endpoint');
  return host === undefined ? undefined : { bucket: childText(body, 'Bucket'), host };
}

function retryAfterOf(response: TransportResponse): number | undefined {
  const value = response.header('retry-after');
  if (value === undefined) return undefined;
  const milliseconds = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return milliseconds > 0 ? milliseconds : undefined;
}
