import type { OssRequest } from '../request.ts';
import { queryValue } from '../request.ts';
import type { OperationName } from '../types.ts';
import { parseFaultRule } from './parse-fault-rule.ts';
import { randomNumbers } from './random.ts';
import type { Fault, FaultRule, FaultState } from './types.ts';

/** A fault that is to happen to a request. */
export interface FaultHit {
  readonly ruleId: string;
  readonly fault: Fault;
}

type LiveFaultState = { -readonly [Field in keyof FaultState]: FaultState[Field] };

interface LiveRule {
  readonly state: LiveFaultState;
  readonly random: () => number;
}

/** The rules in force, and how often each has hit. */
export class FaultRules {
  readonly #rules: LiveRule[] = [];
  /** How often each thing was asked for. */
  readonly #attempts = new Map<string, number>();
  #added = 0;

  /** Throws FieldError, a TypeError, for a rule that is not one. */
  add(rule: FaultRule): string {
    const id = `fault-${++this.#added}`;
    const state = { id, rule: parseFaultRule(rule), seen: 0, hits: 0 };
    this.#rules.push({ state, random: randomNumbers(rule.seed ?? 1) });
    return id;
  }

  list(): FaultState[] {
    return structuredClone(this.#rules.map(({ state }) => state));
  }

  remove(id: string): boolean {
    const index = this.#rules.findIndex(({ state }) => state.id === id);
    if (index < 0) return false;
    this.#rules.splice(index, 1);
    return true;
  }

  clear(): void {
    this.#rules.length = 0;
  }

  /** Forgets which requests there were. */
  forgetAttempts(): void {
    this.#attempts.clear();
  }

  /** Counts the request, and returns the fault of the first rule that hits it. */
  take(request: OssRequest, operation: OperationName | 'Unknown'): FaultHit | undefined {
    const attempt = this.#countAttempt(request, operation);
    for (const { state, random } of this.#rules) {
      const { match, skip = 0, times = 1, probability = 1, fault } = state.rule;
      if (!matches(match, request, operation, attempt)) continue;
      if (probability < 1 && random() >= probability) continue;
      state.seen++;
      if (state.seen <= skip || (times > 0 && state.hits >= times)) continue;
      state.hits++;
      return { ruleId: state.id, fault };
    }
    return undefined;
  }

  /** The how manieth request this is for the same operation on the same key, upload and part. */
  #countAttempt(request: OssRequest, operation: string): number {
    const { bucket = '', key = '' } = request;
    const parameters = ['uploadId', 'partNumber'].map((name) => queryValue(request, name));
    const name = [operation, bucket, key, ...parameters].join('\n');
    const attempt = (this.#attempts.get(name) ?? 0) + 1;
    this.#attempts.set(name, attempt);
    return attempt;
  }
}

function matches(
  match: FaultRule['match'] = {},
  request: OssRequest,
  operation: OperationName | 'Unknown',
  attempt: number,
): boolean {
  const operations = typeof match.operation === 'string' ? [match.operation] : match.operation;
  const isOperation =
    operations === undefined
      ? operation !== 'Preflight'
      : operations.some((name) => name === operation);
  return (
    isOperation &&
    (match.key === undefined || match.key === request.key) &&
    (match.attempt === undefined || match.attempt === attempt) &&
    (match.partNumber === undefined ||
      String(match.partNumber) === queryValue(request, 'partNumber'))
  );
}
