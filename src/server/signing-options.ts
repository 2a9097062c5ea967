import { checkInteger } from '../oss/check-integer.ts';
import type { Credentials } from '../oss/credentials.ts';
import {
  type Endpoint,
  type EndpointOptions,
  resolveEndpoints,
  type SeveralEndpointOptions,
} from '../oss/endpoint.ts';
import { isRecord } from '../oss/is-record.ts';
import { quote } from '../oss/names.ts';

/** How requests are signed: V4, or V1 where a bucket or a proxy knows no V4. */
export type SignatureVersion = 4 | 1;

/** What V4 lets an address or a form live, in seconds: seven days (OSS docs, "Add signatures to URLs"). */
export const MAX_LIFETIME_V4 = 604_800;

/** V1 ends at a second of the epoch, and knows no limit of its own. */
const MAX_LIFETIME_V1 = 2 ** 31 - 1;

/** Bytes of a callback and of its variables, in base64 (OSS docs, "Callback"). */
const MAX_CALLBACK_BYTES = 5 * 1024;

/** @throws TypeError naming the option. */
export function checkVersion(version: unknown = 4): SignatureVersion {
  if (version === 4 || version === 1) return version;
  throw new TypeError(`Expected \`version\` to be 4 or 1; got ${quote(version)}.`);
}

/** Where the bucket is; V1 signs no region, so that an endpoint is enough for it. */
export function locate(options: EndpointOptions, version: SignatureVersion): Endpoint {
  return locateAll(options, version)[0];
}

/** The same, where it has several endpoints; the first stands for it. */
export function locateAll(
  options: SeveralEndpointOptions,
  version: SignatureVersion,
): readonly [Endpoint, ...Endpoint[]] {
  const { endpoint, endpoints } = options;
  const needsNoRegion = version === 1 && (endpoint ?? endpoints) !== undefined;
  const region = options.region ?? (needsNoRegion ? 'unsigned' : undefined);
  return resolveEndpoints({ ...options, region }, undefined);
}

/** @throws TypeError naming the field, and never what is in it. */
export function checkCredentials(value: unknown): Credentials {
  const given = isRecord(value) ? value : {};
  const { accessKeyId, accessKeySecret, securityToken, expiration } = given;
  const key = {
    accessKeyId: checkFilled('accessKeyId', accessKeyId),
    accessKeySecret: checkFilled('accessKeySecret', accessKeySecret),
  };
  const token =
    securityToken === undefined
      ? {}
      : { securityToken: checkFilled('securityToken', securityToken) };
  if (expiration === undefined) return { ...key, ...token };
  if (typeof expiration !== 'string' || Number.isNaN(Date.parse(expiration))) {
    throw new TypeError('Expected `credentials.expiration` to be an ISO 8601 date.');
  }
  return { ...key, ...token, expiration };
}

/** @throws TypeError or RangeError naming the option. */
export function checkLifetime(expiresIn: unknown, version: SignatureVersion): number {
  return checkInteger('expiresIn', expiresIn, 1, version === 4 ? MAX_LIFETIME_V4 : MAX_LIFETIME_V1);
}

/**
 * When something that was signed ends, in epoch milliseconds: what temporary keys have signed ends with them.
 *
 * @throws RangeError for credentials that have ended.
 */
export function endOf({ expiration }: Credentials, now: number, expiresIn: number): number {
  const end = expiration === undefined ? Number.POSITIVE_INFINITY : Date.parse(expiration);
  if (end > now) return Math.min(now + expiresIn * 1000, end);
  throw new RangeError('Expected `credentials` that are still good; their `expiration` is past.');
}

/** @throws TypeError or RangeError naming the option. */
export function checkCallback(option: string, value: unknown): string {
  if (typeof value !== 'string' || !/^[A-Za-z\d+/]+={0,2}$/.test(value)) {
    throw new TypeError(`Expected \`${option}\` to be base64 of the callback's JSON.`);
  }
  if (value.length <= MAX_CALLBACK_BYTES) return value;
  throw new RangeError(
    `Expected \`${option}\` to be at most ${MAX_CALLBACK_BYTES} bytes of base64; got ${value.length}.`,
  );
}

/**
 * Whether a text can be the value of a header that is signed: ASCII without line breaks. Other characters are signed as
 * UTF-8 and sent as Latin-1, so that the signature would not match.
 */
export function isHeaderValue(value: unknown): value is string {
  return typeof value === 'string' && /^[\t\x20-\x7e]*$/.test(value);
}

function checkFilled(field: string, value: unknown): string {
  if (typeof value === 'string' && value !== '' && value.trim() === value) return value;
  throw new TypeError(
    `Expected \`credentials.${field}\` to be a non-empty string without blanks around it.`,
  );
}
