import { OssError } from '../errors.ts';
import { queryValue } from '../request.ts';
import type { OperationContext } from './operation.ts';

const OVERRIDES = {
  'response-content-type': 'Content-Type',
  'response-content-language': 'content-language',
  'response-expires': 'expires',
  'response-cache-control': 'cache-control',
  'response-content-disposition': 'content-disposition',
  'response-content-encoding': 'content-encoding',
} as const;

/**
 * Headers that `response-…` parameters put in place of the object's own (OSS docs, GetObject). Throws InvalidRequest
 * when the request is not signed.
 */
export function responseOverrides({
  request,
  requester,
}: OperationContext): Record<string, string> {
  const overrides: Record<string, string> = {};
  for (const [parameter, header] of Object.entries(OVERRIDES)) {
    const value = queryValue(request, parameter);
    // Bytes as Latin-1 characters, which is how Node writes headers.
    if (value !== undefined) overrides[header] = Buffer.from(value).toString('latin1');
  }
  if (Object.keys(overrides).length === 0 || requester.kind !== 'anonymous') return overrides;
  throw new OssError('InvalidRequest', {
    message: 'Request specific response headers cannot be used for anonymous GET requests.',
  });
}
