/** An element of an answer of OSS: its text, or its children. */
export interface XmlElement {
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

/**
 * Reads the small XML that OSS answers with: elements and text, no attributes, namespaces ignored.
 *
 * Written here because it must work in a worker, where there is no DOMParser, and because the smallest
 * well-kept parser found was a third of the size that the whole uploader may have. Entities are the five of
 * XML and character references; a document type, and with it every entity bomb, is skipped unread.
 *
 * Returns nothing for whatever is not one complete element: a cut-off body must not pass for an answer.
 */
export function readXml(source: string): XmlElement | undefined {
  const root: OpenElement = { name: '', text: '', children: [] };
  const open = [root];
  for (const [, closing, name, rest, text] of source.matchAll(TOKEN)) {
    const current = open.at(-1) ?? root;
    if (text !== undefined) {
      current.text += decode(text);
    } else if (name === undefined) {
      // A comment, a declaration or a document type.
    } else if (closing === '/') {
      if (open.length === 1 || current.name !== localName(name)) return undefined;
      open.pop();
    } else {
      const element: OpenElement = { name: localName(name), text: '', children: [] };
      current.children.push(element);
      if (!rest?.endsWith('/')) open.push(element);
    }
  }
  return open.length === 1 && root.children.length === 1 ? root.children[0] : undefined;
}

/** The trimmed text of the first child of that name. */
export function childText(element: XmlElement | undefined, name: string): string | undefined {
  return element?.children.find((child) => child.name === name)?.text.trim();
}

/** Text as it stands between tags. */
export function escapeXml(text: string): string {
  return text.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

interface OpenElement {
  name: string;
  text: string;
  children: OpenElement[];
}

// No two ways to read the same characters: however hostile a text, it is read in one go.
const TOKEN = /<(?:[?!][^<>]*|(\/?)([^\s/<>?!]+)((?:[\s/][^<>]*)?))>|([^<]+)/g;

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

function decode(text: string): string {
  return text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, named) => {
    if (named !== undefined) return ENTITIES.get(String(named)) ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(String(hex), 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
