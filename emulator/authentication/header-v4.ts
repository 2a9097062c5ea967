import { invalidArgument } from '../errors.ts';
import type { OssRequest } from '../request.ts';
import type { Requester } from '../rights/requester.ts';
import { requireAdditionalHeaders } from './additional-headers.ts';
import { assertNotSkewed } from './clock-skew.ts';
import { assertSameSignature } from './compare-signatures.ts';
import { assertSameDay, parseCredential } from './credential.ts';
import { badDate, basicIso, parseBasicIso, parseHttpDate } from './dates.ts';
import type { AuthenticationContext, AuthenticationScheme } from './scheme.ts';
import {
  ALGORITHM,
  canonicalRequest,
  effectiveAdditionalHeaders,
  sign,
  signingKey,
  stringToSign,
} from './signature-v4.ts';

/** Signature V4 in the Authorization header (OSS docs, "Include a V4 signature in the Authorization header"). */
export const headerV4: AuthenticationScheme = {
  place: 'header',
  claims: (request) => request.headers['authorization']?.startsWith(ALGORITHM) ?? false,
  verify,
};

function verify(request: OssRequest, { keys, region, now }: AuthenticationContext): Requester {
  const header = request.headers['authorization'] ?? '';
  const fields = parseAuthorization(header);
  const source = { argument: 'Authorization', value: header, region };
  const credential = parseCredential(fields.credential, source);
  checkPayloadHash(request);
  const time = requestTime(request);
  assertSameDay(time.timestamp, credential, source);
  assertNotSkewed(time.epoch, now());
  const { accessKeyId } = credential;
  const token = request.headers['x-oss-security-token'];
  const { secret, requester } = keys.keyFor(accessKeyId, token);
  const canonical = canonicalRequest(
    request,
    effectiveAdditionalHeaders(
      requireAdditionalHeaders(fields.additionalHeaders, request.headers, 'Authorization'),
      request.headers,
    ),
  );
  const text = stringToSign(time.timestamp, credential, canonical);
  assertSameSignature({
    accessKeyId,
    provided: fields.signature,
    expected: sign(signingKey(secret, credential), text),
    stringToSign: text,
    canonicalRequest: canonical,
  });
  return requester;
}

interface AuthorizationFields {
  readonly credential: string;
  readonly signature: string;
  /** As written; undefined when there is no such item. */
  readonly additionalHeaders: string | undefined;
}

/** Reads `OSS4-HMAC-SHA256 Credential=…[,AdditionalHeaders=…],Signature=…`; a space may follow each comma. */
function parseAuthorization(header: string): AuthorizationFields {
  const fields = new Map<string, string>();
  for (const part of header.slice(ALGORITHM.length).split(',')) {
    const [, name, value] = /^\s*(\w+)=(.*?)\s*$/.exec(part) ?? [];
    if (name === undefined || value === undefined)
      throw invalid(
        header,
        'Authorization header is invalid, bad num of Items in Authorization header.',
      );
    if (!FIELDS.has(name)) throw invalid(header, 'Unknown parameter in Authorization header.');
    fields.set(name, value);
  }
  const credential = fields.get('Credential') ?? '';
  const signature = fields.get('Signature') ?? '';
  if (credential === '') throw invalid(header, MISSING, '0002-00000213');
  if (signature === '') throw invalid(header, MISSING);
  return { credential, signature, additionalHeaders: fields.get('AdditionalHeaders') };
}

const FIELDS = new Set(['Credential', 'AdditionalHeaders', 'Signature']);

const MISSING = 'AccessKeyId or Signature is missing in Authorization header value.';

function checkPayloadHash(request: OssRequest): void {
  const hash = request.headers['x-oss-content-sha256'] ?? 'UNSIGNED-PAYLOAD';
  if (hash === 'UNSIGNED-PAYLOAD') return;
  const message = 'x-oss-content-sha256 must be UNSIGNED-PAYLOAD.';
  throw invalidArgument('x-oss-content-sha256', hash, message, '0002-00000214');
}

/** `x-oss-date`, else Date; the first as yyyyMMddTHHmmssZ, the second as in RFC 1123. */
function requestTime(request: OssRequest): { timestamp: string; epoch: number } {
  const iso = request.headers['x-oss-date'];
  if (iso !== undefined) {
    const epoch = parseBasicIso(iso);
    if (epoch !== undefined) return { timestamp: iso, epoch };
    throw badDate('x-oss-date must be of the form yyyyMMddTHHmmssZ.', '0002-00000502');
  }
  const date = request.headers['date'];
  if (date === undefined)
    throw badDate('A signed request needs the header x-oss-date or Date.', '0002-00000503');
  const epoch = parseHttpDate(date);
  if (epoch !== undefined) return { timestamp: basicIso(epoch), epoch };
  throw badDate('Date must be of the form EEE, dd MMM yyyy HH:mm:ss GMT.', '0002-00000502');
}

function invalid(header: string, message: string, ec?: string): Error {
  return invalidArgument('Authorization', header, message, ec);
}
