import type { RequestSigner } from './authorization.ts';
import { createOrderV4, toOssDate } from './signature-v4.ts';

/** Signs requests with V4, in their headers; whoever sends them carries it out. */
export function createRequestSignerV4(): RequestSigner {
  const order = createOrderV4();
  return async ({ method, key, query, headers: own }, { bucket, region }, credentials, now) => {
    const { securityToken } = credentials;
    const headers = {
      ...own,
      'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
      'x-oss-date': toOssDate(now),
      ...(securityToken === undefined ? {} : { 'x-oss-security-token': securityToken }),
    };
    const signing = await order(
      { method, bucket, key, query, headers },
      { ...credentials, region },
    );
    return { headers, signing };
  };
}
