import { invalidArgument, OssError } from '../errors.ts';
import type { Tag } from '../storage/records.ts';
import type { XmlElement } from '../xml.ts';
import { childrenOf, readXml, textOf } from '../xml.ts';

/** OSS docs, "Object tagging": their number, and bytes of each. */
const MAX_TAGS = 10;
const MAX_KEY = 128;
const MAX_VALUE = 256;

/** Reads `x-oss-tagging`, tags written like a query string. Throws InvalidArgument and InvalidTag. */
export function parseTagHeader(header: string): Tag[] {
  const tags = header.split('&').map((pair): Tag => {
    const equals = pair.indexOf('=');
    const [key, value] = equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
    return { key: decode(key, header), value: decode(value, header) };
  });
  if (hasDuplicates(tags)) throw badHeader(header);
  assertTags(tags);
  return tags;
}

/** Reads the body of PutObjectTagging. Throws MalformedXML and InvalidTag. */
export function parseTagDocument(text: string): Tag[] {
  const document = readXml(text);
  const [tagging] = document === undefined ? [] : childrenOf(document, 'Tagging');
  const [set] = tagging === undefined ? [] : childrenOf(tagging, 'TagSet');
  if (set === undefined) throw new OssError('MalformedXML');
  const tags = childrenOf(set, 'Tag').map((tag): Tag => {
    const key = textOf(tag, 'Key');
    if (key === undefined) throw new OssError('MalformedXML');
    return { key, value: textOf(tag, 'Value') ?? '' };
  });
  if (hasDuplicates(tags))
    throw new OssError('InvalidTag', { message: 'Tag keys must be unique.' });
  assertTags(tags);
  return tags;
}

/** The document that GetObjectTagging answers with. */
export function tagDocument(tags: readonly Tag[]): XmlElement {
  const elements = tags.map(
    ({ key, value }): XmlElement => [
      'Tag',
      [
        ['Key', key],
        ['Value', value],
      ],
    ],
  );
  return ['Tagging', [['TagSet', elements]]];
}

function assertTags(tags: readonly Tag[]): void {
  if (tags.length > MAX_TAGS)
    throw new OssError('InvalidTag', { message: 'Object tags cannot be greater than 10' });
  for (const { key, value } of tags) {
    if (key === '' || Buffer.byteLength(key) > MAX_KEY || !isText(key))
      throw invalidTag('TagKey', key);
    if (Buffer.byteLength(value) > MAX_VALUE || !isText(value)) throw invalidTag('TagValue', value);
  }
}

/** Letters of any script, digits, blanks and a few signs. */
function isText(text: string): boolean {
  return /^[\p{L}\p{M}\p{N} +\-=._:/]*$/u.test(text);
}

function hasDuplicates(tags: readonly Tag[]): boolean {
  return new Set(tags.map(({ key }) => key)).size < tags.length;
}

function decode(text: string, header: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw badHeader(header);
  }
}

function badHeader(header: string): OssError {
  const message =
    "The header 'x-oss-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.";
  return invalidArgument('x-oss-tagging', header, message);
}

function invalidTag(element: 'TagKey' | 'TagValue', text: string): OssError {
  return new OssError('InvalidTag', {
    message: `The ${element} you have provided is invalid.`,
    extras: [[element, text]],
  });
}
