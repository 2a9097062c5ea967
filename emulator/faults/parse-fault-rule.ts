import type { Check, Fields } from '../fields.ts';
import { FieldError, fieldsOf, integer, oneOf, optional, positive, text } from '../fields.ts';
import { OPERATION_NAMES, type OperationName } from '../types.ts';
import type { Fault, FaultRule } from './types.ts';

const count = integer(0, Number.MAX_SAFE_INTEGER);
const partNumber = integer(1, 10_000);
const status = integer(200, 599);

/** Reads a rule from outside, and copies it. Throws FieldError for anything missing, unknown or out of bounds. */
export function parseFaultRule(value: unknown): FaultRule {
  const rule = fieldsOf(value, 'rule', ['match', 'skip', 'times', 'fault']);
  return {
    ...optional(rule, 'match', 'rule', parseMatch),
    ...optional(rule, 'skip', 'rule', count),
    ...optional(rule, 'times', 'rule', count),
    fault: parseFault(rule['fault']),
  };
}

const parseMatch: Check<NonNullable<FaultRule['match']>> = (value, field) => {
  const match = fieldsOf(value, field, ['operation', 'key', 'partNumber']);
  return {
    ...optional(match, 'operation', field, operations),
    ...optional(match, 'key', field, text),
    ...optional(match, 'partNumber', field, partNumber),
  };
};

const operations: Check<OperationName | OperationName[]> = (value, field) => {
  const check = oneOf(OPERATION_NAMES);
  if (!Array.isArray(value)) return check(value, field);
  if (value.length === 0) throw new FieldError(field, 'at least one operation');
  return value.map((name: unknown, index) => check(name, `${field}[${index}]`));
};

/** One parser per type: the fields it may have beside `type`, and how they are read. */
const PARSERS: {
  readonly [Type in Fault['type']]: {
    readonly fields: readonly string[];
    readonly parse: (fields: Fields) => Extract<Fault, { type: Type }>;
  };
} = {
  error: {
    fields: ['status', 'code', 'message', 'headers', 'before'],
    parse: (fields) => ({
      type: 'error',
      status: status(fields['status'], 'fault.status'),
      code: text(fields['code'], 'fault.code'),
      ...optional(fields, 'message', 'fault', text),
      ...optional(fields, 'headers', 'fault', headers),
      ...optional(fields, 'before', 'fault', oneOf(['body', 'answer'])),
    }),
  },
  html: {
    fields: ['status'],
    parse: (fields) => ({ type: 'html', status: status(fields['status'], 'fault.status') }),
  },
  reset: {
    fields: ['at'],
    parse: (fields) => ({
      type: 'reset',
      ...optional(fields, 'at', 'fault', oneOf(['start', 'middle', 'end'])),
    }),
  },
  'lose-answer': { fields: [], parse: () => ({ type: 'lose-answer' }) },
  stall: {
    fields: ['at'],
    parse: (fields) => ({
      type: 'stall',
      ...optional(fields, 'at', 'fault', oneOf(['start', 'body', 'answer'])),
    }),
  },
  delay: {
    fields: ['ms'],
    parse: (fields) => ({ type: 'delay', ms: positive(fields['ms'], 'fault.ms') }),
  },
  slow: {
    fields: ['bytesPerSecond'],
    parse: (fields) => ({
      type: 'slow',
      bytesPerSecond: positive(fields['bytesPerSecond'], 'fault.bytesPerSecond'),
    }),
  },
  'forget-upload': { fields: [], parse: () => ({ type: 'forget-upload' }) },
  'drop-part': {
    fields: ['partNumber'],
    parse: (fields) => ({
      type: 'drop-part',
      partNumber: partNumber(fields['partNumber'], 'fault.partNumber'),
    }),
  },
  'corrupt-part': {
    fields: ['partNumber'],
    parse: (fields) => ({
      type: 'corrupt-part',
      partNumber: partNumber(fields['partNumber'], 'fault.partNumber'),
    }),
  },
  close: { fields: [], parse: () => ({ type: 'close' }) },
  'expire-token': { fields: [], parse: () => ({ type: 'expire-token' }) },
};

function parseFault(value: unknown): Fault {
  const known = Object.keys(PARSERS) as Fault['type'][];
  const type: unknown =
    typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
  const { fields, parse } = PARSERS[oneOf(known)(type, 'fault.type')];
  return parse(fieldsOf(value, 'fault', ['type', ...fields]));
}

const headers: Check<Record<string, string>> = (value, field) => {
  const entries = Object.entries(
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? value
      : { [field]: undefined },
  );
  return Object.fromEntries(
    entries.map(([name, content]: [string, unknown]) => {
      if (typeof content !== 'string' || !/^[\w-]+$/.test(name) || !/^[\x20-\x7e]*$/.test(content))
        throw new FieldError(field, 'an object of header names and printable ASCII values');
      return [name, content];
    }),
  );
};
