import type { TemporaryCredentials } from '../types.ts';
import type { Statement } from './policy.ts';

/** A user of the account, who has no rights but those of the statements. */
export interface UserOptions {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** `sts:AssumeRole` on a role's ARN lets the user assume it. */
  readonly statements: readonly Statement[];
}

/** A role that users can assume. */
export interface RoleOptions {
  /** The end of its ARN, `acs:ram::1234567890123456:role/NAME`. */
  readonly name: string;
  readonly statements: readonly Statement[];
  /** Longest session, in seconds. Default 3600. */
  readonly maxSessionSeconds?: number;
  /** Key ids of the users that the role trusts. Default: all. */
  readonly trusted?: readonly string[];
}

/** Users, roles, and whether keys and the account are in order. Reset takes everything back but issued credentials. */
export interface AccessControl {
  /**
   * Issues temporary credentials, valid for any positive number of seconds, by default 3600; with statements these are their
   * session policy.
   */
  issueCredentials(options?: {
    durationSeconds?: number;
    statements?: readonly Statement[];
  }): TemporaryCredentials;
  /** Throws TypeError when the key id is taken. */
  addUser(user: UserOptions): void;
  /** Replaces an earlier role of that name. */
  addRole(role: RoleOptions): void;
  /** A disabled key is refused. Throws TypeError when there is no such key. */
  setKeyEnabled(accessKeyId: string, isEnabled: boolean): void;
  /** An owner in arrears: every request to the buckets answers 403 UserDisable. */
  setOwnerDisabled(isDisabled: boolean): void;
  /** A security token service with a fault of its own: every call of it answers 500 InternalError. */
  setStsBroken(isBroken: boolean): void;
}
