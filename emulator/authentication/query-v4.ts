import { invalidArgument, OssError } from '../errors.ts';
import type { OssRequest } from '../request.ts';
import { queryValue } from '../request.ts';
import type { Requester } from '../rights/requester.ts';
import { requireAdditionalHeaders } from './additional-headers.ts';
import { assertNotInFuture } from './clock-skew.ts';
import { assertSameSignature } from './compare-signatures.ts';
import { assertSameDay, parseCredential } from './credential.ts';
import { badDate, parseBasicIso } from './dates.ts';
import type { AuthenticationContext, AuthenticationScheme } from './scheme.ts';
import { urlToken } from './security-token.ts';
import {
  ALGORITHM,
  canonicalRequest,
  effectiveAdditionalHeaders,
  sign,
  signingKey,
  stringToSign,
} from './signature-v4.ts';

/** Signature V4 in the URL (OSS docs, "Add signatures to URLs"). */
export const queryV4: AuthenticationScheme = {
  place: 'query',
  claims: (request) => CLAIMING.some((name) => queryValue(request, name) !== undefined),
  verify,
};

const CLAIMING = ['x-oss-signature-version', 'x-oss-signature', 'x-oss-credential'];

/** Seven days, in seconds. */
const MAX_LIFETIME = 604_800;

/** As in V1, the expiry is judged before the key and the signature. */
function verify(request: OssRequest, { keys, region, now }: AuthenticationContext): Requester {
  const version = required(request, 'x-oss-signature-version');
  if (version !== ALGORITHM)
    throw invalidArgument(
      'x-oss-signature-version',
      version,
      `x-oss-signature-version must be ${ALGORITHM}.`,
    );
  const value = required(request, 'x-oss-credential');
  const signature = required(request, 'x-oss-signature');
  const timestamp = required(request, 'x-oss-date', '0002-00000503');
  const lifetime = parseLifetime(required(request, 'x-oss-expires', '0002-00000215'));
  const start = parseBasicIso(timestamp);
  if (start === undefined)
    throw badDate('x-oss-date must be of the form yyyyMMddTHHmmssZ.', '0002-00000502');
  const source = { argument: 'x-oss-credential', value, region };
  const credential = parseCredential(value, source);
  assertSameDay(timestamp, credential, source);
  assertNotInFuture(start, now());
  if (start + lifetime * 1000 < now())
    throw new OssError('AccessDenied', { message: 'Request has expired.' });
  const token = urlToken(request, 'x-oss-security-token');
  const { secret, requester } = keys.keyFor(credential.accessKeyId, token);
  const names = requireAdditionalHeaders(
    queryValue(request, 'x-oss-additional-headers'),
    request.headers,
    'x-oss-additional-headers',
  );
  const query = request.query.filter(([name]) => name !== 'x-oss-signature');
  const canonical = canonicalRequest(
    { ...request, query },
    effectiveAdditionalHeaders(names, request.headers),
  );
  const text = stringToSign(timestamp, credential, canonical);
  assertSameSignature({
    accessKeyId: credential.accessKeyId,
    provided: signature,
    expected: sign(signingKey(secret, credential), text),
    stringToSign: text,
    canonicalRequest: canonical,
  });
  return requester;
}

function parseLifetime(text: string): number {
  const lifetime = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (lifetime >= 1 && lifetime <= MAX_LIFETIME) return lifetime;
  const message = `x-oss-expires must be a number of seconds from 1 to ${MAX_LIFETIME}.`;
  throw invalidArgument('x-oss-expires', text, message);
}

function required(request: OssRequest, name: string, ec?: string): string {
  const value = queryValue(request, name);
  if (value !== undefined && value !== '') return value;
  throw new OssError('AccessDenied', {
    message:
      'Query-string authentication requires the x-oss-signature-version, x-oss-credential, x-oss-date, x-oss-expires and x-oss-signature parameters.',
    ...(ec !== undefined && { ec }),
  });
}
