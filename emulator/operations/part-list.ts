import { OssError } from '../errors.ts';
import type { PartRecord, UploadRecord } from '../storage/records.ts';
import type { XmlTree } from '../xml.ts';
import { childrenOf, readXml, textOf } from '../xml.ts';

/** A part as the client lists it. */
export interface ListedPart {
  readonly partNumber: number;
  readonly etag: string;
}

/** 100 KB (OSS docs, CompleteMultipartUpload). */
const MIN_PART_SIZE = 102_400;

/** Reads the body of CompleteMultipartUpload. Throws MalformedXML and InvalidPartOrder. */
export function parsePartList(text: string): ListedPart[] {
  const document = readXml(text);
  const [list] = document === undefined ? [] : childrenOf(document, 'CompleteMultipartUpload');
  const parts = list === undefined ? [] : childrenOf(list, 'Part').map(parsePart);
  if (parts.length === 0) throw new OssError('MalformedXML');
  let previous = 0;
  for (const { partNumber } of parts) {
    if (partNumber < 1 || partNumber > 10_000)
      throw new OssError('InvalidPartOrder', {
        message: 'Part number must be an integer between 1 and 10000, inclusive.',
      });
    if (partNumber <= previous) throw new OssError('InvalidPartOrder');
    previous = partNumber;
  }
  return parts;
}

function parsePart(tree: XmlTree): ListedPart {
  const number = textOf(tree, 'PartNumber')?.trim() ?? '';
  const etag = textOf(tree, 'ETag')?.trim();
  if (!/^-?\d+$/.test(number) || etag === undefined) throw new OssError('MalformedXML');
  return { partNumber: Number(number), etag };
}

/**
 * The stored parts that the client lists. Throws InvalidPart for one that is missing or has another ETag, which may
 * be written with or without quotes and in either case, and EntityTooSmall for one under 100 KB that is not the last.
 */
export function selectParts(
  upload: UploadRecord,
  listed: readonly ListedPart[],
  missingPartCode: 'InvalidPart' | 'FilePartNotExist',
): PartRecord[] {
  const parts = listed.map(({ partNumber, etag }) => {
    const part = upload.parts.get(partNumber);
    if (part !== undefined && part.etag === etag.replaceAll('"', '').toUpperCase()) return part;
    throw new OssError(part === undefined ? missingPartCode : 'InvalidPart', {
      extras: [
        ['ETag', etag],
        ['PartNumber', partNumber],
        ['UploadId', upload.uploadId],
      ],
    });
  });
  assertSizes(parts);
  return parts;
}

/** Throws EntityTooSmall unless every part but the last has at least 100 KB. */
export function assertSizes(parts: readonly PartRecord[]): void {
  const tooSmall = parts.slice(0, -1).find(({ bytes }) => bytes.size < MIN_PART_SIZE);
  if (tooSmall === undefined) return;
  throw new OssError('EntityTooSmall', {
    extras: [
      ['ProposedSize', tooSmall.bytes.size],
      ['MinSizeAllowed', MIN_PART_SIZE],
      ['PartNumber', tooSmall.partNumber],
      ['ETag', `"${tooSmall.etag}"`],
    ],
  });
}
