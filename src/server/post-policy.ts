import { checkInteger } from '../oss/check-integer.ts';
import type { Credentials, CredentialsProvider } from '../oss/credentials.ts';
import type { Addressing } from '../oss/endpoint.ts';
import { checkFormText } from '../oss/form-text.ts';
import { isRecord } from '../oss/is-record.ts';
import { checkKey, quote } from '../oss/names.ts';
import type { PostCondition, PostConstraints, PostForm } from '../oss/post-form.ts';
import {
  checkFieldName,
  checkFieldSizes,
  type FormFieldOptions,
  fixedFields,
} from './form-fields.ts';
import { createFormSigner } from './form-signer.ts';
import { checkCondition, isTexts } from './post-conditions.ts';
import { createSigningCredentials } from './signing-credentials.ts';
import {
  checkVersion,
  endOf,
  isHeaderValue,
  locate,
  MAX_LIFETIME_V4,
  type SignatureVersion,
} from './signing-options.ts';

export interface PostPolicyOptions extends FormFieldOptions {
  /** The bucket's name. */
  readonly bucket: string;
  /** Region id, such as `cn-hangzhou`. V4 needs it, unless `endpoint` tells it. */
  readonly region?: string | undefined;
  /** A host or address. @default the public endpoint of `region` */
  readonly endpoint?: string | undefined;
  /** How the bucket is named in the address. @default by the host, as for uploads */
  readonly addressing?: Addressing | undefined;
  /** What to sign with; a function is asked once for each form. */
  readonly credentials: Credentials | CredentialsProvider;
  /** How long the form can be sent, in seconds: 1 to 604,800 (seven days). */
  readonly expiresIn: number;
  /** The object's key, or what the page's own has to start with; OSS replaces `${filename}` by the file's name. */
  readonly key: string | { readonly startsWith: string };
  /** Bytes of the file, both included. @default 0 to 5 GiB, the most that a form can bring */
  readonly size?: { readonly min?: number; readonly max?: number } | undefined;
  /** The object's Content-Type, or what the page's own has to be like. @default what the file's own type says */
  readonly contentType?:
    | string
    | { readonly startsWith: string }
    | { readonly in: readonly string[] }
    | undefined;
  /** Further conditions, on fields that the form has, or that the page fills in. */
  readonly conditions?: readonly PostCondition[] | undefined;
  /** Names of further fields that the page fills in; a condition on one makes it obligatory. */
  readonly pageFields?: readonly string[] | undefined;
  /** @default 4 */
  readonly version?: SignatureVersion | undefined;
  /** The time, in epoch milliseconds. @default Date.now */
  readonly now?: (() => number) | undefined;
}

/** The most that a form can bring, in bytes (OSS docs, "Limits"). */
const MAX_SIZE = 5 * 1024 ** 3;

/**
 * Signs a form by which a page, or a plain HTML form, uploads one file (OSS docs, PostObject).
 *
 * Every field of the form is pinned to its value. OSS accepts further fields that no condition names, such as
 * `x-oss-object-acl`: the key that signs decides what they can do, so it should have the right to put objects alone.
 *
 * @throws TypeError or RangeError naming the option, for all that OSS would refuse.
 */
export async function createPostPolicy(options: PostPolicyOptions): Promise<PostForm> {
  const version = checkVersion(options.version);
  const { bucket, region, base } = locate(options, version);
  const { now: clock = Date.now } = options;
  const credentialsFor = createSigningCredentials(options.credentials, clock);
  const expiresIn = checkInteger('expiresIn', options.expiresIn, 1, MAX_LIFETIME_V4);
  const credentials = await credentialsFor(expiresIn);
  // The signature's date is in whole seconds, and seven days count from it.
  const now = Math.floor(clock() / 1000) * 1000;
  const expiresAt = endOf(credentials, now, expiresIn);
  const key = checkKeyOption(options.key);
  const contentType = checkContentType(options.contentType);
  const fields = {
    ...('equals' in key ? { key: key.equals } : {}),
    ...fixedFields(options),
    ...(contentType !== undefined && 'equals' in contentType
      ? { [CONTENT_TYPE]: contentType.equals }
      : {}),
  };
  const signer = createFormSigner(version, { credentials, region, now });
  const open = [
    ...('equals' in key ? [] : ['key']),
    ...(contentType === undefined || 'equals' in contentType ? [] : [CONTENT_TYPE]),
    ...checkPageFields(options.pageFields ?? [], fields),
  ];
  const known = { bucket, ...fields, ...signer.named };
  const { size, conditions, left } = sortConditions(options, known, open);
  const policy = {
    expiration: new Date(now + expiresIn * 1000).toISOString(),
    conditions: [
      { bucket },
      ...Object.entries(signer.named).map(([name, value]) => ({ [name]: value })),
      ...('equals' in key ? [] : [['starts-with', '$key', key.startsWith]]),
      ...(options.size === undefined ? [] : [['content-length-range', size.min, size.max]]),
      ...Object.entries(fields).map(([name, value]) => ['eq', `$${name}`, value]),
      ...contentTypeConditions(contentType),
      ...conditions,
    ],
  };
  const signed = { ...fields, ...(await signer.sign(JSON.stringify(policy))) };
  checkFieldSizes(signed);
  return {
    url: `${base}/`,
    fields: signed,
    constraints: {
      key,
      size,
      ...(contentType === undefined ? {} : { contentType }),
      conditions: left,
      expiresAt,
    },
  };
}

/** The field that decides the object's type; `Content-Type` gives way to the type of the file (OSS docs, PostObject). */
const CONTENT_TYPE = 'x-oss-content-type';

function checkKeyOption(key: unknown): PostConstraints['key'] {
  if (!isRecord(key)) return { equals: checkFormKey(key, 'key') };
  const { startsWith } = key;
  return { startsWith: startsWith === '' ? '' : checkFormKey(startsWith, 'key.startsWith') };
}

function checkFormKey(given: unknown, option: string): string {
  const key = checkKey(given, option);
  checkFormText(`\`${option}\``, key);
  return key;
}

function checkContentType(value: unknown): PostConstraints['contentType'] {
  if (value === undefined) return undefined;
  if (isRecord(value) && Object.keys(value).length === 1) {
    const { startsWith, in: list } = value;
    if (typeof startsWith === 'string') return { startsWith };
    if (isTexts(list)) return { in: list };
  } else if (isHeaderValue(value) && value !== '') return { equals: value };
  throw new TypeError(
    'Expected `contentType` to be a type, { startsWith: text } or { in: [type, …] }.',
  );
}

function contentTypeConditions(contentType: PostConstraints['contentType']): PostCondition[] {
  if (contentType === undefined || 'equals' in contentType) return [];
  const field = `$${CONTENT_TYPE}` as const;
  if ('in' in contentType) return [['in', field, contentType.in]];
  return [['starts-with', field, contentType.startsWith]];
}

function checkPageFields(
  names: readonly string[],
  fields: Readonly<Record<string, string>>,
): string[] {
  return names.map((name) => {
    const lower = checkFieldName('pageFields', name).toLowerCase();
    if (!Object.keys(fields).some((field) => field.toLowerCase() === lower)) return lower;
    throw new TypeError(
      `Expected \`pageFields\` not to name a field of \`fields\`; got ${quote(name)}.`,
    );
  });
}

/** Judges conditions that speak of fields with a value; those of the page's own fields are left to it. */
function sortConditions(
  options: PostPolicyOptions,
  known: Readonly<Record<string, string>>,
  open: readonly string[],
): { size: PostConstraints['size']; conditions: PostCondition[]; left: PostCondition[] } {
  const values = new Map(Object.entries(known).map(([name, value]) => [name.toLowerCase(), value]));
  const { conditions: further = [] } = options;
  if (!Array.isArray(further)) throw new TypeError('Expected `conditions` to be a list.');
  const conditions: PostCondition[] = [];
  const left: PostCondition[] = [];
  let size = checkSize(options.size ?? {});
  for (const [index, given] of further.entries()) {
    const option = `conditions[${index}]`;
    const checked = checkCondition(given, option);
    conditions.push(checked.condition);
    if (checked.field === undefined) {
      const { min, max } = checked.range;
      size = { min: Math.max(size.min, min), max: Math.min(size.max, max) };
      if (size.min > size.max) throw new RangeError(`Expected \`${option}\` to leave some size.`);
      continue;
    }
    if (open.includes(checked.field)) {
      left.push(checked.condition);
      continue;
    }
    const value = values.get(checked.field);
    if (value === undefined) {
      throw new TypeError(
        `Expected \`${option}\` to name a field that the form has, or that \`pageFields\` names; got ${quote(checked.field)}.`,
      );
    }
    if (!checked.holds(value)) {
      throw new TypeError(
        `Expected \`${option}\` to let the form's own ${quote(checked.field)} through.`,
      );
    }
  }
  return { size, conditions, left };
}

function checkSize(size: unknown): PostConstraints['size'] {
  if (!isRecord(size)) {
    throw new TypeError(`Expected \`size\` to be { min?, max? } in bytes; got ${quote(size)}.`);
  }
  const min = checkInteger('size.min', size['min'] ?? 0, 0, MAX_SIZE);
  const max = checkInteger('size.max', size['max'] ?? MAX_SIZE, 0, MAX_SIZE);
  if (min <= max) return { min, max };
  throw new RangeError(
    `Expected \`size.min\` not to be above \`size.max\`; got ${min} and ${max}.`,
  );
}
