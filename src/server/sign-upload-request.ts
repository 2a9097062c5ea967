import type { Credentials } from '../oss/credentials.ts';
import type { Endpoint } from '../oss/endpoint.ts';
import { objectUrl } from '../oss/object-url.ts';
import { createSignV1, toGmtDate } from '../oss/signature-v1.ts';
import { createSignV4, type SignV4, toOssDate } from '../oss/signature-v4.ts';
import type { SignedRequest } from '../oss/signing-request.ts';
import { signQueryV1, signQueryV4 } from './signed-query.ts';
import type { SignatureVersion } from './signing-options.ts';
import type { UploadRequest } from './upload-requests.ts';

export interface UploadRequestSigning {
  readonly endpoint: Endpoint;
  readonly credentials: Credentials;
  /** Epoch milliseconds. */
  readonly now: number;
}

export type SignUploadRequest = (
  request: UploadRequest,
  signing: UploadRequestSigning,
) => Promise<SignedRequest>;

/** Signs requests that were found good. By V4, what is put has the size that was allowed, and no other. */
export function createSignUploadRequest(
  version: SignatureVersion,
  as: 'headers' | 'url',
): SignUploadRequest {
  if (as === 'url') return version === 4 ? signUrlV4 : signUrlV1;
  if (version === 1) return signHeadersV1;
  const sign = createSignV4();
  return (request, signing) => signHeadersV4(request, signing, sign);
}

async function signHeadersV4(
  request: UploadRequest,
  { endpoint, credentials, now }: UploadRequestSigning,
  sign: SignV4,
): Promise<SignedRequest> {
  const added = {
    'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
    'x-oss-date': toOssDate(now),
    ...tokenHeader(credentials),
  };
  const signable = withSize(request);
  const { authorization } = await sign(
    { ...signable, headers: { ...signable.headers, ...added } },
    { ...credentials, region: endpoint.region },
  );
  return { headers: { ...added, authorization } };
}

async function signHeadersV1(
  request: UploadRequest,
  { credentials, now }: UploadRequestSigning,
): Promise<SignedRequest> {
  const added = { 'x-oss-date': toGmtDate(now), ...tokenHeader(credentials) };
  const query = Object.entries(request.query);
  const headers = { ...request.headers, ...added };
  const { authorization } = await createSignV1()({ ...request, query, headers }, credentials);
  return { headers: { ...added, authorization } };
}

async function signUrlV4(
  request: UploadRequest,
  { endpoint, credentials, now }: UploadRequestSigning,
): Promise<SignedRequest> {
  const { region } = endpoint;
  const { expiresIn } = request;
  const { query } = await signQueryV4(withSize(request), { credentials, region, now, expiresIn });
  return { url: objectUrl(endpoint, request.key, query) };
}

async function signUrlV1(
  request: UploadRequest,
  { endpoint, credentials, now }: UploadRequestSigning,
): Promise<SignedRequest> {
  // Whole seconds: rounded up, so that it holds for as long as was asked.
  const expires = Math.ceil(now / 1000) + request.expiresIn;
  const signable = { ...request, query: Object.entries(request.query) };
  const { query } = await signQueryV1(signable, { credentials, expires });
  return { url: objectUrl(endpoint, request.key, query) };
}

// Every sender writes Content-Length by itself; only what is put has a size worth pinning.
function withSize(request: UploadRequest): Parameters<SignV4>[0] {
  const query = Object.entries(request.query);
  if (request.method !== 'PUT') return { ...request, query };
  const headers = { ...request.headers, 'content-length': String(request.size) };
  return { ...request, query, headers, additionalHeaders: ['content-length'] };
}

function tokenHeader({ securityToken }: Credentials): Readonly<Record<string, string>> {
  return securityToken === undefined ? {} : { 'x-oss-security-token': securityToken };
}
