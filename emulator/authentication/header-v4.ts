import { timingSafeEqual } from 'node:crypto';
import { invalidArgument, OssError } from '../errors.ts';
import type { OssRequest } from '../request.ts';
import { assertNotSkewed } from './clock-skew.ts';
import type { AuthenticationContext, AuthenticationScheme } from './scheme.ts';
import type { Scope } from './signature-v4.ts';
import {
  ALGORITHM,
  canonicalRequest,
  effectiveAdditionalHeaders,
  SCOPE_END,
  sign,
  signingKey,
  stringToSign,
} from './signature-v4.ts';

/** Signature V4 in the Authorization header (OSS docs, "Include a V4 signature in the Authorization header"). */
export const headerV4: AuthenticationScheme = {
  claims: (request) => request.headers['authorization']?.startsWith(ALGORITHM) ?? false,
  verify,
};

function verify(request: OssRequest, { keys, region, now }: AuthenticationContext): void {
  const authorization = parseAuthorization(request.headers['authorization'] ?? '');
  const scope = checkScope(authorization, region);
  checkPayloadHash(request);
  const time = requestTime(request);
  if (time.timestamp.slice(0, 8) !== scope.date)
    throw invalid('The signing date does not match the request date.', '0002-00000212');
  assertNotSkewed(time.epoch, now());
  const secret = keys.secretFor(authorization.accessKeyId, request.headers['x-oss-security-token']);
  const canonical = canonicalRequest(
    request,
    effectiveAdditionalHeaders(authorization.additionalHeaders, request.headers),
  );
  const text = stringToSign(time.timestamp, scope, canonical);
  if (isSame(sign(signingKey(secret, scope), text), authorization.signature)) return;
  throw new OssError('SignatureDoesNotMatch', {
    extras: [
      ['OSSAccessKeyId', authorization.accessKeyId],
      ['SignatureProvided', authorization.signature],
      ['StringToSign', text],
      ['StringToSignBytes', hexBytes(text)],
      ['CanonicalRequest', Buffer.from(canonical, 'latin1').toString('utf8')],
    ],
  });
}

interface Authorization extends Scope {
  readonly accessKeyId: string;
  readonly scopeEnd: string;
  readonly additionalHeaders: readonly string[];
  readonly signature: string;
}

/** Reads `OSS4-HMAC-SHA256 Credential=…[,AdditionalHeaders=…],Signature=…`; a space may follow each comma. */
function parseAuthorization(header: string): Authorization {
  const fields = new Map<string, string>();
  for (const part of header.slice(ALGORITHM.length).split(',')) {
    const [, name, value] = /^\s*(\w+)=(.*?)\s*$/.exec(part) ?? [];
    if (name === undefined || value === undefined)
      throw invalid('Authorization header has an item that is not of the form name=value.');
    if (!FIELDS.has(name)) throw invalid(`Authorization header has an unknown parameter: ${name}.`);
    fields.set(name, value);
  }
  const credential = fields.get('Credential') ?? '';
  const signature = fields.get('Signature') ?? '';
  if (credential === '') throw invalid('Authorization header lacks Credential.', '0002-00000213');
  if (signature === '') throw invalid('Authorization header lacks Signature.');
  const additionalHeaders = fields.get('AdditionalHeaders');
  if (additionalHeaders === '')
    throw invalid('AdditionalHeaders of the Authorization header is empty.', '0002-00000209');
  const [accessKeyId = '', date = '', region = '', product = '', scopeEnd = '', ...rest] =
    credential.split('/');
  if (accessKeyId === '' || rest.length > 0)
    throw invalid('Credential of the Authorization header is invalid.', '0002-00000213');
  return {
    accessKeyId,
    date,
    region,
    product,
    scopeEnd,
    additionalHeaders: additionalHeaders?.split(';') ?? [],
    signature,
  };
}

const FIELDS = new Set(['Credential', 'AdditionalHeaders', 'Signature']);

function checkScope(authorization: Authorization, region: string): Scope {
  if (authorization.scopeEnd !== SCOPE_END)
    throw invalid(`Credential must end in ${SCOPE_END}.`, '0002-00000213');
  if (!/^\d{8}$/.test(authorization.date))
    throw invalid('The signing date of Credential must be yyyyMMdd.', '0002-00000212');
  if (authorization.product !== 'oss')
    throw invalid('The product of Credential must be oss.', '0002-00000227');
  if (authorization.region !== region)
    throw invalid(`The region of Credential must be ${region}.`, '0002-00000226');
  return authorization;
}

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
    const [, year, month, day, hour, minute, second] =
      /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(iso) ?? [];
    const epoch = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
    if (Number.isNaN(epoch)) throw badDate('x-oss-date must be of the form yyyyMMddTHHmmssZ.');
    return { timestamp: iso, epoch };
  }
  const date = request.headers['date'];
  if (date === undefined)
    throw badDate('A signed request needs the header x-oss-date or Date.', '0002-00000503');
  const epoch = /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/.test(date)
    ? Date.parse(date)
    : Number.NaN;
  if (Number.isNaN(epoch)) throw badDate('Date must be of the form EEE, dd MMM yyyy HH:mm:ss GMT.');
  return { timestamp: basicIso(epoch), epoch };
}

function basicIso(epoch: number): string {
  return new Date(epoch).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
}

function isSame(expected: string, provided: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(provided)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function hexBytes(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => byte.toString(16).toUpperCase().padStart(2, '0'))
    .join(' ');
}

function badDate(message: string, ec = '0002-00000502'): OssError {
  return new OssError('AccessDenied', { message, ec });
}

function invalid(message: string, ec?: string): OssError {
  return invalidArgument('Authorization', 'redacted', message, ec);
}
