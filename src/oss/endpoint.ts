import { checkBucket, quote } from './names.ts';
import { regionOf } from './region.ts';

export type Addressing = 'virtual-hosted' | 'path' | 'custom-domain';

export interface EndpointOptions {
  readonly bucket: string;
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly addressing?: Addressing | undefined;
  /** Whether requests are signed here, and with V4, whose signatures contain the region. @default true */
  readonly needsRegion?: boolean | undefined;
  /** What messages call the endpoint. @default 'endpoint' */
  readonly option?: string | undefined;
}

/** The same, where a bucket may have several endpoints. */
export interface SeveralEndpointOptions extends EndpointOptions {
  readonly endpoints?: readonly string[] | undefined;
}

/** An IP address as host. */
const NUMBERS = /^([\d.]+|\[.*\])$/;
/** More than a bucket has kinds of: a region's, its dual-stack one, the acceleration endpoint, a custom domain. */
const MOST_ENDPOINTS = 4;

/** Where a bucket is. It can be sent to a worker. */
export interface Endpoint {
  readonly bucket: string;
  /** Without the `oss-` prefix, as V4 signatures want it; empty where nobody needs it. */
  readonly region: string;
  /** The address of the bucket without a trailing slash; two uploaders with the same one share their checkpoints. */
  readonly base: string;
}

/**
 * Works out where the bucket is, at one endpoint or at several, the preferred one first.
 *
 * @throws TypeError or RangeError naming the option.
 */
export function resolveEndpoints(
  { endpoints, ...options }: SeveralEndpointOptions,
  pageUrl: string | undefined,
): readonly [Endpoint, ...Endpoint[]] {
  if (endpoints === undefined) return [resolveEndpoint(options, pageUrl)];
  if (options.endpoint !== undefined) {
    throw new TypeError('Expected `endpoint` or `endpoints`; got both.');
  }
  const count = Array.isArray(endpoints) ? endpoints.length : undefined;
  if (count === undefined || count < 1 || count > MOST_ENDPOINTS) {
    throw new RangeError(
      `Expected \`endpoints\` to be a list of 1 to ${MOST_ENDPOINTS} endpoints; got ${count ?? quote(endpoints)}.`,
    );
  }
  const resolve = (place: Pick<EndpointOptions, 'region' | 'needsRegion'>): Endpoint[] =>
    endpoints.map((endpoint: unknown, index) => {
      const option = `endpoints[${index}]`;
      const given = typeof endpoint === 'string' ? endpoint : '';
      return resolveEndpoint({ ...options, ...place, endpoint: given, option }, pageUrl);
    });
  const named = resolve({ region: undefined, needsRegion: false });
  const [region, ...others] = new Set(named.map((one) => one.region).filter((one) => one !== ''));
  if (others.length > 0) {
    throw new TypeError(
      `Expected \`endpoints\` of one bucket, which is in one region; got ${[region, ...others].join(' and ')}.`,
    );
  }
  const [first, ...rest] = resolve({ region: options.region ?? region });
  const bases = named.map(({ base }) => base);
  const twice = bases.find((base, index) => bases.indexOf(base) < index);
  if (first !== undefined && twice === undefined) return [first, ...rest];
  throw new TypeError(`Expected \`endpoints\` to differ; got ${quote(twice)} twice.`);
}

/**
 * Works out where the bucket is.
 *
 * @param pageUrl what a path such as `/upload` is relative to; absent outside pages and workers.
 * @throws TypeError naming the option.
 */
export function resolveEndpoint(options: EndpointOptions, pageUrl: string | undefined): Endpoint {
  const bucket = checkBucket(options.bucket);
  const given = checkRegion(options.region);
  const { option = 'endpoint' } = options;
  const url = parseEndpoint(options.endpoint, given, pageUrl, option);
  const addressing =
    checkAddressing(options.addressing) ?? defaultAddressing(url, options.endpoint);
  if (addressing === 'virtual-hosted' && NUMBERS.test(url.hostname)) {
    throw new TypeError(
      `Expected \`addressing\` to be "path" or "custom-domain" at ${url.hostname}, which no bucket can stand before.`,
    );
  }
  leaveBucketOut(url, bucket, addressing, option);
  const region = given ?? regionOf(url.hostname);
  if (region === undefined && options.needsRegion !== false) {
    throw new TypeError(
      'Expected `region`, such as "cn-hangzhou": V4 signatures contain it, and the endpoint does not tell.',
    );
  }
  return { bucket, region: region ?? '', base: baseOf(url, bucket, addressing) };
}

// Consoles show addresses with the bucket in them, which the uploader adds itself.
function leaveBucketOut(url: URL, bucket: string, addressing: Addressing, option: string): void {
  if (addressing === 'path') url.pathname = url.pathname.replace(new RegExp(`/${bucket}/?$`), '/');
  if (addressing !== 'virtual-hosted') return;
  const [, named, host] =
    /^(.+)\.((?:oss-[a-z0-9-]+|[a-z0-9-]+\.oss)\.aliyuncs\.com)$/.exec(url.hostname) ?? [];
  if (named === undefined || host === undefined) return;
  if (named !== bucket) {
    throw new TypeError(
      `Expected \`${option}\` to be a host without a bucket; got ${quote(url.host)} for the bucket ${quote(bucket)}.`,
    );
  }
  url.hostname = host;
}

function checkRegion(region: unknown): string | undefined {
  if (region === undefined) return undefined;
  if (typeof region === 'string') {
    const id = region.replace(/^oss-/, '');
    if (/^(?!accelerate)[a-z]{2}[a-z0-9-]*[a-z0-9]$/.test(id)) return id;
  }
  throw new TypeError(
    `Expected \`region\` to be a region id such as "cn-hangzhou"; got ${quote(region)}.`,
  );
}

function checkAddressing(addressing: unknown): Addressing | undefined {
  switch (addressing) {
    case undefined:
    case 'virtual-hosted':
    case 'path':
    case 'custom-domain':
      return addressing;
    default:
      throw new TypeError(
        `Expected \`addressing\` to be "virtual-hosted", "path" or "custom-domain"; got ${quote(addressing)}.`,
      );
  }
}

function parseEndpoint(
  endpoint: unknown,
  region: string | undefined,
  pageUrl: string | undefined,
  option: string,
): URL {
  if (endpoint === undefined) {
    if (region === undefined) throw new TypeError('Expected `region` or `endpoint`; got neither.');
    return new URL(`https://oss-${region}.aliyuncs.com`);
  }
  const url = typeof endpoint === 'string' ? tryParse(endpoint.trim(), pageUrl) : undefined;
  if (
    url === undefined ||
    !/^https?:$/.test(url.protocol) ||
    url.search !== '' ||
    url.hash !== ''
  ) {
    throw new TypeError(
      `Expected \`${option}\` to be a host, an http(s) address or a path of this page's origin, without a query; got ${quote(endpoint)}.`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new TypeError(`Expected \`${option}\` to have no user name or password in it.`);
  }
  return url;
}

function tryParse(endpoint: string, pageUrl: string | undefined): URL | undefined {
  const isPath = endpoint.startsWith('/') && !endpoint.startsWith('//');
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(endpoint);
  try {
    if (isPath) return new URL(endpoint, pageUrl);
    return new URL(hasScheme ? endpoint : `https://${endpoint}`);
  } catch {
    return undefined;
  }
}

// An address of one's own is taken for a custom domain, but for machines under development, which have no domains.
function defaultAddressing(url: URL, endpoint: string | undefined): Addressing {
  if (endpoint?.trim().startsWith('/') === true) return 'custom-domain';
  if (url.hostname.endsWith('.aliyuncs.com')) return 'virtual-hosted';
  return url.hostname === 'localhost' || NUMBERS.test(url.hostname) ? 'path' : 'custom-domain';
}

function baseOf(url: URL, bucket: string, addressing: Addressing): string {
  const path = url.pathname.replace(/\/+$/, '');
  switch (addressing) {
    case 'virtual-hosted':
      return `${url.protocol}//${bucket}.${url.host}${path}`;
    case 'path':
      return `${url.origin}${path}/${bucket}`;
    case 'custom-domain':
      return `${url.origin}${path}`;
  }
}
