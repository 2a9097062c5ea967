import type { Credentials } from '../oss/credentials.ts';
import type { Query } from '../oss/percent-encoding.ts';
import { signTextV1, stringToSignV1 } from '../oss/signature-v1.ts';
import {
  ALGORITHM,
  canonicalHeaders,
  createSignV4,
  type SignableRequest,
  toOssDate,
} from '../oss/signature-v4.ts';

/** The query of a signed address, and what was signed. */
export interface SignedQuery {
  readonly query: Query;
  readonly stringToSign: string;
  readonly signature: string;
}

export interface QuerySigningV4 {
  readonly credentials: Credentials;
  readonly region: string;
  readonly product?: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Seconds. */
  readonly expiresIn: number;
}

/** Signs an address by V4 (OSS docs, "Add signatures to URLs"). */
export async function signQueryV4(
  request: SignableRequest,
  { credentials, region, product = 'oss', now, expiresIn }: QuerySigningV4,
): Promise<SignedQuery & { readonly canonicalRequest: string }> {
  const { accessKeyId, securityToken } = credentials;
  const date = toOssDate(now);
  const scope = `${date.slice(0, 8)}/${region}/${product}/aliyun_v4_request`;
  const additional = additionalNames(request);
  const query: Query = [
    ...request.query,
    ...(securityToken === undefined ? [] : [['x-oss-security-token', securityToken] as const]),
    ['x-oss-signature-version', ALGORITHM],
    ['x-oss-date', date],
    ['x-oss-expires', String(expiresIn)],
    ['x-oss-credential', `${accessKeyId}/${scope}`],
    ...(additional === '' ? [] : [['x-oss-additional-headers', additional] as const]),
  ];
  const { canonicalRequest, stringToSign, signature } = await createSignV4()(
    { ...request, query, date },
    { ...credentials, region, product },
  );
  return {
    query: [...query, ['x-oss-signature', signature]],
    canonicalRequest,
    stringToSign,
    signature,
  };
}

export interface QuerySigningV1 {
  readonly credentials: Credentials;
  /** Epoch seconds. */
  readonly expires: number;
}

/** Signs an address by V1 (OSS docs, "Add signatures to a URL"). */
export async function signQueryV1(
  request: SignableRequest,
  { credentials, expires }: QuerySigningV1,
): Promise<SignedQuery> {
  const { accessKeyId, accessKeySecret, securityToken } = credentials;
  const query: Query = [
    ...request.query,
    ...(securityToken === undefined ? [] : [['security-token', securityToken] as const]),
  ];
  const stringToSign = stringToSignV1({ ...request, query }, String(expires));
  const signature = await signTextV1(accessKeySecret, stringToSign);
  return {
    query: [
      ...query,
      ['OSSAccessKeyId', accessKeyId],
      ['Expires', String(expires)],
      ['Signature', signature],
    ],
    stringToSign,
    signature,
  };
}

// The names stand in the query that is signed: they are needed before anything else.
function additionalNames(request: SignableRequest): string {
  const always = canonicalHeaders({ headers: request.headers });
  const names = [...canonicalHeaders(request).keys()].filter((name) => !always.has(name));
  return names.join(';');
}
