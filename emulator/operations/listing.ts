import { invalidArgument } from '../errors.ts';
import { percentEncode } from '../names.ts';
import type { OssRequest } from '../request.ts';
import { queryValue } from '../request.ts';
import type { XmlElement } from '../xml.ts';

/** An integer parameter within bounds, or its default. Throws InvalidArgument. */
export function integerParameter(
  request: OssRequest,
  name: string,
  { least, most, otherwise }: { least: number; most: number; otherwise: number },
): number {
  const text = queryValue(request, name);
  if (text === undefined || text === '') return otherwise;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  const message = `Argument ${name} must be an integer between ${least} and ${most}.`;
  throw invalidArgument(name, text, message);
}

/** The order of lists: that of the UTF-8 bytes. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** The common prefix that a key is folded into; undefined when the key stands for itself. */
export function foldedPrefix(key: string, prefix: string, delimiter: string): string | undefined {
  const start = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
  return start < 0 ? undefined : key.slice(0, start + delimiter.length);
}

/** How an answer writes keys: as they are, or percent-encoded because the request asked for it. */
export interface KeyEncoding {
  /** The EncodingType element, if any. */
  readonly elements: readonly XmlElement[];
  encode(key: string): string;
}

/** Reads `encoding-type`. Throws InvalidArgument for anything but `url`. */
export function keyEncoding(request: OssRequest): KeyEncoding {
  const type = queryValue(request, 'encoding-type');
  if (type === undefined) return { elements: [], encode: (key) => key };
  if (type === 'url') return { elements: [['EncodingType', 'url']], encode: percentEncode };
  throw invalidArgument('encoding-type', type, 'Invalid Encoding Method specified in Request.');
}
