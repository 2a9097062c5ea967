import { isRecord } from '../oss/is-record.ts';
import { quote } from '../oss/names.ts';
import type { PostCondition } from '../oss/post-form.ts';

/** A condition, found well-formed: on one field, or on the size of the file. */
export type CheckedCondition = FieldCondition | SizeCondition;

export interface FieldCondition {
  /** Lower case, without the `$`. */
  readonly field: string;
  /** Whether a field with this value meets it. */
  readonly holds: (value: string) => boolean;
  readonly condition: PostCondition;
}

export interface SizeCondition {
  readonly field?: undefined;
  readonly range: { readonly min: number; readonly max: number };
  readonly condition: PostCondition;
}

/**
 * Refuses a condition that OSS would refuse as bad (OSS Errors and Troubleshooting 2019-08-16, §3).
 *
 * @throws TypeError naming the option.
 */
export function checkCondition(value: unknown, option: string): CheckedCondition {
  const condition = value as PostCondition;
  if (isRecord(value)) {
    const [entry, ...others] = Object.entries(value);
    if (entry === undefined || others.length > 0 || typeof entry[1] !== 'string') {
      throw new TypeError(`Expected \`${option}\` to have exactly one property, with a text.`);
    }
    const [name, expected] = entry;
    return { field: name.toLowerCase(), holds: (actual) => actual === expected, condition };
  }
  if (!Array.isArray(value) || value.length !== 3) throw malformed(option);
  const [operator, first, second] = value as readonly unknown[];
  if (operator === 'content-length-range') {
    if (isSize(first) && isSize(second) && first <= second)
      return { range: { min: first, max: second }, condition };
    throw new TypeError(`Expected \`${option}\` to range from a size to one that is not less.`);
  }
  const holds = predicate(operator, second, option);
  if (typeof first === 'string' && /^\$./.test(first))
    return { field: first.slice(1).toLowerCase(), holds, condition };
  throw new TypeError(`Expected \`${option}\` to name a field as "$name"; got ${quote(first)}.`);
}

function predicate(operator: unknown, value: unknown, option: string): (actual: string) => boolean {
  if (operator === 'eq' || operator === 'starts-with') {
    if (typeof value !== 'string') throw new TypeError(`Expected \`${option}\` to have a text.`);
    return (actual) => (operator === 'eq' ? actual === value : actual.startsWith(value));
  }
  if (operator !== 'in' && operator !== 'not-in') throw malformed(option);
  if (!isTexts(value)) throw new TypeError(`Expected \`${option}\` to have a list of texts.`);
  return (actual) => value.includes(actual) === (operator === 'in');
}

function malformed(option: string): TypeError {
  return new TypeError(
    `Expected \`${option}\` to be { field: value } or ["eq" | "starts-with" | "in" | "not-in" | "content-length-range", …, …].`,
  );
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

export function isTexts(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string')
  );
}
