import type { NamedEndpoint } from '../errors.ts';
import { type Endpoint, regionOf, resolveEndpoint } from './endpoint.ts';

/**
 * The same bucket at the host that OSS named as the right one. Only from one host of Alibaba Cloud to another: an answer
 * may not send our tokens elsewhere; and never to another bucket.
 */
export function switchedEndpoint(current: Endpoint, named: NamedEndpoint): Endpoint | undefined {
  const { bucket } = current;
  const isOurs = [new URL(current.base).hostname, named.host].every((host) =>
    /^[a-z0-9.-]+\.aliyuncs\.com$/.test(host),
  );
  if (!isOurs || (named.bucket ?? bucket) !== bucket) return undefined;
  const { protocol } = new URL(current.base);
  const region = regionOf(named.host) ?? current.region;
  return resolveEndpoint(
    { bucket, region, endpoint: `${protocol}//${named.host}`, addressing: 'virtual-hosted' },
    undefined,
  );
}
