import { quote } from '../oss/names.ts';
import type { Condition } from './policy.ts';

/** What conditions are about. */
export interface Judged {
  /** By names in lower case. */
  readonly fields: ReadonlyMap<string, string>;
  /** The bucket of the address, where that tells it. */
  readonly bucket: string | undefined;
  /** Bytes of the file. */
  readonly size: number;
}

type FieldCondition = Exclude<Condition, { readonly operator: 'content-length-range' }>;

/** Fields whose values no message shows. */
const SECRET =
  /^(?:policy|signature|ossaccesskeyid|x-oss-(?:signature|credential|security-token))$/;

/**
 * Refuses a form that breaks its policy: OSS would, too, but not before all of it has been sent.
 *
 * @throws TypeError or RangeError naming the field.
 */
export function checkConditions(conditions: readonly Condition[], judged: Judged): void {
  for (const condition of conditions) {
    if (condition.operator === 'content-length-range') checkSize(condition, judged.size);
    else checkField(condition, judged);
  }
}

function checkSize({ least, most }: { least: number; most: number }, size: number): void {
  if (size >= least && size <= most) return;
  throw new RangeError(
    `Expected \`file\` to be ${least} to ${most} bytes, as the policy demands (content-length-range); got ${size}.`,
  );
}

function checkField(condition: FieldCondition, { fields, bucket }: Judged): void {
  const name = condition.field.toLowerCase();
  const actual = name === 'bucket' ? bucket : fields.get(name);
  // An address of one's own does not tell its bucket.
  if (name === 'bucket' && actual === undefined) return;
  if (actual !== undefined && holds(condition, actual)) return;
  const what = name === 'bucket' ? "the `url`'s bucket" : `the field \`${condition.field}\``;
  if (SECRET.test(name)) {
    throw new TypeError(`Expected ${what} to be the one that the policy demands; got another.`);
  }
  const got = actual === undefined ? 'there is none' : `got ${quote(actual)}`;
  throw new TypeError(`Expected ${what} to ${demandOf(condition)}, as the policy demands; ${got}.`);
}

function holds(condition: FieldCondition, actual: string): boolean {
  switch (condition.operator) {
    case 'eq':
      return actual === condition.value;
    case 'starts-with':
      return actual.startsWith(condition.value);
    case 'in':
      return condition.values.includes(actual);
    case 'not-in':
      return !condition.values.includes(actual);
  }
}

function demandOf(condition: FieldCondition): string {
  switch (condition.operator) {
    case 'eq':
      return `be ${quote(condition.value)}`;
    case 'starts-with':
      return condition.value === '' ? 'be there' : `start with ${quote(condition.value)}`;
    case 'in':
      return `be one of ${condition.values.map(quote).join(', ')}`;
    case 'not-in':
      return `be none of ${condition.values.map(quote).join(', ')}`;
  }
}
