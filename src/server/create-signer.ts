import { checkInteger } from '../oss/check-integer.ts';
import type { Credentials, CredentialsProvider } from '../oss/credentials.ts';
import type { Addressing, Endpoint } from '../oss/endpoint.ts';
import { isRecord } from '../oss/is-record.ts';
import { MAX_FILE_SIZE, MAX_PART_SIZE } from '../oss/limits.ts';
import { quote } from '../oss/names.ts';
import type { RequestToSign, SignedRequest } from '../oss/signing-request.ts';
import { readSigningCall } from './read-signing-call.ts';
import { createSignUploadRequest } from './sign-upload-request.ts';
import { createSigningCredentials, secondsLeft } from './signing-credentials.ts';
import {
  checkVersion,
  locateAll,
  MAX_LIFETIME_V4,
  type SignatureVersion,
} from './signing-options.ts';
import { SigningRefusal } from './signing-refusal.ts';
import { checkPermittedHeaders } from './upload-operations.ts';
import { checkUploadRequest, type UploadRequest } from './upload-requests.ts';

export interface SignerOptions {
  /** The bucket's name, or those of all buckets in the region that are uploaded to. */
  readonly bucket: string | readonly string[];
  /** Region id, such as `cn-hangzhou`. V4 needs it, unless `endpoint` tells it. */
  readonly region?: string | undefined;
  /** A host or address: the same that the page has. @default the public endpoint of `region` */
  readonly endpoint?: string | undefined;
  /** All that the page may have, in place of `endpoint`: a signed address is at the one that the page goes to. */
  readonly endpoints?: readonly string[] | undefined;
  /** How buckets are named in addresses. @default by the host, as for uploads */
  readonly addressing?: Addressing | undefined;
  /**
   * What to sign with; a function is asked again when what it gave is about to end. To sign addresses they must last longer than
   * the 15 minutes that uploaders ask for, which is more than the least that STS gives; headers need a minute.
   */
  readonly credentials: Credentials | CredentialsProvider;
  /**
   * Who may upload what: called for every request that is an upload's and within the limits. Anything but `true` is a
   * refusal, and `reason` is told to the page.
   */
  readonly allow: (request: UploadRequest, http: Request) => Decision | Promise<Decision>;
  readonly limits?: SignerLimits | undefined;
  /**
   * Names of further headers that pages may send, such as `x-oss-object-acl`, `x-oss-storage-class`, `x-oss-tagging` or
   * `x-oss-callback`. @default only those that describe an object: its type, its metadata and how it is cached
   */
  readonly permittedHeaders?: readonly string[] | undefined;
  /** Headers hold for 15 minutes; addresses for as long as asked, for anyone who reads them. @default 'headers' */
  readonly as?: 'headers' | 'url' | undefined;
  /**
   * By V4, what is put has the size that `allow` saw; V1 cannot sign it. By V1 nothing is signed for keys with `?` in them.
   *
   * @default 4
   */
  readonly version?: SignatureVersion | undefined;
  /** The time, in epoch milliseconds. @default Date.now */
  readonly now?: (() => number) | undefined;
}

export type Decision = boolean | { readonly reason: string };

export interface SignerLimits {
  /** What the keys of all uploads start with. @default '' */
  readonly keyPrefix?: string | undefined;
  /**
   * Bytes of a file, as the page tells it. What the parts of an upload hold together is known only when it is complete:
   * look at the object's size then. @default 53_687_091_200_000 (48.8 TB)
   */
  readonly fileSize?: number | undefined;
  /** Bytes of a part. @default 5_368_709_120 (5 GiB) */
  readonly partSize?: number | undefined;
  /** @default 100 */
  readonly requestsPerCall?: number | undefined;
  /** Bytes of a call. @default 1_048_576 (1 MiB) */
  readonly callSize?: number | undefined;
  /**
   * Seconds for which a signature may be asked to hold: 900 or more, for that is what uploaders ask for.
   *
   * @default 3600, and 900 in headers, which hold neither longer nor shorter
   */
  readonly expiresIn?: number | undefined;
}

/** Signs the requests of uploads for pages that have no keys. */
export interface Signer {
  /**
   * Answers a page: POST of `{ "requests": RequestToSign[] }` as JSON gets 200 and `{ "signed": SignedRequest[] }` in the
   * same order, or a status from 400 and `{ "error": { "code", "message", "index"? } }`. Nothing is signed unless all are.
   *
   * Rejects with what `allow` and `credentials` throw: that is for the server's own handling of errors.
   */
  handle(request: Request): Promise<Response>;
  /**
   * Signs one request that the caller allows: `allow` is not asked.
   *
   * @throws SigningRefusal for what is no upload's request, or not within the limits.
   */
  sign(request: RequestToSign): Promise<SignedRequest>;
}

/** How far a request's date may be from the server's, in seconds (OSS Errors and Troubleshooting 2019-08-16, §9). */
const HEADERS_HOLD = 900;
/** What is signed in headers arrives within so many seconds; after that the credentials may end. */
const HEADERS_ARRIVE = 60;
/** Uploaders use what was signed ahead within so many seconds: better by credentials that last as long. */
const USED_AHEAD = 300;

/** @throws TypeError or RangeError naming the option. */
export function createSigner(options: SignerOptions): Signer {
  const { allow, as = 'headers', now = Date.now } = options;
  if (typeof allow !== 'function') throw new TypeError('Expected `allow` to be a function.');
  if (as !== 'headers' && as !== 'url') {
    throw new TypeError(`Expected \`as\` to be "headers" or "url"; got ${quote(as)}.`);
  }
  const version = checkVersion(options.version);
  const endpointOf = (bucket: string, base?: string): Endpoint => {
    const all = locateAll({ ...options, bucket }, version);
    return all.find((endpoint) => endpoint.base === base) ?? all[0];
  };
  const buckets = checkBuckets(options.bucket);
  for (const bucket of buckets) endpointOf(bucket);
  const permittedHeaders = checkPermittedHeaders(options.permittedHeaders ?? []);
  const limits = { ...checkLimits(options.limits ?? {}, as), permittedHeaders, buckets, version };
  const credentialsFor = createSigningCredentials(options.credentials, now);
  const signUploadRequest = createSignUploadRequest(version, as);

  /** The function that signs these requests, all with the same credentials. */
  async function signerOf(
    requests: readonly UploadRequest[],
  ): Promise<(request: UploadRequest) => Promise<SignedRequest>> {
    const seconds = Math.max(...requests.map(({ expiresIn }) => expiresIn));
    const isInHeaders = as === 'headers';
    const credentials = await credentialsFor(isInHeaders ? Math.min(seconds, USED_AHEAD) : seconds);
    const time = now();
    assertLast(credentials, time, isInHeaders ? Math.min(seconds, HEADERS_ARRIVE) : seconds);
    return (request) =>
      signUploadRequest(request, {
        endpoint: endpointOf(request.bucket, request.endpoint),
        credentials,
        now: time,
      });
  }

  return {
    async handle(http) {
      try {
        const values = await readSigningCall(http, limits);
        const requests = values.map((value, index) => checkUploadRequest(value, limits, index));
        const decisions = await Promise.all(
          requests.map(async (request) => await allow(request, http)),
        );
        for (const [index, decision] of decisions.entries()) assertAllowed(decision, index);
        const sign = await signerOf(requests);
        return answer(200, { signed: await Promise.all(requests.map(sign)) });
      } catch (error) {
        if (!(error instanceof SigningRefusal)) throw error;
        const { code, message, index } = error;
        return answer(error.status, { error: { code, message, index } });
      }
    },

    async sign(request) {
      const checked = checkUploadRequest(request, limits);
      const sign = await signerOf([checked]);
      return await sign(checked);
    },
  };
}

function answer(status: number, body: object): Response {
  const headers = new Headers({ 'Cache-Control': 'no-store' });
  if (status === 405) headers.set('Allow', 'POST');
  return Response.json(body, { status, headers });
}

function assertAllowed(decision: Decision, index: number): void {
  if (decision === true) return;
  const reason = isRecord(decision) ? decision.reason : undefined;
  throw new SigningRefusal('NotAllowed', reason ?? 'This upload is not allowed.', index);
}

function assertLast(credentials: Credentials, now: number, seconds: number): void {
  const left = secondsLeft(credentials, now);
  if (left >= seconds) return;
  throw new SigningRefusal(
    'CredentialsEndTooSoon',
    `The credentials that sign end in ${Math.max(left, 0)} s; ${seconds} s are needed.`,
  );
}

function checkBuckets(bucket: string | readonly string[]): ReadonlySet<string> {
  const buckets = new Set(typeof bucket === 'string' ? [bucket] : bucket);
  if (buckets.size > 0) return buckets;
  throw new TypeError('Expected `bucket` to name at least one bucket.');
}

type CheckedLimits = Readonly<Record<Exclude<keyof SignerLimits, 'keyPrefix'>, number>> & {
  readonly keyPrefix: string;
};

function checkLimits(limits: SignerLimits, as: 'headers' | 'url'): CheckedLimits {
  const { keyPrefix = '', fileSize = MAX_FILE_SIZE, partSize = MAX_PART_SIZE } = limits;
  const { requestsPerCall = 100, callSize = 1024 ** 2 } = limits;
  const longest = as === 'headers' ? HEADERS_HOLD : MAX_LIFETIME_V4;
  const { expiresIn = Math.min(3600, longest) } = limits;
  if (typeof keyPrefix !== 'string') {
    throw new TypeError(`Expected \`limits.keyPrefix\` to be a text; got ${quote(keyPrefix)}.`);
  }
  const most = Number.MAX_SAFE_INTEGER;
  checkInteger('limits.fileSize', fileSize, 0, MAX_FILE_SIZE);
  checkInteger('limits.partSize', partSize, 1, MAX_PART_SIZE);
  checkInteger('limits.requestsPerCall', requestsPerCall, 1, most);
  checkInteger('limits.callSize', callSize, 1, most);
  checkInteger('limits.expiresIn', expiresIn, HEADERS_HOLD, longest);
  return { keyPrefix, fileSize, partSize, requestsPerCall, callSize, expiresIn };
}
