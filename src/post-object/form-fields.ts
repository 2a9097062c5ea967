import { checkFormText } from '../oss/form-text.ts';
import { quote } from '../oss/names.ts';

/** The fields of a form as the app's server made them: `key`, the signed policy, and what the object shall have. */
export type PostFields = Readonly<Record<string, string>>;

/** Bytes, of a name and of a value (OSS docs, PostObject; the manual of 2019 says 4 KB for a value). */
const MAX_NAME = 8 * 1024;
const MAX_VALUE = 2 * 1024 ** 2;

/** As the documentation spells them: OSS has not always ignored case. Those that begin with `x-oss-` are lower case. */
const SPELLINGS: readonly string[] = [
  'key',
  'policy',
  'OSSAccessKeyId',
  'Signature',
  'success_action_status',
  'success_action_redirect',
  'callback',
  'Cache-Control',
  'Content-Type',
  'Content-Disposition',
  'Content-Encoding',
  'Expires',
];

const SIGNED_V1 = ['OSSAccessKeyId', 'policy', 'Signature'] as const;
const SIGNED_V4 = [
  'policy',
  'x-oss-signature-version',
  'x-oss-credential',
  'x-oss-date',
  'x-oss-signature',
] as const;
const STATUSES: readonly string[] = ['200', '201', '204'];

/**
 * The fields by their documented spelling, `key` first.
 *
 * @throws TypeError or RangeError naming the field that OSS would refuse, or that makes no sense in a page.
 */
export function checkFields(given: unknown): Map<string, string> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new TypeError(
      `Expected \`fields\` to be an object of strings, or a function that gives one; got ${quote(given)}.`,
    );
  }
  const fields = new Map<string, string>([['key', '']]);
  for (const [name, value] of Object.entries(given)) {
    const spelling = spell(name);
    checkField(name, value);
    if (fields.has(spelling) && fields.get(spelling) !== '') throw givenTwice(spelling);
    fields.set(spelling, value);
  }
  if (fields.get('key') === '') {
    throw new TypeError('Expected the field `key` to be a non-empty string; got none.');
  }
  checkSignature(fields);
  checkAnswer(fields);
  return fields;
}

function spell(name: string): string {
  const lower = name.toLowerCase();
  if (lower.startsWith('x-oss-')) return lower;
  return SPELLINGS.find((known) => known.toLowerCase() === lower) ?? name;
}

function checkField(name: string, value: unknown): asserts value is string {
  if (typeof value !== 'string') {
    throw new TypeError(`Expected the field \`${name}\` to be a string; got ${quote(value)}.`);
  }
  const lower = name.toLowerCase();
  if (lower === 'file') {
    throw new TypeError(
      'Expected `fields` without a field `file`: the file is the first argument, and goes last.',
    );
  }
  if (lower === 'x-oss-tagging') {
    throw new TypeError(
      'Expected `fields` without `x-oss-tagging`: OSS takes no tags with a form; let your server set them afterwards.',
    );
  }
  checkFormText(`the name of the field ${quote(name)}`, name);
  checkFormText(`the field \`${name}\``, value);
  const encoder = new TextEncoder();
  const [nameBytes, valueBytes] = [encoder.encode(name).length, encoder.encode(value).length];
  if (nameBytes > MAX_NAME) {
    throw new RangeError(
      `Expected the name of the field ${quote(name)} to be at most ${MAX_NAME} bytes; got ${nameBytes}.`,
    );
  }
  if (valueBytes > MAX_VALUE) {
    throw new RangeError(
      `Expected the field \`${name}\` to be at most ${MAX_VALUE} bytes; got ${valueBytes}.`,
    );
  }
}

/** All of V1's, all of V4's, or none for a bucket that everybody may write to. */
function checkSignature(fields: ReadonlyMap<string, string>): void {
  const isV1 = fields.has('OSSAccessKeyId') || fields.has('Signature');
  const isV4 = SIGNED_V4.some((name) => name !== 'policy' && fields.has(name));
  if (isV1 && isV4) {
    throw new TypeError(
      'Expected `fields` to be signed by V1 (OSSAccessKeyId, policy, Signature) or by V4 (policy, x-oss-signature-version, x-oss-credential, x-oss-date, x-oss-signature); got fields of both.',
    );
  }
  const isSigned = isV1 || isV4 || fields.has('policy') || fields.has('x-oss-security-token');
  if (!isSigned) return;
  const needed = isV4 ? SIGNED_V4 : SIGNED_V1;
  const missing = needed.filter((name) => (fields.get(name) ?? '') === '');
  if (missing.length > 0) {
    throw new TypeError(
      `Expected \`fields\` to have all of ${needed.join(', ')}, or none of them for a bucket that everybody may write to; ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing.`,
    );
  }
  if (isV4) checkSignatureV4(fields);
}

function checkSignatureV4(fields: ReadonlyMap<string, string>): void {
  const version = fields.get('x-oss-signature-version');
  if (version !== 'OSS4-HMAC-SHA256') {
    throw new TypeError(
      `Expected the field \`x-oss-signature-version\` to be "OSS4-HMAC-SHA256"; got ${quote(version)}.`,
    );
  }
  const date = fields.get('x-oss-date') ?? '';
  if (!/^\d{8}T\d{6}Z$/.test(date)) {
    throw new TypeError(
      `Expected the field \`x-oss-date\` to be of the form 20300101T120000Z; got ${quote(date)}.`,
    );
  }
  const [, day] =
    /^[^/]+\/(\d{8})\/[a-z\d-]+\/oss\/aliyun_v4_request$/.exec(
      fields.get('x-oss-credential') ?? '',
    ) ?? [];
  if (day !== date.slice(0, 8)) {
    throw new TypeError(
      `Expected the field \`x-oss-credential\` to be <access key id>/${date.slice(0, 8)}/<region>/oss/aliyun_v4_request, of the day of \`x-oss-date\`; it is not.`,
    );
  }
}

function checkAnswer(fields: ReadonlyMap<string, string>): void {
  if (fields.has('success_action_redirect')) {
    throw new TypeError(
      'Expected `fields` without `success_action_redirect`: a page cannot follow it, as the answer would come from elsewhere. Navigate yourself when the promise resolves.',
    );
  }
  const status = fields.get('success_action_status');
  if (status !== undefined && !STATUSES.includes(status)) {
    throw new TypeError(
      `Expected the field \`success_action_status\` to be "200", "201" or "204"; got ${quote(status)}.`,
    );
  }
}

function givenTwice(name: string): TypeError {
  return new TypeError(
    `Expected \`fields\` to have \`${name}\` once, in whatever case; got it twice.`,
  );
}
