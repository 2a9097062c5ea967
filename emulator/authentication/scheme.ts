import type { OssRequest } from '../request.ts';
import type { Requester } from '../rights/requester.ts';
import type { AccessKeys } from './access-keys.ts';

/** What the server knows when it judges a signature. */
export interface AuthenticationContext {
  readonly keys: AccessKeys;
  readonly region: string;
  readonly now: () => number;
  /** Whether V1 takes `yyyyMMddTHHmmssZ` as a date, too. Default `false`. */
  readonly acceptsIsoDateInV1?: boolean;
}

/** One way to sign a request. */
export interface AuthenticationScheme {
  readonly place: 'header' | 'query';
  /** Whether the request is signed this way, rightly or not. */
  readonly claims: (request: OssRequest) => boolean;
  /** Throws what OSS answers unless the signature is good. */
  readonly verify: (request: OssRequest, context: AuthenticationContext) => Requester;
}
