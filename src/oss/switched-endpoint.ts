import type { NamedEndpoint } from '../errors.ts';
import type { Endpoint } from './endpoint.ts';
import { regionOf } from './region.ts';

/**
 * The same bucket at the host that OSS named as the right one. Only from one host of Alibaba Cloud to another: an answer
 * may not send our tokens elsewhere; and never to another bucket.
 */
export function switchedEndpoint(current: Endpoint, named: NamedEndpoint): Endpoint | undefined {
  const { bucket } = current;
  const { protocol, hostname } = new URL(current.base);
  const host = named.host.startsWith(`${bucket}.`)
    ? named.host.slice(bucket.length + 1)
    : named.host;
  const isOurs =
    /^[a-z0-9.-]+\.aliyuncs\.com$/.test(hostname) &&
    /^(?:oss-[a-z0-9-]+|[a-z0-9-]+\.oss)\.aliyuncs\.com$/.test(host);
  if (!isOurs || (named.bucket ?? bucket) !== bucket) return undefined;
  const region = regionOf(host) ?? current.region;
  return { bucket, region, base: `${protocol}//${bucket}.${host}` };
}
