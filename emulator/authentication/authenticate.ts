import { invalidArgument } from '../errors.ts';
import type { OssRequest } from '../request.ts';
import type { Requester } from '../rights/requester.ts';
import { ANONYMOUS } from '../rights/requester.ts';
import { headerV1 } from './header-v1.ts';
import { headerV4 } from './header-v4.ts';
import { queryV1 } from './query-v1.ts';
import { queryV4 } from './query-v4.ts';
import type { AuthenticationContext, AuthenticationScheme } from './scheme.ts';

/** Tried in turn; the first that claims a request decides. */
const SCHEMES: readonly AuthenticationScheme[] = [headerV4, headerV1, queryV4, queryV1];

/** Who the request comes from. Throws what OSS answers when it is signed, but not with a good key. */
export function authenticate(request: OssRequest, context: AuthenticationContext): Requester {
  const authorization = request.headers['authorization'];
  const inQuery = SCHEMES.some(({ place, claims }) => place === 'query' && claims(request));
  if (authorization !== undefined && inQuery)
    throw invalid(
      authorization,
      'A request must be signed either in the Authorization header or in the query string, not both.',
    );
  const scheme = SCHEMES.find(({ claims }) => claims(request));
  if (scheme !== undefined) return scheme.verify(request, context);
  if (authorization === '') throw invalid('', 'Authorization header value is empty.');
  if (authorization !== undefined) throw invalid(authorization, 'Authorization header is invalid.');
  return ANONYMOUS;
}

function invalid(authorization: string, message: string): Error {
  return invalidArgument('Authorization', authorization, message);
}
