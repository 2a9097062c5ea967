import { xmlAnswer } from '../answer.ts';
import { OssError } from '../errors.ts';
import type { XmlElement, XmlTree } from '../xml.ts';
import { childrenOf } from '../xml.ts';
import { optionalBoolean, receiveConfiguration, textsOf } from './configuration.ts';
import type { Operation } from './operation.ts';
import { requireBucket } from './operation.ts';

/** 20 KB (OSS docs, PutBucketReferer). */
const MAX_DOCUMENT = 20_480;

/** `PUT /?referer`, replacing the whole configuration (OSS docs, PutBucketReferer). */
export const putBucketReferer: Operation = async (context) => {
  const { bucket, buckets } = context;
  const tree = await receiveConfiguration(context, 'RefererConfiguration', MAX_DOCUMENT);
  const allowEmptyReferer = optionalBoolean(tree, 'AllowEmptyReferer');
  const refererList = listOf(tree, 'RefererList');
  if (allowEmptyReferer === undefined || refererList === undefined)
    throw new OssError('MalformedXML');
  requireBucket(context);
  buckets.configure(bucket, {
    referer: {
      allowEmptyReferer,
      allowTruncateQueryString: optionalBoolean(tree, 'AllowTruncateQueryString') ?? true,
      truncatePath: optionalBoolean(tree, 'TruncatePath') ?? false,
      refererList,
      refererBlacklist: listOf(tree, 'RefererBlacklist') ?? [],
    },
  });
  await buckets.saved();
  return { status: 200 };
};

/** `GET /?referer`; a bucket that was never configured has a configuration all the same (OSS docs, GetBucketReferer). */
export const getBucketReferer: Operation = (context) => {
  const { referer } = requireBucket(context);
  const elements: XmlElement[] = [
    ['AllowEmptyReferer', referer.allowEmptyReferer],
    ['AllowTruncateQueryString', referer.allowTruncateQueryString],
    ['TruncatePath', referer.truncatePath],
    ['RefererList', referer.refererList.map((text): XmlElement => ['Referer', text])],
  ];
  const blacklist = referer.refererBlacklist.map((text): XmlElement => ['Referer', text]);
  if (blacklist.length > 0) elements.push(['RefererBlacklist', blacklist]);
  return Promise.resolve(xmlAnswer(['RefererConfiguration', elements]));
};

/** Undefined when the list is absent; an empty `<Referer/>` is no entry. */
function listOf(tree: XmlTree, name: string): string[] | undefined {
  const [list] = childrenOf(tree, name);
  return list === undefined ? undefined : textsOf(list, 'Referer').filter((text) => text !== '');
}
