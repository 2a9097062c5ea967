import { xmlAnswer } from '../answer.ts';
import { OssError } from '../errors.ts';
import { OBJECT_ACL, objectAcl } from './object-acl.ts';
import type { Operation } from './operation.ts';
import { requireObject } from './operation.ts';
import { ownerElement } from './owner.ts';

/** `PUT /key?acl` (OSS docs, PutObjectACL). */
export const putObjectAcl: Operation = async (context) => {
  const { request, store } = context;
  const value = request.headers[OBJECT_ACL];
  if (value === undefined)
    throw new OssError('MissingArgument', { extras: [['ArgumentName', OBJECT_ACL]] });
  const acl = objectAcl(value);
  const { acl: _, ...object } = requireObject(context);
  store.putObject({ ...object, ...acl });
  await store.saved();
  return { status: 200 };
};

/** `GET /key?acl` (OSS docs, GetObjectACL). */
export const getObjectAcl: Operation = (context) => {
  const { acl = 'default' } = requireObject(context);
  const grants = ['AccessControlList', [['Grant', acl]]] as const;
  return Promise.resolve(xmlAnswer(['AccessControlPolicy', [ownerElement(), grants]]));
};
