import { isIP } from 'node:net';
import type { BucketRecord } from './buckets.ts';
import { OssError } from './errors.ts';
import { isBucketName } from './names.ts';

/** How hosts are read. */
export interface AddressingOptions {
  /** Custom domains: host name to bucket. */
  readonly domains: Readonly<Record<string, string>>;
  /** Host names of regions' endpoints, such as `oss-cn-beijing.localhost`, to region, such as `cn-beijing`. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** Whether a bucket may stand in the path. The service forbids it. */
  readonly allowsPathStyle: boolean;
  /** What a bucket answers under another region's endpoint. */
  readonly wrongEndpointCode: 'AccessDenied' | 'PermanentRedirect';
}

/** What a host says. */
export interface HostReading {
  /** Undefined: the bucket stands in the path. */
  readonly bucket?: string;
  /** Of the endpoint, if the host is one or belongs to one. */
  readonly region?: string;
  /** Whether the bucket was found by its custom domain. */
  readonly isCustomDomain: boolean;
  readonly isAccelerated: boolean;
}

/** `oss-cn-hangzhou.aliyuncs.com`, internal and dual-stack names, and transfer acceleration (OSS docs, "OSS domain names"). */
const SERVICE_HOST =
  /^(?:(.+)\.)?(?:oss-(accelerate)(?:-overseas)?|oss-([a-z0-9-]+?)(?:-internal)?|([a-z0-9-]+)\.oss)\.aliyuncs\.com$/;

/** Finds buckets and regions in hosts. Custom domains and endpoints can be changed at run time. */
export class Addressing {
  readonly #options: AddressingOptions;
  #domains: Readonly<Record<string, string>> = {};

  constructor(options: Partial<AddressingOptions>) {
    this.#options = {
      domains: {},
      endpoints: {},
      allowsPathStyle: true,
      wrongEndpointCode: 'AccessDenied',
      ...options,
    };
    this.reset();
  }

  get allowsPathStyle(): boolean {
    return this.#options.allowsPathStyle;
  }

  get domains(): Readonly<Record<string, string>> {
    return this.#domains;
  }

  /** Replaces all custom domains. Throws TypeError for a bucket name that is not legal. */
  setDomains(domains: Readonly<Record<string, string>>): void {
    for (const [host, bucket] of Object.entries(domains))
      if (!isBucketName(bucket))
        throw new TypeError(`domains.${host}: expected a bucket name, got ${bucket}`);
    this.#domains = lowerCase(domains);
  }

  reset(): void {
    this.setDomains(this.#options.domains);
  }

  /** Reads a Host header, with or without port. */
  read(host: string): HostReading {
    const name = hostName(host);
    const plain = { isCustomDomain: false, isAccelerated: false };
    const bound = this.#domains[name];
    if (bound !== undefined) return { ...plain, bucket: bound, isCustomDomain: true };
    for (const [endpoint, region] of Object.entries(this.#options.endpoints)) {
      if (name === endpoint.toLowerCase()) return { ...plain, region };
      const bucket = withoutSuffix(name, `.${endpoint.toLowerCase()}`);
      if (bucket !== undefined) return { ...plain, region, bucket };
    }
    const service = SERVICE_HOST.exec(name);
    if (service !== null) {
      const [, bucket, accelerate, region, dualStackRegion] = service;
      const found = region ?? dualStackRegion;
      return {
        ...plain,
        isAccelerated: accelerate !== undefined,
        ...(bucket === undefined ? {} : { bucket }),
        ...(found === undefined ? {} : { region: found }),
      };
    }
    const bucket = bucketOfHost(host);
    return bucket === undefined ? plain : { ...plain, bucket };
  }

  /** Host name of a region's endpoint: one that was given, with the port that the request came in on, or the service's. */
  endpointOf(region: string, host: string): string {
    const own = Object.entries(this.#options.endpoints).find(([, each]) => each === region)?.[0];
    const port = /:\d+$/.exec(host)?.[0] ?? '';
    return own === undefined ? `oss-${region}.aliyuncs.com` : `${own}${port}`;
  }

  /** Throws what a bucket answers under another region's endpoint (OSS Errors and Troubleshooting 2019-08-16, §9). */
  assertEndpoint(host: string, bucket: BucketRecord): void {
    const { region } = this.read(host);
    if (region === undefined || region === bucket.region) return;
    throw new OssError(this.#options.wrongEndpointCode, {
      message:
        'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
      extras: [
        ['Bucket', bucket.name],
        ['Endpoint', this.endpointOf(bucket.region, host)],
      ],
    });
  }
}

/** The bucket that a host names, as in `BUCKET.localhost`; undefined for path-style addressing. */
export function bucketOfHost(host: string): string | undefined {
  const name = hostName(host);
  const dot = name.indexOf('.');
  return isIP(name) !== 0 || name.startsWith('[') || dot < 0 ? undefined : name.slice(0, dot);
}

/** A Host header without its port, in lower case. */
export function hostName(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase();
}

function withoutSuffix(text: string, suffix: string): string | undefined {
  return text.endsWith(suffix) ? text.slice(0, -suffix.length) : undefined;
}

function lowerCase(domains: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(domains).map(([host, bucket]) => [host.toLowerCase(), bucket]),
  );
}
