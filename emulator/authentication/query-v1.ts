import { OssError } from '../errors.ts';
import type { OssRequest } from '../request.ts';
import { queryValue } from '../request.ts';
import type { Requester } from '../rights/requester.ts';
import { assertSameSignature } from './compare-signatures.ts';
import type { AuthenticationContext, AuthenticationScheme } from './scheme.ts';
import { urlToken } from './security-token.ts';
import { signV1, stringToSignV1 } from './signature-v1.ts';

/** Signature V1 in the URL (OSS docs, "Add signatures to a URL"). */
export const queryV1: AuthenticationScheme = {
  place: 'query',
  claims: (request) => NAMES.some((name) => queryValue(request, name) !== undefined),
  verify,
};

const NAMES = ['OSSAccessKeyId', 'Expires', 'Signature'] as const;

/** The expiry is judged before the key and the signature. */
function verify(request: OssRequest, { keys, now }: AuthenticationContext): Requester {
  const [accessKeyId = '', expires = '', signature = ''] = NAMES.map((name) =>
    queryValue(request, name),
  );
  if (accessKeyId === '' || expires === '' || signature === '')
    throw denied(
      'Query-string authentication requires the Signature, Expires and OSSAccessKeyId parameters.',
    );
  if (!/^\d{1,15}$/.test(expires))
    throw denied('Invalid date (should be seconds since epoch).', '0002-00000070');
  if (Number(expires) * 1000 < now()) throw denied('Request has expired.');
  const token = urlToken(request, 'security-token');
  const { secret, requester } = keys.keyFor(accessKeyId, token);
  const text = stringToSignV1(request, expires);
  const expected = signV1(secret, text);
  assertSameSignature({ accessKeyId, provided: signature, expected, stringToSign: text });
  return requester;
}

function denied(message: string, ec?: string): OssError {
  return new OssError('AccessDenied', { message, ...(ec !== undefined && { ec }) });
}
