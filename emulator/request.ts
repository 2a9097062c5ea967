import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Addressing } from './addressing.ts';
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
  /** Whether the host is a custom domain of the bucket. */
  readonly isCustomDomain?: boolean;
  /** The region whose endpoint was asked, without the `oss-` prefix, as far as the host tells. */
  readonly endpointRegion?: string | undefined;
  /** What is wrong with the address; thrown when the request is processed, so that it is logged first. */
  readonly flaw: OssError | undefined;
}

/** Reads everything but the body. Never throws. */
export function parseRequest(message: IncomingMessage, addressing: Addressing): OssRequest {
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
    ...parseAddress(host, path, addressing),
    query: question < 0 ? [] : parseQuery(target.slice(question + 1)),
  };
}

/** Value of a query parameter, the first if there are several: '' when written without value, undefined when absent. */
export function queryValue(request: OssRequest, name: string): string | undefined {
  const parameter = request.query.find(([candidate]) => candidate === name);
  return parameter === undefined ? undefined : (parameter[1] ?? '');
}

type Address = Pick<
  OssRequest,
  'bucket' | 'key' | 'isVirtualHosted' | 'isCustomDomain' | 'endpointRegion' | 'flaw'
>;

function parseAddress(host: string, path: string, addressing: Addressing): Address {
  const { bucket: hostBucket, region, isCustomDomain, isAccelerated } = addressing.read(host);
  const isVirtualHosted = hostBucket !== undefined;
  const common = { isVirtualHosted, isCustomDomain, endpointRegion: region };
  const slash = path.indexOf('/', 1);
  const pathBucket = slash < 0 ? path.slice(1) : path.slice(1, slash);
  const bucket = hostBucket ?? (pathBucket === '' ? undefined : pathBucket);
  const rawKey = isVirtualHosted ? path.slice(1) : slash < 0 ? '' : path.slice(slash + 1);
  if (bucket !== undefined && !isBucketName(bucket)) {
    const flaw = new OssError('InvalidBucketName', { extras: [['BucketName', bucket]] });
    return { ...common, bucket: undefined, key: undefined, flaw };
  }
  try {
    if (isAccelerated) throw new OssError('TransferAccelerationDisabled');
    if (!isVirtualHosted && bucket !== undefined && !addressing.allowsPathStyle)
      throw new OssError('SecondLevelDomainForbidden');
    return { ...common, bucket, key: decodeKey(rawKey), flaw: undefined };
  } catch (error) {
    if (!(error instanceof OssError)) throw error;
    return { ...common, bucket, key: undefined, flaw: error };
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

/** A literal `+` is a space, in paths too: the service's own SDK for Go writes it so, up to version 1. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
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
