import type { RoleOptions, UserOptions } from './types.ts';

/** The account that owns all buckets. */
export const ACCOUNT_ID = '1234567890123456';

/** There from the start: a user who can do nothing but assume roles. */
export const DEFAULT_USERS: readonly UserOptions[] = [
  {
    accessKeyId: 'emulator-sts-key-id',
    accessKeySecret: 'emulator-sts-key-secret',
    statements: [{ effect: 'allow', actions: ['sts:AssumeRole'], resources: ['*'] }],
  },
];

/** There from the start: a role with all rights to OSS, for session policies to narrow. */
export const DEFAULT_ROLES: readonly RoleOptions[] = [
  {
    name: 'emulator',
    statements: [{ effect: 'allow', actions: ['oss:*'], resources: ['acs:oss:*:*:*'] }],
  },
];
