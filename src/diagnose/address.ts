import type { Endpoint } from '../oss/endpoint.ts';
import type { Finding } from './finding.ts';
import { optionFix } from './fixes.ts';

/**
 * What can be seen of an endpoint without asking it, where that is wrong.
 *
 * @param pageProtocol such as `https:`.
 */
export function addressFinding(
  endpoint: Pick<Endpoint, 'base'>,
  pageProtocol: string | undefined,
): Finding | undefined {
  const url = new URL(endpoint.base);
  return mixedContent(url, pageProtocol) ?? pathAtService(url);
}

function mixedContent(url: URL, pageProtocol: string | undefined): Finding | undefined {
  const isLocal = /^(localhost|.*\.localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname);
  if (pageProtocol !== 'https:' || url.protocol !== 'http:' || isLocal) return undefined;
  return {
    id: 'mixed-content',
    severity: 'error',
    title: 'A page served over https may not send to an endpoint over http',
    evidence: `The page was loaded over https; uploads go to ${url.origin}.`,
    advice: 'Let `endpoint` begin with https://, or leave the scheme out. OSS answers on both.',
    fix: [optionFix({ endpoint: `https://${url.host}${url.pathname.replace(/\/$/, '')}` })],
  };
}

function pathAtService(url: URL): Finding | undefined {
  if (!url.hostname.endsWith('.aliyuncs.com') || url.pathname === '/') return undefined;
  // The service's own host, or a dual-stack one; with a bucket before it, it has a dot more.
  if (/^(oss-[a-z\d-]+|[a-z\d-]+\.oss)\.aliyuncs\.com$/.test(url.hostname))
    return pathAddressing(`${url.host} gets the bucket as a path.`);
  return {
    id: 'path-in-endpoint',
    severity: 'error',
    title: 'The endpoint has a path in it',
    evidence: `${url.pathname} would come before every key on the way, but is not signed as part of it.`,
    advice: 'Let `endpoint` be a host alone, and put folders into `key`.',
    fix: [optionFix({ endpoint: url.host.replace(/^[^.]+\./, '') })],
  };
}

/** OSS has refused path-style addresses for years; page and preflight do not get to read it. */
export function pathAddressing(evidence: string): Finding {
  return {
    id: 'path-addressing',
    severity: 'error',
    title: 'OSS wants the bucket before the host, not in the path',
    evidence,
    advice: 'Only emulators and proxies take it in the path: change `addressing`.',
    fix: [optionFix({ addressing: 'virtual-hosted' })],
  };
}
