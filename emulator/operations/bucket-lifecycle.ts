import { randomUUID } from 'node:crypto';
import { xmlAnswer } from '../answer.ts';
import { invalidArgument, OssError } from '../errors.ts';
import type { Deadline, LifecycleRule } from '../lifecycle.ts';
import type { XmlElement, XmlTree } from '../xml.ts';
import { childrenOf } from '../xml.ts';
import { optionalText, receiveConfiguration } from './configuration.ts';
import type { Operation } from './operation.ts';
import { requireBucket } from './operation.ts';

/** 1000 rules with long prefixes stay under 2 MiB. */
const MAX_DOCUMENT = 2 * 1024 ** 2;
const MAX_RULES = 1000;

/** Actions and filters of OSS that the emulator does not have. */
const OTHER_ELEMENTS = [
  'Filter',
  'NoncurrentVersionExpiration',
  'NoncurrentVersionTransition',
  'Tag',
  'Transition',
];

/** `PUT /?lifecycle`, replacing all rules (OSS docs, PutBucketLifecycle). */
export const putBucketLifecycle: Operation = async (context) => {
  const { bucket, buckets } = context;
  const tree = await receiveConfiguration(context, 'LifecycleConfiguration', MAX_DOCUMENT);
  const lifecycle = childrenOf(tree, 'Rule').map(parseRule);
  if (lifecycle.length === 0 || lifecycle.length > MAX_RULES) throw new OssError('MalformedXML');
  const ids = lifecycle.map(({ id }) => id);
  const repeated = ids.find((id, index) => ids.indexOf(id) < index);
  if (repeated !== undefined)
    throw invalidArgument(
      'ID',
      repeated,
      'Rule ID must be unique. Found same ID for more than one rule',
    );
  requireBucket(context);
  buckets.configure(bucket, { lifecycle });
  await buckets.saved();
  return { status: 200 };
};

/** `GET /?lifecycle` (OSS docs, GetBucketLifecycle). */
export const getBucketLifecycle: Operation = (context) => {
  const { lifecycle } = requireBucket(context);
  if (lifecycle.length === 0)
    throw new OssError('NoSuchLifecycle', { extras: [['BucketName', context.bucket]] });
  return Promise.resolve(xmlAnswer(['LifecycleConfiguration', lifecycle.map(ruleElement)]));
};

/** `DELETE /?lifecycle`: 204 whether or not there were rules (OSS docs, DeleteBucketLifecycle). */
export const deleteBucketLifecycle: Operation = async ({ bucket, buckets }) => {
  buckets.configure(bucket, { lifecycle: [] });
  await buckets.saved();
  return { status: 204 };
};

function parseRule(tree: XmlTree): LifecycleRule {
  const other = OTHER_ELEMENTS.find((name) => childrenOf(tree, name).length > 0);
  if (other !== undefined)
    throw new OssError('NotImplemented', {
      status: 501,
      message: `The emulator does not implement ${other} in lifecycle rules.`,
      extras: [['ResourceType', 'lifecycle']],
    });
  const status = optionalText(tree, 'Status');
  const prefix = optionalText(tree, 'Prefix') ?? '';
  const id = optionalText(tree, 'ID') ?? '';
  const abort = parseDeadline(tree, 'AbortMultipartUpload');
  const expiration = parseDeadline(tree, 'Expiration');
  if ((status !== 'Enabled' && status !== 'Disabled') || id.length > 255)
    throw new OssError('MalformedXML');
  if (abort === undefined && expiration === undefined) throw new OssError('MalformedXML');
  return {
    id: id === '' ? randomUUID() : id,
    prefix,
    isEnabled: status === 'Enabled',
    ...(abort === undefined ? {} : { abort }),
    ...(expiration === undefined ? {} : { expiration }),
  };
}

/** `Days`, or `CreatedBeforeDate`, which has to be a midnight in UTC. */
function parseDeadline(rule: XmlTree, action: string): Deadline | undefined {
  const [tree] = childrenOf(rule, action);
  if (tree === undefined) return undefined;
  const days = optionalText(tree, 'Days');
  const date = optionalText(tree, 'CreatedBeforeDate');
  if ((days === undefined) === (date === undefined)) throw new OssError('MalformedXML');
  if (date === undefined) {
    if (!/^[1-9]\d{0,8}$/.test(days ?? ''))
      throw invalidArgument('Days', days ?? '', 'Days must be a positive integer');
    return { days: Number(days) };
  }
  const createdBefore = Date.parse(date);
  if (!/^\d{4}-\d\d-\d\dT00:00:00(\.000)?Z$/.test(date) || Number.isNaN(createdBefore))
    throw invalidArgument('CreatedBeforeDate', date, "'Date' must be at midnight GMT");
  return { createdBefore };
}

function ruleElement({ id, prefix, isEnabled, abort, expiration }: LifecycleRule): XmlElement {
  return [
    'Rule',
    [
      ['ID', id],
      ['Prefix', prefix],
      ['Status', isEnabled ? 'Enabled' : 'Disabled'],
      ...(expiration === undefined ? [] : [actionElement('Expiration', expiration)]),
      ...(abort === undefined ? [] : [actionElement('AbortMultipartUpload', abort)]),
    ],
  ];
}

function actionElement(action: string, deadline: Deadline): XmlElement {
  return [
    action,
    [
      'days' in deadline
        ? ['Days', deadline.days]
        : ['CreatedBeforeDate', new Date(deadline.createdBefore).toISOString()],
    ],
  ];
}
