/** A value from outside that is not what it should be; names the field and what was expected. */
export class FieldError extends TypeError {
  override readonly name = 'FieldError';
  readonly field: string;
  readonly expected: string;

  constructor(field: string, expected: string) {
    super(`${field}: expected ${expected}`);
    this.field = field;
    this.expected = expected;
  }
}

/** An object of unknown fields. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value as an object with no other fields than these. Throws FieldError. */
export function fieldsOf(value: unknown, field: string, known: readonly string[]): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new FieldError(field, `an object with ${known.join(', ')}`);
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new FieldError(`${field}.${unknown}`, `no such field, only ${known.join(', ')}`);
  return value as Fields;
}

/** A check of one value: returns it, or throws FieldError. */
export type Check<Value> = (value: unknown, field: string) => Value;

/** A field that may be absent, as an object to spread. */
export function optional<Name extends string, Value>(
  fields: Fields,
  name: Name,
  path: string,
  check: Check<Value>,
): { [Key in Name]?: Value } {
  const value = fields[name];
  if (value === undefined) return {};
  return { [name]: check(value, `${path}.${name}`) } as { [Key in Name]?: Value };
}

export const text: Check<string> = (value, field) => {
  if (typeof value !== 'string') throw new FieldError(field, 'a string');
  return value;
};

export const positive: Check<number> = (value, field) => {
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0)
    throw new FieldError(field, 'a positive number');
  return value;
};

/** True or false. */
export const flag: Check<boolean> = (value, field) => {
  if (typeof value !== 'boolean') throw new FieldError(field, 'true or false');
  return value;
};

export const finite: Check<number> = (value, field) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new FieldError(field, 'a number');
  return value;
};

/** An integer within bounds, both included. */
export function integer(least: number, most: number): Check<number> {
  return (value, field) => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most)
      return value;
    throw new FieldError(
      field,
      most === Number.MAX_SAFE_INTEGER
        ? `an integer of at least ${least}`
        : `an integer from ${least} to ${most}`,
    );
  };
}

/** One of some words. */
export function oneOf<const Word extends string>(words: readonly Word[]): Check<Word> {
  return (value, field) => {
    const word = words.find((candidate) => candidate === value);
    if (word === undefined) throw new FieldError(field, `one of ${words.join(', ')}`);
    return word;
  };
}
