import { checkFormText } from '../oss/form-text.ts';
import { isRecord } from '../oss/is-record.ts';
import { quote } from '../oss/names.ts';
import { checkCallback } from './signing-options.ts';

/** What the object of a form is to be like, in options of their own. */
export interface FormFieldOptions {
  /** What OSS answers with; 201 has an XML document with key and ETag. @default 204, as OSS does */
  readonly successActionStatus?: 200 | 201 | 204 | undefined;
  /** Where the browser is sent afterwards; bucket, key and ETag are added to its query. */
  readonly successActionRedirect?: string | undefined;
  /** User metadata: letters, digits and hyphens in names, ASCII in values, 8 KB in all. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Base64 of the JSON that asks for a callback; its variables are `fields` named `x:…`. */
  readonly callback?: string | undefined;
  /** Whether an object of the same key is kept, and the form refused. */
  readonly forbidOverwrite?: boolean | undefined;
  /** Needs the right `oss:PutObjectAcl`. */
  readonly objectAcl?: 'default' | 'private' | 'public-read' | 'public-read-write' | undefined;
  readonly storageClass?:
    | 'Standard'
    | 'IA'
    | 'Archive'
    | 'ColdArchive'
    | 'DeepColdArchive'
    | undefined;
  /** Further fields as the form names them, such as `Cache-Control` or `x:user`. */
  readonly fields?: Readonly<Record<string, string>> | undefined;
}

const ACLS = ['default', 'private', 'public-read', 'public-read-write'];
const STORAGE_CLASSES = ['Standard', 'IA', 'Archive', 'ColdArchive', 'DeepColdArchive'];
const MAX_METADATA_BYTES = 8 * 1024;
const MAX_FIELD_BYTES = 4096;

/** Fields that have options of their own, that only the signature fills, or that OSS takes from no form. */
const RESERVED =
  /^(key|file|bucket|policy|signature|ossaccesskeyid|callback|content-type|success_action_(status|redirect)|x-oss-(content-type|date|credential|signature|signature-version|security-token|forbid-overwrite|object-acl|storage-class|tagging|meta-.*))$/;

/**
 * The fields that the options stand for.
 *
 * @throws TypeError or RangeError naming the option.
 */
export function fixedFields(options: FormFieldOptions): Record<string, string> {
  const { successActionStatus: status, successActionRedirect: redirect, callback } = options;
  const { forbidOverwrite, objectAcl, storageClass } = options;
  const fields: Record<string, string> = {};
  if (status !== undefined) {
    fields['success_action_status'] = oneOf('successActionStatus', String(status), STATUSES);
  }
  if (redirect !== undefined) fields['success_action_redirect'] = checkRedirect(redirect);
  if (callback !== undefined) fields['callback'] = checkCallback('callback', callback);
  if (forbidOverwrite !== undefined) {
    const value = oneOf('forbidOverwrite', String(forbidOverwrite), ['true', 'false']);
    fields['x-oss-forbid-overwrite'] = value;
  }
  if (objectAcl !== undefined) fields['x-oss-object-acl'] = oneOf('objectAcl', objectAcl, ACLS);
  if (storageClass !== undefined) {
    fields['x-oss-storage-class'] = oneOf('storageClass', storageClass, STORAGE_CLASSES);
  }
  Object.assign(fields, metadataFields(options.metadata ?? {}));
  for (const [name, value] of entriesOf('fields', options.fields ?? {})) {
    checkFieldName('fields', name);
    checkOnce('fields', name, fields);
    checkFormText(`\`fields[${quote(name)}]\``, value);
    fields[name] = value;
  }
  return fields;
}

/** @throws TypeError naming the option. */
export function checkFieldName(option: string, name: unknown): string {
  if (typeof name === 'string' && name.toLowerCase() === 'x-oss-tagging') {
    throw new TypeError(`Expected \`${option}\` without x-oss-tagging: a form cannot set tags.`);
  }
  if (typeof name === 'string' && /^[\w.:-]+$/.test(name) && !RESERVED.test(name.toLowerCase()))
    return name;
  throw new TypeError(
    `Expected \`${option}\` to name fields that no other option and no signature fills; got ${quote(name)}.`,
  );
}

/**
 * Refuses a form with a field of more than 4 KB (OSS Errors and Troubleshooting 2019-08-16, §3).
 *
 * @throws RangeError naming the field.
 */
export function checkFieldSizes(fields: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(fields)) {
    const bytes = new TextEncoder().encode(value).length;
    if (bytes <= MAX_FIELD_BYTES) continue;
    const advice = name === 'policy' ? ': leave out some `conditions`, `metadata` or `fields`' : '';
    throw new RangeError(
      `Expected the form's field \`${name}\` to be at most ${MAX_FIELD_BYTES} bytes; got ${bytes}${advice}.`,
    );
  }
}

const STATUSES = ['200', '201', '204'];

function metadataFields(metadata: unknown): Record<string, string> {
  let bytes = 0;
  const fields: Record<string, string> = {};
  for (const [name, value] of entriesOf('metadata', metadata)) {
    if (!/^[a-z\d-]+$/i.test(name)) {
      throw new TypeError(
        `Expected names in \`metadata\` to be letters, digits and hyphens; got ${quote(name)}.`,
      );
    }
    // Forms are UTF-8 and headers Latin-1: only what is the same in both is read back as it was given.
    if (!/^[\x20-\x7e]*$/.test(value)) {
      throw new TypeError(
        `Expected \`metadata[${quote(name)}]\` to be printable ASCII (encode the rest, as encodeURIComponent does).`,
      );
    }
    bytes += name.length + value.length;
    const field = `x-oss-meta-${name.toLowerCase()}`;
    checkOnce('metadata', field, fields);
    fields[field] = value;
  }
  if (bytes <= MAX_METADATA_BYTES) return fields;
  throw new RangeError(
    `Expected \`metadata\` to be at most ${MAX_METADATA_BYTES} bytes; got ${bytes}.`,
  );
}

// OSS tells no case from another in the name of a field.
function checkOnce(option: string, name: string, among: Readonly<Record<string, string>>): void {
  const lower = name.toLowerCase();
  if (!Object.keys(among).some((known) => known.toLowerCase() === lower)) return;
  throw new TypeError(
    `Expected \`${option}\` to have each name once, in whatever case; got ${quote(name)} twice.`,
  );
}

function entriesOf(option: string, value: unknown): [string, string][] {
  const entries = isRecord(value) ? Object.entries(value) : [['', value] as const];
  return entries.map(([name, text]) => {
    if (typeof text === 'string') return [name, text];
    throw new TypeError(`Expected \`${option}\` to be text by name; got ${quote(text)}.`);
  });
}

function checkRedirect(value: unknown): string {
  if (typeof value === 'string' && /^https?:\/\/\S+$/i.test(value) && URL.canParse(value))
    return value;
  throw new TypeError(
    `Expected \`successActionRedirect\` to be an http(s) address; got ${quote(value)}.`,
  );
}

function oneOf(option: string, value: unknown, values: readonly string[]): string {
  if (typeof value === 'string' && values.includes(value)) return value;
  throw new TypeError(
    `Expected \`${option}\` to be one of ${values.join(', ')}; got ${quote(value)}.`,
  );
}
