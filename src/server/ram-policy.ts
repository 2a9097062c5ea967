import { isRecord } from '../oss/is-record.ts';
import { quote } from '../oss/names.ts';

/** A policy in RAM's grammar (RAM docs, "Policy structure and syntax"). */
export interface RamPolicy {
  readonly Version: '1';
  readonly Statement: readonly RamStatement[];
}

/** What is allowed or denied; denials win. */
export interface RamStatement {
  readonly Effect: 'Allow' | 'Deny';
  /** Such as `oss:PutObject`; `*` stands for anything. */
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  /** Such as `acs:oss:*:*:bucket/key`; `*` and `?` are wildcards. */
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, unknown>>;
}

/** In characters, by newer pages of the STS docs; where STS keeps to the older 1,024, it refuses by itself. */
const MAX_POLICY_LENGTH = 2048;

/**
 * A policy as it is sent: JSON without blanks, so that its length is what counts.
 *
 * @param policy an object or JSON text.
 * @throws TypeError or RangeError naming `policy`.
 */
export function policyText(policy: unknown): string {
  const value = typeof policy === 'string' ? parse(policy) : policy;
  if (!isRecord(value)) throw unfit('policy', 'a policy, as an object or as JSON text', policy);
  if (value['Version'] !== '1') throw unfit('policy.Version', '"1"', value['Version']);
  const statements: unknown = value['Statement'];
  if (!Array.isArray(statements) || statements.length === 0) {
    throw unfit('policy.Statement', 'a list of statements', statements);
  }
  for (const [index, statement] of statements.entries()) checkStatement(statement, index);
  const text = JSON.stringify(value);
  if (text.length <= MAX_POLICY_LENGTH) return text;
  throw new RangeError(
    `Expected \`policy\` to be at most ${MAX_POLICY_LENGTH} characters; got ${text.length}. Name a key prefix in place of single keys.`,
  );
}

function checkStatement(statement: unknown, index: number): void {
  const path = `policy.Statement[${index}]`;
  if (!isRecord(statement)) throw unfit(path, 'an object', statement);
  const { Effect: effect } = statement;
  if (effect !== 'Allow' && effect !== 'Deny') {
    throw unfit(`${path}.Effect`, '"Allow" or "Deny"', effect);
  }
  for (const name of ['Action', 'Resource']) {
    const value = statement[name] ?? statement[`Not${name}`];
    const texts: unknown[] = Array.isArray(value) ? value : [value];
    if (texts.length === 0 || !texts.every((text) => typeof text === 'string' && text !== '')) {
      throw unfit(`${path}.${name}`, 'a text or a list of texts', value);
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unfit(option: string, expected: string, got: unknown): TypeError {
  return new TypeError(`Expected \`${option}\` to be ${expected}; got ${quote(got)}.`);
}
