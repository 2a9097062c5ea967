import { OssError } from '../errors.ts';
import type { XmlTree } from '../xml.ts';
import { childrenOf, readXml, textOf } from '../xml.ts';
import type { OperationContext } from './operation.ts';
import { receiveDocument } from './receive-content.ts';

/**
 * Receives a configuration, and returns what is inside its root. Throws InvalidDigest, and MalformedXML when it is
 * longer than the limit, in bytes, or has another root.
 */
export async function receiveConfiguration(
  context: OperationContext,
  root: string,
  limit: number,
): Promise<XmlTree> {
  const text = (await receiveDocument(context, limit)) ?? '';
  const document = readXml(text);
  const [tree] = document === undefined ? [] : childrenOf(document, root);
  if (tree === undefined) throw new OssError('MalformedXML');
  return tree;
}

/** Texts of all children of that name. Throws MalformedXML for one that is no text. */
export function textsOf(tree: XmlTree, name: string): string[] {
  return childrenOf(tree, name).map((child) => {
    const text = textOf({ child }, 'child');
    if (text === undefined) throw new OssError('MalformedXML');
    return text.trim();
  });
}

/** Text of a child that may be absent, but not occur twice. Throws MalformedXML. */
export function optionalText(tree: XmlTree, name: string): string | undefined {
  const [text, ...others] = textsOf(tree, name);
  if (others.length > 0) throw new OssError('MalformedXML');
  return text;
}

/** `true` or `false`. Throws MalformedXML for anything else. */
export function optionalBoolean(tree: XmlTree, name: string): boolean | undefined {
  const text = optionalText(tree, name);
  if (text === undefined) return undefined;
  if (text !== 'true' && text !== 'false') throw new OssError('MalformedXML');
  return text === 'true';
}
