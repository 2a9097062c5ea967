import type { OssRequest } from '../request.ts';
import type { AccessKeys } from './access-keys.ts';

/** What the server knows when it judges a signature. */
export interface AuthenticationContext {
  readonly keys: AccessKeys;
  readonly region: string;
  readonly now: () => number;
}

/** One way to sign a request. */
export interface AuthenticationScheme {
  /** Whether the request is signed this way, rightly or not. */
  claims(request: OssRequest): boolean;
  /** Throws what OSS answers unless the signature is good. */
  verify(request: OssRequest, context: AuthenticationContext): void;
}
