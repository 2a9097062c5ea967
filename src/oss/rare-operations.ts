import type { ConfirmedPart } from '../ports.ts';
import { crc64Of, dateOf, etagOf, requestIdOf, rootOf } from './answers.ts';
import type { OssClient } from './client.ts';
import { unquoted } from './multipart-etag.ts';
import type { ObjectHead, SendOptions } from './operations.ts';
import { incompleteAnswer } from './service-error.ts';
import { childText, type XmlElement } from './xml.ts';

// Operations that an upload needs which does not go as it should, as those of `OssClient`.

/** One page of what the server holds, ascending by part number. */
export async function listParts(
  client: OssClient,
  key: string,
  uploadId: string,
  marker: number,
  options: SendOptions,
): Promise<{ parts: ConfirmedPart[]; next: number | undefined }> {
  const operation = 'ListParts';
  const query = [
    ['encoding-type', 'url'],
    ['max-parts', '1000'],
    ['part-number-marker', String(marker)],
    ['uploadId', uploadId],
  ] as const;
  const response = await client.send({ ...options, operation, method: 'GET', key, query });
  const root = rootOf(response, 'ListPartsResult');
  if (root === undefined) throw incompleteAnswer(operation, response);
  const parts = root.children.filter(({ name }) => name === 'Part').map(readPart);
  if (childText(root, 'IsTruncated') !== 'true') return { parts, next: undefined };
  const next = Number(childText(root, 'NextPartNumberMarker'));
  // A marker that does not move would have us ask for the same page for ever.
  if (!(next > marker)) throw incompleteAnswer(operation, response);
  return { parts, next };
}

export async function abortUpload(
  client: OssClient,
  key: string,
  uploadId: string,
  options: SendOptions,
): Promise<void> {
  await client.send({
    ...options,
    operation: 'AbortMultipartUpload',
    method: 'DELETE',
    key,
    query: [['uploadId', uploadId]],
  });
}

/** @throws `UploadError` of kind `protocol` where something else answered in place of OSS. */
export async function headObject(
  client: OssClient,
  key: string,
  options: SendOptions,
): Promise<ObjectHead> {
  const operation = 'HeadObject';
  const response = await client.send({ ...options, operation, method: 'HEAD', key });
  const lastModified = dateOf(response, 'last-modified');
  // OSS dates every object, and no bucket can hide that. Without a body, nothing else tells OSS from a login page.
  if (lastModified === undefined) throw incompleteAnswer(operation, response);
  const size = response.header('content-length');
  return {
    size: size === undefined ? undefined : Number(size),
    etag: etagOf(response),
    crc64: crc64Of(response),
    lastModified,
    requestId: requestIdOf(response),
  };
}

/** A part as ListParts writes it. */
function readPart(part: XmlElement): ConfirmedPart {
  const crc64 = childText(part, 'HashCrc64ecma');
  return {
    partNumber: Number(childText(part, 'PartNumber')),
    size: Number(childText(part, 'Size')),
    etag: unquoted(childText(part, 'ETag') ?? ''),
    ...(crc64 === undefined || crc64 === '' ? {} : { crc64 }),
  };
}
