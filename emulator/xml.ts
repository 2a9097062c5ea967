import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** An element: its name, and its text or its children. */
export type XmlElement = readonly [
  name: string,
  content: string | number | boolean | readonly XmlElement[],
];

/** Writes a document, indented as OSS does. */
export function writeXml(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${writeElement(root, '')}`;
}

function writeElement([name, content]: XmlElement, indent: string): string {
  if (typeof content !== 'object')
    return `${indent}<${name}>${escapeText(String(content))}</${name}>\n`;
  const children = content.map((child) => writeElement(child, `${indent}  `)).join('');
  return `${indent}<${name}>\n${children}${indent}</${name}>\n`;
}

function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;');
}

/** A parsed document: text, or children by name, where a name that occurs twice holds an array. */
export type XmlTree = string | { readonly [name: string]: XmlTree | readonly XmlTree[] };

/** Where the parser puts text that stands between elements. */
const TEXT = '#text';

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  // A key may begin or end with a blank.
  trimValues: false,
  // Entities are decoded by decodeEntities: the parser leaves numeric ones as they are.
  processEntities: false,
  removeNSPrefix: true,
});

/** Reads a document; attributes and namespaces are dropped. Undefined when it is not well-formed XML. */
export function readXml(text: string): XmlTree | undefined {
  if (XMLValidator.validate(text) !== true) return undefined;
  const tree = parser.parse(text) as XmlTree;
  // The validator lets several roots pass.
  return Object.keys(tree).filter((name) => name !== TEXT).length === 1 ? tree : undefined;
}

/** The children of that name, always as an array. */
export function childrenOf(tree: XmlTree, name: string): readonly XmlTree[] {
  if (typeof tree === 'string') return [];
  const children = tree[name];
  if (children === undefined) return [];
  return isArray(children) ? children : [children];
}

/** Text of the only child of that name, entities decoded; undefined when there is none, or not only text. */
export function textOf(tree: XmlTree, name: string): string | undefined {
  const [child, ...others] = childrenOf(tree, name);
  return typeof child === 'string' && others.length === 0 ? decodeEntities(child) : undefined;
}

// Array.isArray does not narrow readonly arrays.
function isArray(value: XmlTree | readonly XmlTree[]): value is readonly XmlTree[] {
  return Array.isArray(value);
}

const NAMED_ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  apos: "'",
  gt: '>',
  lt: '<',
  quot: '"',
};

function decodeEntities(text: string): string {
  return text.replaceAll(
    /&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|([a-z]+));/gi,
    (entity, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return NAMED_ENTITIES[name] ?? entity;
      const codePoint =
        hex === undefined ? Number.parseInt(decimal ?? '', 10) : Number.parseInt(hex, 16);
      return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : entity;
    },
  );
}
