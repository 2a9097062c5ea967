import type { RequestSigner } from './authorization.ts';
import { createSignV4, toOssDate } from './signature-v4.ts';

/** Signs requests with V4, in their headers. */
export function createRequestSignerV4(): RequestSigner {
  const sign = createSignV4();
  return async ({ method, key, query, headers: own }, { bucket, region }, credentials, now) => {
    const { securityToken } = credentials;
    const headers = {
      ...own,
      'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
      'x-oss-date': toOssDate(now),
      ...(securityToken === undefined ? {} : { 'x-oss-security-token': securityToken }),
    };
    const { authorization } = await sign(
      { method, bucket, key, query, headers },
      { ...credentials, region },
    );
    return { ...headers, authorization };
  };
}
