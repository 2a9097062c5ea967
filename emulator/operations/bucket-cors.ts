import { xmlAnswer } from '../answer.ts';
import { assertCorsRules } from '../cors-rules.ts';
import { invalidArgument, OssError } from '../errors.ts';
import { FieldError } from '../fields.ts';
import type { CorsRule } from '../types.ts';
import type { XmlElement, XmlTree } from '../xml.ts';
import { childrenOf } from '../xml.ts';
import { optionalBoolean, optionalText, receiveConfiguration, textsOf } from './configuration.ts';
import type { Operation } from './operation.ts';
import { requireBucket } from './operation.ts';

/** 16 KB (OSS docs, PutBucketCors). */
const MAX_DOCUMENT = 16_384;

/** `PUT /?cors`, replacing all rules (OSS docs, PutBucketCors). */
export const putBucketCors: Operation = async (context) => {
  const { bucket, buckets, limits } = context;
  const tree = await receiveConfiguration(context, 'CORSConfiguration', MAX_DOCUMENT);
  const corsRules = childrenOf(tree, 'CORSRule').map(parseRule);
  if (corsRules.length === 0) throw new OssError('MalformedXML');
  if (corsRules.length > limits.maxCorsRules) throw new OssError('CORSRuleBeyondLimit');
  assertRules(corsRules);
  const responseVary = optionalBoolean(tree, 'ResponseVary') ?? false;
  requireBucket(context);
  buckets.configure(bucket, { corsRules, responseVary });
  await buckets.saved();
  return { status: 200 };
};

/** `GET /?cors` (OSS docs, GetBucketCors). */
export const getBucketCors: Operation = (context) => {
  const { corsRules, responseVary } = requireBucket(context);
  if (corsRules.length === 0)
    throw new OssError('NoSuchCORSConfiguration', { extras: [['BucketName', context.bucket]] });
  return Promise.resolve(
    xmlAnswer([
      'CORSConfiguration',
      [...corsRules.map(ruleElement), ['ResponseVary', responseVary]],
    ]),
  );
};

/** `DELETE /?cors`: 204 whether or not there were rules (OSS docs, DeleteBucketCors). */
export const deleteBucketCors: Operation = async ({ bucket, buckets }) => {
  buckets.configure(bucket, { corsRules: [], responseVary: false });
  await buckets.saved();
  return { status: 204 };
};

function parseRule(tree: XmlTree): CorsRule {
  const seconds = optionalText(tree, 'MaxAgeSeconds');
  if (seconds !== undefined && !/^\d{1,9}$/.test(seconds)) throw new OssError('MalformedXML');
  return {
    allowedOrigins: textsOf(tree, 'AllowedOrigin'),
    allowedMethods: textsOf(tree, 'AllowedMethod'),
    allowedHeaders: textsOf(tree, 'AllowedHeader'),
    exposeHeaders: textsOf(tree, 'ExposeHeader'),
    ...(seconds === undefined ? {} : { maxAgeSeconds: Number(seconds) }),
  };
}

const ELEMENTS = {
  allowedOrigins: 'AllowedOrigin',
  allowedMethods: 'AllowedMethod',
  allowedHeaders: 'AllowedHeader',
  exposeHeaders: 'ExposeHeader',
} as const;

function assertRules(rules: readonly CorsRule[]): void {
  try {
    assertCorsRules(rules);
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    const element = ELEMENTS[error.field as keyof typeof ELEMENTS];
    throw invalidArgument(element, error.expected, `The element ${element} is invalid.`);
  }
}

function ruleElement(rule: CorsRule): XmlElement {
  const fields = Object.keys(ELEMENTS) as (keyof typeof ELEMENTS)[];
  const { maxAgeSeconds } = rule;
  return [
    'CORSRule',
    [
      ...fields.flatMap((field) => rule[field].map((text): XmlElement => [ELEMENTS[field], text])),
      ...(maxAgeSeconds === undefined ? [] : [['MaxAgeSeconds', maxAgeSeconds] as const]),
    ],
  ];
}
