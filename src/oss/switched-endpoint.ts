import type { NamedEndpoint } from '../errors.ts';
import type { Endpoint } from './endpoint.ts';
import { regionOf } from './region.ts';

/**
 * The same bucket at the host that OSS named as the right one. Only from one host of Alibaba Cloud to another: an answer
 * may not send our tokens elsewhere; never to another bucket, and never to an internal host, which pages do not reach.
 */
export function switchedEndpoint(current: Endpoint, named: NamedEndpoint): Endpoint | undefined {
  const { bucket } = current;
  const { protocol, hostname } = new URL(current.base);
  const host = serviceHost(bucket, named.host);
  const isOurs =
    /^[a-z0-9.-]+\.aliyuncs\.com$/.test(hostname) &&
    /^(?:oss-[a-z0-9-]+|[a-z0-9-]+\.oss)\.aliyuncs\.com$/.test(host);
  if (!isOurs || /-internal\./.test(host) || (named.bucket ?? bucket) !== bucket) return undefined;
  const region = regionOf(host) ?? current.region;
  return { bucket, region, base: `${protocol}//${bucket}.${host}` };
}

/** A host without the bucket that may be named before it. */
export function serviceHost(bucket: string, host: string): string {
  return host.startsWith(`${bucket}.`) ? host.slice(bucket.length + 1) : host;
}
