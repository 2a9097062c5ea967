import { invalidArgument, OssError } from '../errors.ts';
import type { OssRequest } from '../request.ts';
import { headerV4 } from './header-v4.ts';
import type { AuthenticationContext, AuthenticationScheme } from './scheme.ts';

/** Tried in turn; the first that claims a request decides. */
const SCHEMES: readonly AuthenticationScheme[] = [headerV4];

/** Throws what OSS answers unless the request is signed with a good key. All buckets are private. */
export function authenticate(request: OssRequest, context: AuthenticationContext): void {
  const scheme = SCHEMES.find((candidate) => candidate.claims(request));
  if (scheme !== undefined) return scheme.verify(request, context);
  const authorization = request.headers['authorization'];
  if (authorization !== undefined)
    throw invalidArgument('Authorization', 'redacted', 'Authorization header is invalid.');
  throw new OssError('AccessDenied', {
    message: 'You have no right to access this object because of bucket acl.',
  });
}
