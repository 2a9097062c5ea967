import type { RequestSigner } from './authorization.ts';
import { createSignV1, toGmtDate } from './signature-v1.ts';

/** Signs requests with V1, in their headers; loaded where it is wanted. */
export function createRequestSignerV1(): RequestSigner {
  const sign = createSignV1();
  return async ({ method, key, query, headers: own }, { bucket }, credentials, now) => {
    const { securityToken } = credentials;
    const headers = {
      ...own,
      'x-oss-date': toGmtDate(now),
      ...(securityToken === undefined ? {} : { 'x-oss-security-token': securityToken }),
    };
    const { authorization } = await sign({ method, bucket, key, query, headers }, credentials);
    return { headers: { ...headers, authorization } };
  };
}
