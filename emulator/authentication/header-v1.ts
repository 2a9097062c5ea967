import { invalidArgument } from '../errors.ts';
import type { OssRequest } from '../request.ts';
import type { Requester } from '../rights/requester.ts';
import { assertNotSkewed } from './clock-skew.ts';
import { assertSameSignature } from './compare-signatures.ts';
import { badDate, parseBasicIso, parseHttpDate } from './dates.ts';
import type { AuthenticationContext, AuthenticationScheme } from './scheme.ts';
import { signV1, stringToSignV1 } from './signature-v1.ts';

/** Signature V1 in the Authorization header (OSS docs, "Include signatures in the Authorization header"). */
export const headerV1: AuthenticationScheme = {
  place: 'header',
  claims: ({ headers }) => /^OSS(?: |$)/.test(headers['authorization'] ?? ''),
  verify,
};

function verify(request: OssRequest, context: AuthenticationContext): Requester {
  const { keys, now, acceptsIsoDateInV1 = false } = context;
  const { headers } = request;
  const { accessKeyId, signature } = parseAuthorization(headers['authorization'] ?? '');
  const date = headers['x-oss-date'] ?? headers['date'];
  if (date === undefined) throw badDate(DATE_MESSAGE, '0002-00000503');
  const epoch = parseHttpDate(date) ?? (acceptsIsoDateInV1 ? parseBasicIso(date) : undefined);
  if (epoch === undefined) throw badDate(DATE_MESSAGE, '0002-00000505');
  assertNotSkewed(epoch, now());
  const { secret, requester } = keys.keyFor(accessKeyId, headers['x-oss-security-token']);
  const text = stringToSignV1(request, date);
  const expected = signV1(secret, text);
  assertSameSignature({ accessKeyId, provided: signature, expected, stringToSign: text });
  return requester;
}

const DATE_MESSAGE = 'OSS authentication requires a valid Date.';

/** Reads `OSS {key id}:{signature}`. */
function parseAuthorization(header: string): { accessKeyId: string; signature: string } {
  const items = header.trim().split(/ +/);
  const [, credentials = ''] = items;
  if (items.length !== 2)
    throw invalid(
      header,
      'Authorization header is invalid, bad num of Items in Authorization header.',
    );
  const colon = credentials.lastIndexOf(':');
  const accessKeyId = credentials.slice(0, Math.max(colon, 0));
  const signature = credentials.slice(colon + 1);
  if (accessKeyId === '' || signature === '')
    throw invalid(header, 'AccessKeyId or Signature is missing in Authorization header value.');
  return { accessKeyId, signature };
}

function invalid(header: string, message: string): Error {
  return invalidArgument('Authorization', header, message);
}
