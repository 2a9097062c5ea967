import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { OssError } from './errors.ts';
import { assertKey, isBucketName } from './names.ts';

/** A decoded query parameter; null when it was written without `=`. */
export type QueryParameter = readonly [name: string, value: string | null];

/** A request as the rest of the emulator sees it. */
export interface OssRequest {
  /** 24 upper-case hex digits. */
  readonly requestId: string;
  readonly method: string;
  readonly host: string;
  /** Lower-case names; bytes as Latin-1 characters, as on the wire; repeated headers joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  readonly query: readonly QueryParameter[];
  /** Whether the bucket was named by the host. */
  readonly isVirtualHosted: boolean;
  /** What is wrong with the address; thrown when the request is processed, so that it is logged first. */
  readonly flaw: OssError | undefined;
}

/** Reads everything but the body. Never throws. */
export function parseRequest(message: IncomingMessage): OssRequest {
  const headers = joinHeaders(message.rawHeaders);
  const host = headers['host'] ?? '';
  const target = message.url ?? '/';
  const question = target.indexOf('?');
  const path = question < 0 ? target : target.slice(0, question);
  return {
    requestId: randomBytes(12).toString('hex').toUpperCase(),
    method: message.method ?? 'GET',
    host,
    headers,
    ...parseAddress(host, path),
    query: question < 0 ? [] : parseQuery(target.slice(question + 1)),
  };
}

/** Value of a query parameter, the first if there are several: '' when written without value, undefined when absent. */
export function queryValue(request: OssRequest, name: string): string | undefined {
  const parameter = request.query.find(([candidate]) => candidate === name);
  return parameter === undefined ? undefined : (parameter[1] ?? '');
}

/** The bucket that a host names, as in `BUCKET.localhost`; undefined for path-style addressing. */
export function bucketOfHost(host: string): string | undefined {
  const name = host.replace(/:\d+$/, '');
  const dot = name.indexOf('.');
  return isIP(name) !== 0 || name.startsWith('[') || dot < 0 ? undefined : name.slice(0, dot);
}

type Address = Pick<OssRequest, 'bucket' | 'key' | 'isVirtualHosted' | 'flaw'>;

function parseAddress(host: string, path: string): Address {
  const hostBucket = bucketOfHost(host);
  const isVirtualHosted = hostBucket !== undefined;
  const slash = path.indexOf('/', 1);
  const pathBucket = slash < 0 ? path.slice(1) : path.slice(1, slash);
  const bucket = hostBucket ?? (pathBucket === '' ? undefined : pathBucket);
  const rawKey = isVirtualHosted ? path.slice(1) : slash < 0 ? '' : path.slice(slash + 1);
  if (bucket !== undefined && !isBucketName(bucket)) {
    const flaw = new OssError('InvalidBucketName', { extras: [['BucketName', bucket]] });
    return { bucket: undefined, key: undefined, isVirtualHosted, flaw };
  }
  try {
    return { bucket, key: decodeKey(rawKey), isVirtualHosted, flaw: undefined };
  } catch (error) {
    if (!(error instanceof OssError)) throw error;
    return { bucket, key: undefined, isVirtualHosted, flaw: error };
  }
}

function decodeKey(rawKey: string): string | undefined {
  if (rawKey === '') return undefined;
  const key = decode(rawKey);
  if (key === undefined)
    throw new OssError('InvalidObjectName', { extras: [['ObjectName', rawKey]] });
  assertKey(key);
  return key;
}

/** A literal `+` stays one: OSS clients write a space as `%20`, and sign it so. */
function parseQuery(query: string): QueryParameter[] {
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      const name = equals < 0 ? pair : pair.slice(0, equals);
      const value = equals < 0 ? null : pair.slice(equals + 1);
      return [decode(name) ?? name, value === null ? null : (decode(value) ?? value)];
    });
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function joinHeaders(rawHeaders: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    const value = rawHeaders[index + 1] ?? '';
    const earlier = headers[name];
    headers[name] = earlier === undefined ? value : `${earlier},${value}`;
  }
  return headers;
}
