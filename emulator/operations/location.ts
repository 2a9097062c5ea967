import { percentEncode } from '../names.ts';
import type { OssRequest } from '../request.ts';

/** Where an object can be read, in the form in which the request addressed its bucket. */
export function locationOf(
  request: Pick<OssRequest, 'host' | 'isVirtualHosted'>,
  bucket: string,
  key: string,
): string {
  const path = percentEncode(key).replaceAll('%2F', '/');
  return request.isVirtualHosted
    ? `http://${request.host}/${path}`
    : `http://${request.host}/${bucket}/${path}`;
}
