import { xmlAnswer } from '../answer.ts';
import { OssError } from '../errors.ts';
import { assertKey } from '../names.ts';
import type { XmlElement } from '../xml.ts';
import { childrenOf, textOf } from '../xml.ts';
import { optionalBoolean, receiveConfiguration } from './configuration.ts';
import { keyEncoding } from './listing.ts';
import type { Operation } from './operation.ts';
import { assertMutable } from './operation.ts';

/** 2 MB, and 1000 keys (OSS docs, DeleteMultipleObjects). */
const MAX_DOCUMENT = 2 * 1024 ** 2;
const MAX_KEYS = 1000;

/** `POST /?delete`: names every key that does not exist any more, or nothing when it is to be quiet. */
export const deleteMultipleObjects: Operation = async (context) => {
  const { request, bucket, store, requester, rights } = context;
  const encoding = keyEncoding(request);
  const tree = await receiveConfiguration(context, 'Delete', MAX_DOCUMENT);
  const isQuiet = optionalBoolean(tree, 'Quiet') ?? false;
  const keys = childrenOf(tree, 'Object').map((object) => textOf(object, 'Key'));
  if (keys.length === 0 || keys.length > MAX_KEYS) throw new OssError('MalformedXML');
  const legal = keys.map((key) => {
    if (key === undefined || key === '') throw new OssError('UserKeyMustBeSpecified');
    assertKey(key);
    return key;
  });
  for (const key of legal) rights.assertMay(requester, 'DeleteObject', { bucket, key });
  for (const key of legal) assertMutable({ ...context, key });
  for (const key of legal) store.deleteObject(bucket, key);
  await store.saved();
  if (isQuiet) return { status: 200 };
  const deleted = legal.map((key): XmlElement => ['Deleted', [['Key', encoding.encode(key)]]]);
  return xmlAnswer(['DeleteResult', [...encoding.elements, ...deleted]]);
};
