import { invalidArgument, OssError } from '../errors.ts';
import type { OssRequest } from '../request.ts';
import { queryValue } from '../request.ts';

/**
 * The token of a signed URL, undefined when there is none. Throws InvalidArgument when a header has one as well, and
 * InvalidRequest when only a header has (OSS docs, "Add signatures to a URL", "HTTP status code 400").
 */
export function urlToken(request: OssRequest, parameter: string): string | undefined {
  const token = queryValue(request, parameter);
  if (request.headers['x-oss-security-token'] === undefined) return token;
  if (token === undefined)
    throw new OssError('InvalidRequest', {
      message: 'Security-token must be provided by query string parameter.',
    });
  const message =
    'The security token should be specified either in query string or header, not both.';
  throw invalidArgument(parameter, token, message);
}
