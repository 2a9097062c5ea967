import type { OssRequest } from '../request.ts';
import { queryValue } from '../request.ts';
import type { OperationName } from '../types.ts';
import { parseFaultRule } from './parse-fault-rule.ts';
import type { Fault, FaultRule, FaultState } from './types.ts';

/** A fault that is to happen to a request. */
export interface FaultHit {
  readonly ruleId: string;
  readonly fault: Fault;
}

type LiveFaultState = { -readonly [Field in keyof FaultState]: FaultState[Field] };

/** The rules in force, and how often each has hit. */
export class FaultRules {
  readonly #states: LiveFaultState[] = [];
  #added = 0;

  /** Throws FieldError, a TypeError, for a rule that is not one. */
  add(rule: FaultRule): string {
    const id = `fault-${++this.#added}`;
    this.#states.push({ id, rule: parseFaultRule(rule), seen: 0, hits: 0 });
    return id;
  }

  list(): FaultState[] {
    return structuredClone(this.#states);
  }

  remove(id: string): boolean {
    const index = this.#states.findIndex((state) => state.id === id);
    if (index < 0) return false;
    this.#states.splice(index, 1);
    return true;
  }

  clear(): void {
    this.#states.length = 0;
  }

  /** Counts the request, and returns the fault of the first rule that hits it. */
  take(request: OssRequest, operation: OperationName | 'Unknown'): FaultHit | undefined {
    for (const state of this.#states) {
      const { match, skip = 0, times = 1, fault } = state.rule;
      if (!matches(match, request, operation)) continue;
      state.seen++;
      if (state.seen <= skip || (times > 0 && state.hits >= times)) continue;
      state.hits++;
      return { ruleId: state.id, fault };
    }
    return undefined;
  }
}

function matches(
  match: FaultRule['match'] = {},
  request: OssRequest,
  operation: OperationName | 'Unknown',
): boolean {
  const operations = typeof match.operation === 'string' ? [match.operation] : match.operation;
  const isOperation =
    operations === undefined
      ? operation !== 'Preflight'
      : operations.some((name) => name === operation);
  return (
    isOperation &&
    (match.key === undefined || match.key === request.key) &&
    (match.partNumber === undefined ||
      String(match.partNumber) === queryValue(request, 'partNumber'))
  );
}
