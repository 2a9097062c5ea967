import type { Readable } from 'node:stream';
import type { OssError } from './errors.ts';
import type { OssRequest } from './request.ts';
import type { XmlElement } from './xml.ts';
import { writeXml } from './xml.ts';

/** What is answered to a request, before the headers that every answer carries. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is sent with its length; a stream needs a Content-Length among the headers. */
  readonly body?: string | Readable;
  /** Sent before the body is read. Otherwise an answer waits until the whole body has come in. */
  readonly isEarly?: boolean;
  /** Sent at once, and the connection closed, whatever is still to come of the body. */
  readonly closes?: boolean;
  /** Whether the app's server gave it, which a callback has reached. */
  readonly isOfApp?: boolean;
  /** The error code, for the log. */
  readonly code?: string;
}

/** An XML document as an answer. */
export function xmlAnswer(
  root: XmlElement,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status: 200,
    headers: { 'Content-Type': 'application/xml', ...headers },
    body: writeXml(root),
  };
}

/** The part of an error that makes up its document; an OssError is one. */
export type ErrorContent = Pick<
  OssError,
  'code' | 'status' | 'message' | 'ec' | 'extras' | 'headers'
>;

/**
 * An error as an answer. HEAD has no body, so that the whole document stands base64-encoded in `x-oss-err`
 * (OSS docs, HeadObject).
 */
export function errorAnswer(error: ErrorContent, request: OssRequest): Answer {
  const document = writeXml(['Error', errorElements(error, request)]);
  const ec = error.ec === undefined ? {} : { 'x-oss-ec': error.ec };
  if (request.method === 'HEAD') {
    const encoded = Buffer.from(document).toString('base64');
    return {
      status: error.status,
      code: error.code,
      headers: { ...ec, 'x-oss-err': encoded, ...error.headers },
    };
  }
  return {
    status: error.status,
    code: error.code,
    headers: { 'Content-Type': 'application/xml', ...ec, ...error.headers },
    body: document,
  };
}

function errorElements(error: ErrorContent, request: OssRequest): XmlElement[] {
  const elements: XmlElement[] = [
    ['Code', error.code],
    ['Message', error.message],
    ['RequestId', request.requestId],
    ['HostId', request.host],
    ...error.extras,
  ];
  if (error.ec === undefined) return elements;
  const recommendation = `https://api.aliyun.com/troubleshoot?q=${error.ec}`;
  return [...elements, ['EC', error.ec], ['RecommendDoc', recommendation]];
}
