import { CALLBACK_MESSAGES, type CallbackCause } from '../callbacks/messages.ts';
import { errorRow } from '../errors.ts';
import type { Check, Fields } from '../fields.ts';
import { FieldError, fieldsOf, flag, integer, oneOf, optional, positive, text } from '../fields.ts';
import { OPERATION_NAMES, type OperationName } from '../types.ts';
import type { Fault, FaultRule } from './types.ts';

const count = integer(0, Number.MAX_SAFE_INTEGER);
const partNumber = integer(1, 10_000);
const status = integer(200, 599);

function isKnown(code: unknown): boolean {
  return typeof code === 'string' && errorRow(code) !== undefined;
}

const probability: Check<number> = (value, field) => {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value;
  throw new FieldError(field, 'a number from 0 to 1');
};

/** One of the service's causes, or a status that the app's server answers with. */
const callbackCause: Check<CallbackCause | number> = (value, field) => {
  if (typeof value === 'number') return integer(100, 599)(value, field);
  return oneOf(Object.keys(CALLBACK_MESSAGES) as CallbackCause[])(value, field);
};

const names: Check<string[]> = (value, field) => {
  if (!Array.isArray(value)) throw new FieldError(field, 'an array of header names');
  return value.map((name: unknown, index) => text(name, `${field}[${index}]`));
};

/** Reads a rule from outside, and copies it. Throws FieldError for anything missing, unknown or out of bounds. */
export function parseFaultRule(value: unknown): FaultRule {
  const rule = fieldsOf(value, 'rule', ['match', 'skip', 'times', 'probability', 'seed', 'fault']);
  return {
    ...optional(rule, 'match', 'rule', parseMatch),
    ...optional(rule, 'skip', 'rule', count),
    ...optional(rule, 'times', 'rule', count),
    ...optional(rule, 'probability', 'rule', probability),
    ...optional(rule, 'seed', 'rule', count),
    fault: parseFault(rule['fault']),
  };
}

const parseMatch: Check<NonNullable<FaultRule['match']>> = (value, field) => {
  const match = fieldsOf(value, field, ['operation', 'key', 'partNumber', 'attempt']);
  return {
    ...optional(match, 'operation', field, operations),
    ...optional(match, 'key', field, text),
    ...optional(match, 'partNumber', field, partNumber),
    ...optional(match, 'attempt', field, integer(1, Number.MAX_SAFE_INTEGER)),
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
    fields: ['status', 'code', 'message', 'headers', 'before', 'closes'],
    parse: (fields) => ({
      type: 'error',
      code: text(fields['code'], 'fault.code'),
      ...(isKnown(fields['code'])
        ? optional(fields, 'status', 'fault', status)
        : { status: status(fields['status'], 'fault.status') }),
      ...optional(fields, 'message', 'fault', text),
      ...optional(fields, 'headers', 'fault', headers),
      ...optional(fields, 'before', 'fault', oneOf(['body', 'answer'])),
      ...optional(fields, 'closes', 'fault', flag),
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
    fields: ['ms', 'before'],
    parse: (fields) => ({
      type: 'delay',
      ms: positive(fields['ms'], 'fault.ms'),
      ...optional(fields, 'before', 'fault', oneOf(['storing', 'answer'])),
    }),
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
  'corrupt-body': { fields: [], parse: () => ({ type: 'corrupt-body' }) },
  'wrong-etag': { fields: [], parse: () => ({ type: 'wrong-etag' }) },
  'no-cors': { fields: [], parse: () => ({ type: 'no-cors' }) },
  'hide-headers': {
    fields: ['names'],
    parse: (fields) => ({ type: 'hide-headers', ...optional(fields, 'names', 'fault', names) }),
  },
  'add-headers': {
    fields: ['headers'],
    parse: (fields) => ({
      type: 'add-headers',
      headers: headers(fields['headers'], 'fault.headers'),
    }),
  },
  'callback-failed': {
    fields: ['cause'],
    parse: (fields) => ({
      type: 'callback-failed',
      ...optional(fields, 'cause', 'fault', callbackCause),
    }),
  },
  'page-size': {
    fields: ['size'],
    parse: (fields) => ({
      type: 'page-size',
      size: integer(1, 1000)(fields['size'], 'fault.size'),
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
