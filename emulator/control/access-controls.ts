import {
  type Check,
  FieldError,
  fieldsOf,
  finite,
  flag,
  oneOf,
  optional,
  text,
} from '../fields.ts';
import type { RefererConfiguration } from '../referer.ts';
import { parseRole, parseUser } from '../rights/parse-access.ts';
import { BUCKET_ACLS } from '../types.ts';
import { type Control, DONE } from './control.ts';

/** What the control API can do with keys, rights and the clock. */
export const ACCESS_CONTROLS: readonly Control[] = [
  {
    method: 'PUT',
    path: /^\/clock$/,
    run: (emulator, { body }) => {
      const { offsetMilliseconds } = fieldsOf(body, 'body', ['offsetMilliseconds']);
      emulator.setClockOffset(finite(offsetMilliseconds, 'offsetMilliseconds'));
      return DONE;
    },
  },
  {
    method: 'PUT',
    path: /^\/acl$/,
    run: (emulator, { body }) => {
      const { acl, bucket } = fieldsOf(body, 'body', ['acl', 'bucket']);
      emulator.setAcl(oneOf(BUCKET_ACLS)(acl, 'acl'), bucketOf(emulator.buckets, bucket));
      return DONE;
    },
  },
  {
    method: 'PUT',
    path: /^\/referer$/,
    run: (emulator, { body }) => {
      const { bucket, configuration } = readReferer(body);
      emulator.setReferer(configuration, bucketOf(emulator.buckets, bucket));
      return DONE;
    },
  },
  {
    method: 'POST',
    path: /^\/users$/,
    run: (emulator, { body }) => {
      const user = parseUser(body);
      tryWith('accessKeyId', () => emulator.addUser(user));
      return { status: 201, value: {} };
    },
  },
  {
    method: 'POST',
    path: /^\/roles$/,
    run: (emulator, { body }) => {
      emulator.addRole(parseRole(body));
      return { status: 201, value: {} };
    },
  },
  {
    method: 'PUT',
    path: /^\/keys\/([^/]+)$/,
    run: (emulator, { argument, body }) => {
      const isEnabled = flag(fieldsOf(body, 'body', ['enabled'])['enabled'], 'enabled');
      tryWith('accessKeyId', () => emulator.setKeyEnabled(argument, isEnabled));
      return DONE;
    },
  },
  {
    method: 'PUT',
    path: /^\/owner$/,
    run: (emulator, { body }) => {
      const isDisabled = flag(fieldsOf(body, 'body', ['disabled'])['disabled'], 'disabled');
      emulator.setOwnerDisabled(isDisabled);
      return DONE;
    },
  },
];

function readReferer(body: unknown): {
  bucket: unknown;
  configuration: Partial<RefererConfiguration>;
} {
  const flags = ['allowEmptyReferer', 'allowTruncateQueryString', 'truncatePath'] as const;
  const lists = ['refererList', 'refererBlacklist'] as const;
  const fields = fieldsOf(body, 'body', [...flags, ...lists, 'bucket']);
  const read = [
    ...flags.map((name) => optional(fields, name, 'body', flag)),
    ...lists.map((name) => optional(fields, name, 'body', texts)),
  ];
  return { bucket: fields['bucket'], configuration: Object.assign({}, ...read) as object };
}

/** A bucket that exists, or undefined for all. */
function bucketOf(buckets: readonly string[], value: unknown): string | undefined {
  return value === undefined ? undefined : oneOf(buckets)(value, 'bucket');
}

/** Turns the handle's own complaint into one that names the field. */
function tryWith(field: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new FieldError(field, error.message.replace(/^\w+: expected /, ''));
  }
}

const texts: Check<string[]> = (value, field) => {
  if (!Array.isArray(value)) throw new FieldError(field, 'an array of strings');
  return value.map((item, index) => text(item, `${field}[${index}]`));
};
