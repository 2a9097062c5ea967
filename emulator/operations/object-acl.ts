import { invalidArgument } from '../errors.ts';
import type { BucketAcl } from '../types.ts';
import { BUCKET_ACLS } from '../types.ts';

/**
 * The ACL that a header or form field asks for, as part of an object's record; `default` and none leave the object to
 * its bucket's. Throws InvalidArgument (OSS docs, PutObjectACL).
 */
export function objectAcl(value: string | undefined): { readonly acl?: BucketAcl } {
  if (value === undefined || value === 'default') return {};
  const acl = BUCKET_ACLS.find((candidate) => candidate === value);
  if (acl !== undefined) return { acl };
  throw invalidArgument(OBJECT_ACL, value, 'no such object access control exists');
}

/** Header of a request, and name of a form's field. */
export const OBJECT_ACL = 'x-oss-object-acl';
