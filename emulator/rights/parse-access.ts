import { type Check, FieldError, fieldsOf, oneOf, positive, text } from '../fields.ts';
import type { Statement } from './policy.ts';
import type { RoleOptions, UserOptions } from './types.ts';

/** A user from outside. Throws FieldError. */
export function parseUser(value: unknown, field = 'user'): UserOptions {
  const fields = fieldsOf(value, field, ['accessKeyId', 'accessKeySecret', 'statements']);
  return {
    accessKeyId: filled(fields['accessKeyId'], `${field}.accessKeyId`),
    accessKeySecret: filled(fields['accessKeySecret'], `${field}.accessKeySecret`),
    statements: parseStatements(fields['statements'], `${field}.statements`),
  };
}

/** A role from outside. Throws FieldError. */
export function parseRole(value: unknown, field = 'role'): RoleOptions {
  const fields = fieldsOf(value, field, ['name', 'statements', 'maxSessionSeconds', 'trusted']);
  const { maxSessionSeconds, trusted } = fields;
  const name = filled(fields['name'], `${field}.name`);
  if (!/^[\w.@-]{1,64}$/.test(name))
    throw new FieldError(`${field}.name`, '1 to 64 of letters, digits, and . @ - _');
  return {
    name,
    statements: parseStatements(fields['statements'], `${field}.statements`),
    ...(maxSessionSeconds !== undefined && {
      maxSessionSeconds: positive(maxSessionSeconds, `${field}.maxSessionSeconds`),
    }),
    ...(trusted !== undefined && { trusted: texts(trusted, `${field}.trusted`) }),
  };
}

/** The statements of a policy, from outside. Throws FieldError. */
export function parseStatements(value: unknown, field: string): Statement[] {
  return list(value, field).map((item, index) => {
    const path = `${field}[${index}]`;
    const fields = fieldsOf(item, path, ['effect', 'actions', 'resources']);
    return {
      effect: oneOf(['allow', 'deny'])(fields['effect'], `${path}.effect`),
      actions: texts(fields['actions'], `${path}.actions`),
      resources: texts(fields['resources'], `${path}.resources`),
    };
  });
}

const filled: Check<string> = (value, field) => {
  if (text(value, field) === '') throw new FieldError(field, 'a string that is not empty');
  return text(value, field);
};

function texts(value: unknown, field: string): string[] {
  return list(value, field).map((item, index) => text(item, `${field}[${index}]`));
}

function list(value: unknown, field: string): unknown[] {
  if (!Array.isArray(value)) throw new FieldError(field, 'an array');
  return value;
}
