import { createHmac } from 'node:crypto';
import type { QueryParameter } from '../request.ts';
import type { SignedRequest } from './signature-v4.ts';

/**
 * Query parameters that V1 signs, besides all whose name begins with `x-oss-` (OSS docs, "Include signatures in the
 * Authorization header"; and what the SDKs' operations declare).
 */
const SUB_RESOURCES = new Set(
  (
    'acl append asyncFetch bucketInfo callback callback-var cloudboxes cname comp continuation-token cors delete ' +
    'encryption endTime img inventory inventoryId lifecycle live location logging objectMeta partNumber policy ' +
    'policyStatus position qos referer regionList replication replicationLocation replicationProgress requestPayment ' +
    'resourceGroup response-cache-control response-content-disposition response-content-encoding ' +
    'response-content-language response-content-type response-expires restore security-token sequential startTime ' +
    'stat status style styleName symlink tagging transferAcceleration uploadId uploads versionId versioning versions ' +
    'vod website worm wormExtend wormId'
  ).split(' '),
);

/** `/`, `/bucket/` or `/bucket/key`, not encoded, and the signed parameters, decoded. */
export function canonicalResource({ bucket, key, query }: SignedRequest): string {
  const path = bucket === undefined ? '/' : `/${bucket}/${key ?? ''}`;
  const first = new Map<string, QueryParameter>();
  for (const parameter of query)
    if (isSigned(parameter[0]) && !first.has(parameter[0])) first.set(parameter[0], parameter);
  const subResources = [...first.values()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => (value === null || value === '' ? name : `${name}=${value}`));
  const text = subResources.length === 0 ? path : `${path}?${subResources.join('&')}`;
  return Buffer.from(text).toString('latin1');
}

/** The string to sign, bytes as Latin-1 characters; `date` is what stands in its place, which may be an expiry. */
export function stringToSignV1(request: SignedRequest, date: string): string {
  const { method, headers } = request;
  const signedHeaders = Object.entries(headers)
    .filter(([name]) => name.startsWith('x-oss-'))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${value.trim()}\n`);
  return [
    method,
    headers['content-md5'] ?? '',
    headers['content-type'] ?? '',
    date,
    signedHeaders.join('') + canonicalResource(request),
  ].join('\n');
}

/** The signature in base64. */
export function signV1(secret: string, text: string): string {
  return createHmac('sha1', secret).update(text, 'latin1').digest('base64');
}

function isSigned(name: string): boolean {
  return SUB_RESOURCES.has(name) || name.startsWith('x-oss-');
}
