import { Agent } from 'node:http';
import OSS from 'ali-oss';
import type { Emulator } from '../../index.ts';
import { PERMANENT_KEYS } from '../../testing/client.ts';

export const BUCKET = 'partway-demo';

/** The ways in which ali-oss can sign. */
export const SIGNATURES = ['V1', 'V4'] as const;

export type Signature = (typeof SIGNATURES)[number];

/** The ways in which ali-oss can name a bucket. */
export const ADDRESSINGS = ['path', 'host', 'custom domain', 'service host'] as const;

export type Addressing = (typeof ADDRESSINGS)[number];

/** What ali-oss can do and its type definitions leave out. */
export interface AliOss extends OSS {
  getObjectMeta(key: string): Promise<{ res: OSS.NormalSuccessResponse }>;
  signPostObjectPolicyV4(policy: object, date: Date): string;
}

export type AliOssOptions = Partial<OSS.Options> & { readonly addressing?: Addressing };

/** An ali-oss client for one emulator. Default: path addressing and the permanent key. */
export function createAliOss(
  emulator: Emulator,
  signature: Signature,
  { addressing = 'path', ...options }: AliOssOptions = {},
): AliOss {
  const { port } = new URL(emulator.origin);
  if (addressing === 'custom domain') emulator.setDomains({ localhost: BUCKET });
  const settings = {
    ...PERMANENT_KEYS,
    bucket: BUCKET,
    region: 'oss-cn-hangzhou',
    authorizationV4: signature === 'V4',
    // An address of numbers makes it send the service's own host name along.
    endpoint: `http://${addressing === 'service host' ? '127.0.0.1' : 'localhost'}:${port}`,
    sldEnable: addressing === 'path',
    cname: addressing === 'custom domain',
    ...(addressing === 'host' && { agent: LOOPBACK_AGENT }),
    ...options,
  };
  return new OSS(settings) as AliOss;
}

/** Finds `BUCKET.localhost` where the system's resolver does not. */
const LOOPBACK_AGENT = new Agent({
  lookup: (_host, { all }, callback) => {
    if (all === true) callback(null, [{ address: '127.0.0.1', family: 4 }]);
    else callback(null, '127.0.0.1', 4);
  },
});

/** The header of an answer; the definitions know no names of headers. */
export function headerOf({ res }: { res: object }, name: string): unknown {
  return (res as { headers: Record<string, unknown> }).headers[name];
}
