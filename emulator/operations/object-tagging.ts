import { xmlAnswer } from '../answer.ts';
import { OssError } from '../errors.ts';
import type { Tag } from '../storage/records.ts';
import type { Operation, OperationContext } from './operation.ts';
import { requireObject } from './operation.ts';
import { receiveDocument } from './receive-content.ts';
import { parseTagDocument, tagDocument } from './tags.ts';

/** Ten tags of the longest kind stay far under it, in bytes. */
const MAX_DOCUMENT = 65_536;

/** `PUT /key?tagging`, replacing all tags (OSS docs, PutObjectTagging). */
export const putObjectTagging: Operation = async (context) => {
  const document = await receiveDocument(context, MAX_DOCUMENT);
  if (document === undefined) throw new OssError('MalformedXML');
  await setTags(context, parseTagDocument(document));
  return { status: 200 };
};

/** `GET /key?tagging` (OSS docs, GetObjectTagging). */
export const getObjectTagging: Operation = (context) => {
  const { tags = [] } = requireObject(context).headers;
  return Promise.resolve(xmlAnswer(tagDocument(tags)));
};

/** `DELETE /key?tagging` (OSS docs, DeleteObjectTagging). */
export const deleteObjectTagging: Operation = async (context) => {
  await setTags(context, []);
  return { status: 204 };
};

async function setTags(context: OperationContext, tags: readonly Tag[]): Promise<void> {
  const object = requireObject(context);
  context.store.putObject({ ...object, headers: { ...object.headers, tags } });
  await context.store.saved();
}
