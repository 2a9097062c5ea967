import { AccessKeys } from '../authentication/access-keys.ts';
import type { OssRequest, QueryParameter } from '../request.ts';

/** A request as the fixtures write it. */
export interface VectorRequest {
  method: string;
  bucket?: string;
  key?: string;
  query: QueryParameter[];
  headers: Record<string, string>;
}

/** The request as the server would read it. */
export function toRequest({ method, bucket, key, query, headers }: VectorRequest): OssRequest {
  const lowerCase = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    ...ADDRESS,
    method,
    bucket,
    key,
    query,
    headers: Object.fromEntries(lowerCase) as Record<string, string>,
  };
}

/** Keys that hold a vector's secret, whatever the token: it belongs to no key here, that it is signed is what matters. */
export function keysOf(vector: { accessKeyId: string; accessKeySecret: string }): AccessKeys {
  const { accessKeyId, accessKeySecret: secret } = vector;
  const keys = new AccessKeys([], () => 0);
  const requester = { kind: 'owner', accessKeyId } as const;
  keys.keyFor = () => ({ secret, requester });
  return keys;
}

/** What a request has that its signature does not cover. */
const ADDRESS = {
  requestId: '',
  host: '',
  isVirtualHosted: false,
  isCustomDomain: false,
  endpointRegion: undefined,
  flaw: undefined,
};
