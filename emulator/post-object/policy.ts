import { OssError } from '../errors.ts';
import { type PolicyValue, readPolicyJson } from './policy-json.ts';
import type { FormFields } from './read-form.ts';

/** What a form must be like to be let in (OSS docs, PostObject, "Post policy"). */
export interface PostPolicy {
  /** Epoch milliseconds. */
  readonly expiration: number;
  readonly conditions: readonly Condition[];
}

/** A condition on a field, or on the size of the file. */
export interface Condition {
  readonly operator: 'eq' | 'starts-with' | 'in' | 'not-in' | 'content-length-range';
  /** Lower case, without the `$`. */
  readonly field: string;
  readonly values: readonly string[];
  readonly range: readonly [least: number, most: number] | undefined;
  /** As the policy has it, for the message. */
  readonly text: string;
}

/** Bounds of the file's size in bytes, both included. */
export interface SizeRange {
  readonly least: number;
  readonly most: number;
}

/** Reads the form field `policy`. Throws InvalidPolicyDocument. */
export function parsePolicy(encoded: string): PostPolicy {
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const isBase64 = /^[A-Za-z\d+/\s]+={0,2}\s*$/.test(encoded);
  if (!isBase64) throw invalidPolicy('Invalid Policy: Invalid base64.');
  const policy = readPolicyJson(text);
  if (!isObject(policy)) throw invalidPolicy('Invalid Policy: Invalid JSON: { expected');
  return {
    expiration: parseExpiration(policy['expiration']),
    conditions: parseConditions(policy['conditions']),
  };
}

/** Throws AccessDenied when the policy's time is over. */
export function assertPolicyNotExpired({ expiration }: PostPolicy, now: number): void {
  if (now < expiration) return;
  throw new OssError('AccessDenied', { message: 'Invalid according to Policy: Policy expired.' });
}

/** Throws AccessDenied with the first condition that the form breaks; a field that is absent breaks any. */
export function assertConditions({ conditions }: PostPolicy, fields: FormFields): void {
  const broken = conditions.find((condition) => !holds(condition, fields));
  if (broken === undefined) return;
  throw new OssError('AccessDenied', {
    message: `Invalid according to Policy: Policy Condition failed: ${broken.text}`,
    extras: [['Condition', broken.text]],
  });
}

/** What all conditions on the size leave; undefined without any. */
export function sizeRange({ conditions }: PostPolicy): SizeRange | undefined {
  const ranges = conditions.flatMap(({ range }) => (range === undefined ? [] : [range]));
  if (ranges.length === 0) return undefined;
  return {
    least: Math.max(...ranges.map(([least]) => least)),
    most: Math.min(...ranges.map(([, most]) => most)),
  };
}

function holds({ operator, field, values }: Condition, fields: FormFields): boolean {
  if (operator === 'content-length-range') return true;
  const actual = fields.get(field);
  if (actual === undefined) return false;
  if (operator === 'eq') return actual === values[0];
  if (operator === 'starts-with') return actual.startsWith(values[0] ?? '');
  return values.includes(actual) === (operator === 'in');
}

function parseExpiration(value: PolicyValue | undefined): number {
  const isIso =
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value);
  const time = isIso ? Date.parse(value) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  if (value === undefined)
    throw invalidPolicy('Invalid Policy: Policy is missing: expiration.', '0006-00000208');
  throw invalidPolicy(`Invalid Policy: Invalid 'expiration' value: ${JSON.stringify(value)}.`);
}

function parseConditions(value: PolicyValue | undefined): Condition[] {
  if (!Array.isArray(value) || value.length === 0) throw notOneProperty();
  return value.map((condition: PolicyValue) => {
    if (Array.isArray(condition)) return parseListCondition(condition);
    if (!isObject(condition)) throw invalidCondition(condition, '0006-00000222');
    const entries = Object.entries(condition);
    const [entry] = entries;
    if (entry === undefined || entries.length > 1) throw notOneProperty();
    const [name, expected] = entry;
    if (typeof expected !== 'string') throw invalidCondition(condition);
    return fieldCondition('eq', `$${name}`, [expected]);
  });
}

function parseListCondition(condition: readonly PolicyValue[]): Condition {
  const [operator, field, value, ...rest] = condition;
  if (operator === 'content-length-range') return parseRange(condition);
  const isNamed = typeof field === 'string' && field.startsWith('$');
  if (!isNamed || value === undefined || rest.length > 0) throw invalidCondition(condition);
  if (operator === 'in' || operator === 'not-in') {
    if (!isTexts(value)) throw invalidCondition(condition);
    return fieldCondition(operator, field, value);
  }
  if ((operator !== 'eq' && operator !== 'starts-with') || typeof value !== 'string')
    throw invalidCondition(condition);
  return fieldCondition(operator, field, [value]);
}

/** Bounds may be written as texts. */
function parseRange(condition: readonly PolicyValue[]): Condition {
  const [least, most] = condition.slice(1).map(Number);
  const isRange = Number.isInteger(least) && Number.isInteger(most) && condition.length === 3;
  if (!isRange || least === undefined || most === undefined || least < 0 || least > most)
    throw invalidCondition(condition);
  const text = write(condition);
  return { operator: 'content-length-range', field: '', values: [], range: [least, most], text };
}

function fieldCondition(
  operator: Exclude<Condition['operator'], 'content-length-range'>,
  field: string,
  values: readonly string[],
): Condition {
  const hasList = operator === 'in' || operator === 'not-in';
  const text = write([operator, field, hasList ? values : (values[0] ?? '')]);
  return { operator, field: field.slice(1).toLowerCase(), values, range: undefined, text };
}

/** As the service prints conditions: with a blank after each comma. */
function write(value: PolicyValue): string {
  return isList(value) ? `[${value.map(write).join(', ')}]` : JSON.stringify(value);
}

function isList(value: PolicyValue): value is readonly PolicyValue[] {
  return Array.isArray(value);
}

function isTexts(value: PolicyValue): value is readonly string[] {
  return isList(value) && value.length > 0 && value.every((item) => typeof item === 'string');
}

function isObject(value: PolicyValue): value is { readonly [name: string]: PolicyValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function notOneProperty(): OssError {
  return invalidPolicy(
    'Invalid Policy: Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.',
  );
}

function invalidCondition(condition: PolicyValue, ec = '0006-00000224'): OssError {
  return invalidPolicy(`Invalid Policy: Invalid condition: ${write(condition)}.`, ec);
}

function invalidPolicy(message: string, ec?: string): OssError {
  return new OssError('InvalidPolicyDocument', { message, ...(ec === undefined ? {} : { ec }) });
}
