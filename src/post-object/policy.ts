import { decodeBase64 } from '../oss/base64.ts';
import { isRecord } from '../oss/is-record.ts';
import { quote } from '../oss/names.ts';

/** What a form must be like, as the app's server has signed it (OSS docs, PostObject, "Post policy"). */
export interface PostPolicy {
  /** Epoch milliseconds. */
  readonly expiration: number;
  readonly conditions: readonly Condition[];
}

export type Condition =
  | { readonly operator: 'eq' | 'starts-with'; readonly field: string; readonly value: string }
  | { readonly operator: 'in' | 'not-in'; readonly field: string; readonly values: string[] }
  /** Bytes, both included. */
  | { readonly operator: 'content-length-range'; readonly least: number; readonly most: number };

/**
 * Reads the form field `policy`.
 *
 * @throws TypeError for what OSS would answer with InvalidPolicyDocument.
 */
export function readPolicy(encoded: string): PostPolicy {
  const policy = parseJson(decodeBase64(encoded));
  if (!isRecord(policy)) {
    throw new TypeError(
      'Expected the field `policy` to be Base64 of a JSON object; it is none, so make it with JSON.stringify.',
    );
  }
  const { expiration, conditions } = policy;
  if (!Array.isArray(conditions) || conditions.length === 0) {
    throw new TypeError(
      'Expected `conditions` in the field `policy` to be a list of one or more; got none.',
    );
  }
  return { expiration: readExpiration(expiration), conditions: conditions.map(readCondition) };
}

// A policy may write \$, which JSON has no such escape for ("OSS Errors and Troubleshooting" 2019-08-16, §3).
function parseJson(text = ''): unknown {
  try {
    return JSON.parse(
      text.replace(/\\(.)/gs, (escape, character) => (character === '$' ? '$' : escape)),
    );
  } catch {
    return undefined;
  }
}

function readExpiration(value: unknown): number {
  const isIso =
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(value);
  const time = isIso ? Date.parse(value) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new TypeError(
    `Expected \`expiration\` in the field \`policy\` to be a date in ISO 8601 and GMT, such as "2030-01-01T12:00:00.000Z"; got ${quote(value)}.`,
  );
}

function readCondition(condition: unknown, index: number): Condition {
  const read = Array.isArray(condition) ? readList(condition) : readProperty(condition);
  if (read !== undefined) return read;
  throw new TypeError(
    `Expected condition ${index + 1} in the field \`policy\` to be { field: value }, ["eq", "$field", value], ["starts-with", "$field", value], ["in", "$field", [...]], ["not-in", "$field", [...]] or ["content-length-range", least, most]; it is none of them.`,
  );
}

function readProperty(condition: unknown): Condition | undefined {
  const [property, ...others] = isRecord(condition) ? Object.entries(condition) : [];
  if (property === undefined || others.length > 0) return undefined;
  const [field, value] = property;
  return typeof value === 'string' ? { operator: 'eq', field, value } : undefined;
}

function readList(condition: readonly unknown[]): Condition | undefined {
  if (condition.length !== 3) return undefined;
  const [operator, second, third] = condition;
  if (operator === 'content-length-range') return readRange(second, third);
  if (typeof second !== 'string' || !second.startsWith('$')) return undefined;
  const field = second.slice(1);
  if (operator === 'eq' || operator === 'starts-with') {
    return typeof third === 'string' ? { operator, field, value: third } : undefined;
  }
  if (operator !== 'in' && operator !== 'not-in') return undefined;
  return isTexts(third) ? { operator, field, values: third } : undefined;
}

/** Bounds may be written as texts. */
function readRange(first: unknown, second: unknown): Condition | undefined {
  const [least, most] = [Number(first), Number(second)];
  const isRange = Number.isInteger(least) && Number.isInteger(most) && least >= 0 && least <= most;
  return isRange ? { operator: 'content-length-range', least, most } : undefined;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string');
}
