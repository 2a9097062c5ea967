import { checkFormText } from '../oss/form-text.ts';
import { checkKey, quote } from '../oss/names.ts';
import { percentEncodeKey } from '../oss/percent-encoding.ts';
import { checkConditions } from './conditions.ts';
import { checkFields } from './form-fields.ts';
import { type PostPolicy, readPolicy } from './policy.ts';

/** What a form is made of. */
export interface FormSource {
  readonly file: Blob;
  /** The bucket's address, as the form is posted to it. */
  readonly url: string;
  readonly fileName: string | undefined;
  readonly contentType: string | undefined;
  /** Fields of a callback that the page asks for. */
  readonly callbackFields: Readonly<Record<string, string>>;
}

/** A form that has been found good, ready to be sent. */
export interface PostForm {
  readonly data: FormData;
  /** Where the bucket can be told. */
  readonly bucket: string | undefined;
  /** As OSS will store it: `${filename}` filled in. */
  readonly key: string;
  /** The object's address, unsigned. */
  readonly location: string;
  readonly hasCallback: boolean;
  /** Whether the form asks OSS not to replace an object of the same key. */
  readonly forbidsOverwrite: boolean;
  readonly policy: PostPolicy | undefined;
  /** What no message may show. */
  readonly token: string | undefined;
}

/** OSS takes no larger object in one request (OSS docs, PostObject). Bytes. */
const MAX_SIZE = 5 * 1024 ** 3;

/**
 * Makes a form of a file and of what the app's server gave: `key` first, `file` last, everything as the policy wants it.
 *
 * @throws TypeError or RangeError naming the field or option that OSS would refuse.
 */
export function createForm(source: FormSource, given: unknown): PostForm {
  const { file, url } = source;
  const fields = checkFields(given);
  addCallback(fields, source.callbackFields);
  const token = fields.get('x-oss-security-token');
  const encodedPolicy = fields.get('policy');
  const policy = encodedPolicy === undefined ? undefined : readPolicy(encodedPolicy);
  const contentType = addContentType(fields, source, policy);
  const bucket = bucketIn(url);
  if (policy !== undefined) {
    const named = new Map([...fields].map(([name, value]) => [name.toLowerCase(), value]));
    checkConditions(policy.conditions, { fields: named, bucket, size: file.size });
  }
  const name = fileNameOf(source);
  const key = checkKey(fillFileName(fields.get('key') ?? '', name));
  return {
    data: formData(fields, file.slice(0, file.size, contentType), name),
    bucket: bucket ?? bucketOf(policy),
    key,
    location: `${url.replace(/\/$/, '')}/${percentEncodeKey(key)}`,
    hasCallback: fields.has('callback'),
    forbidsOverwrite: fields.get('x-oss-forbid-overwrite') === 'true',
    policy,
    token,
  };
}

/** @throws TypeError or RangeError naming the option. */
export function checkFile(file: unknown): Blob {
  if (!(file instanceof Blob)) {
    throw new TypeError(`Expected \`file\` to be a File or Blob; got ${quote(file)}.`);
  }
  if (file.size > MAX_SIZE) {
    throw new RangeError(
      `Expected \`file\` to be at most 5 GB (${MAX_SIZE} bytes) in one form; got ${file.size}. Larger files go in parts, by createUploader().`,
    );
  }
  return file;
}

function addCallback(
  fields: Map<string, string>,
  callbackFields: Readonly<Record<string, string>>,
): void {
  for (const [name, value] of Object.entries(callbackFields)) {
    if (fields.has(name)) {
      throw new TypeError(
        `Expected \`fields\` without \`${name}\` where the option \`callback\` sets it; got both.`,
      );
    }
    checkFormText(`the field \`${name}\` of \`callback\``, value);
    fields.set(name, value);
  }
}

/**
 * The object's type: `x-oss-content-type` counts for more than the type of the file, and that for more than the field
 * `Content-Type` (OSS docs, PostObject). All that are sent say the same here; a policy may want to see either field.
 */
function addContentType(
  fields: Map<string, string>,
  { file, contentType }: FormSource,
  policy: PostPolicy | undefined,
): string {
  const field = fields.get('x-oss-content-type') ?? fields.get('Content-Type');
  if (contentType !== undefined && field !== undefined && field !== contentType) {
    throw new TypeError(
      `Expected \`contentType\` to be what \`fields\` say, ${quote(field)}; got ${quote(contentType)}.`,
    );
  }
  const type = (field ?? contentType ?? file.type) || 'application/octet-stream';
  if (!/^[\x20-\x7e]*$/.test(type)) {
    throw new TypeError(`Expected \`contentType\` to be ASCII; got ${quote(type)}.`);
  }
  for (const name of ['Content-Type', 'x-oss-content-type']) {
    const isDemanded = policy?.conditions.some(
      (condition) => 'field' in condition && condition.field.toLowerCase() === name.toLowerCase(),
    );
    if (isDemanded === true && !fields.has(name)) fields.set(name, type);
  }
  return type;
}

function fileNameOf({ file, fileName }: FormSource): string | undefined {
  if (fileName !== undefined) return fileName;
  return 'name' in file && typeof file.name === 'string' ? file.name : undefined;
}

/** The name as browsers write it into a form, which is what OSS puts in its place. */
function fillFileName(key: string, fileName: string | undefined): string {
  if (!key.includes('${filename}')) return key;
  if (fileName === undefined || fileName === '' || /[/\\]/.test(fileName)) {
    throw new TypeError(
      `Expected \`fileName\` to be a name without slashes, as the field \`key\` has \${filename}; got ${quote(fileName)}.`,
    );
  }
  const written = fileName.replace(/["\r\n]/g, (character) => encodeURIComponent(character));
  return key.replaceAll('${filename}', () => written);
}

function formData(fields: ReadonlyMap<string, string>, file: Blob, name = 'blob'): FormData {
  const data = new FormData();
  for (const [field, value] of fields) data.append(field, value);
  data.append('file', file, name);
  return data;
}

/** The bucket that an address of Alibaba Cloud names; nothing for others. */
function bucketIn(url: string): string | undefined {
  const { hostname } = new URL(url);
  return /^([a-z\d-]+)\.(?:oss-[a-z\d-]+|[a-z\d-]+\.oss)\.aliyuncs\.com$/.exec(hostname)?.[1];
}

/** The bucket that the policy demands. */
function bucketOf(policy: PostPolicy | undefined): string | undefined {
  for (const condition of policy?.conditions ?? []) {
    if (condition.operator === 'eq' && condition.field.toLowerCase() === 'bucket') {
      return condition.value;
    }
  }
  return undefined;
}
