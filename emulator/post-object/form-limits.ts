import { fieldsOf, integer, optional } from '../fields.ts';

/** How much of a form is read before it is refused, in bytes. */
export interface FormLimits {
  /** A field's name. Default 8 KB. */
  readonly fieldName: number;
  /** A field's value. The manual says 4 KB, newer pages 2 MB, which is the default. */
  readonly fieldValue: number;
  /** Everything up to the file, counted in chunks as the network brings them. Default 4 MB. */
  readonly beforeFile: number;
}

const DEFAULTS: FormLimits = {
  fieldName: 8 * 1024,
  fieldValue: 2 * 1024 ** 2,
  beforeFile: 4 * 1024 ** 2,
};

/** The limits that are given, and defaults for the others. Throws FieldError. */
export function parseFormLimits(value: unknown): FormLimits {
  const fields = fieldsOf(value, 'forms', ['fieldName', 'fieldValue', 'beforeFile']);
  const bytes = integer(1, Number.MAX_SAFE_INTEGER);
  return {
    ...DEFAULTS,
    ...optional(fields, 'fieldName', 'forms', bytes),
    ...optional(fields, 'fieldValue', 'forms', bytes),
    ...optional(fields, 'beforeFile', 'forms', bytes),
  };
}
