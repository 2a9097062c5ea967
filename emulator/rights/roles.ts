import { ACCOUNT_ID } from './account.ts';
import type { RoleOptions } from './types.ts';

/** A role, with what was left out filled in. */
export interface Role extends Required<Omit<RoleOptions, 'trusted'>> {
  /** `acs:ram::{account}:role/{name}`. */
  readonly arn: string;
  /** Undefined: it trusts all users. */
  readonly trusted: readonly string[] | undefined;
  /** A number of 18 digits. */
  readonly id: string;
}

/** The roles that can be assumed, by ARN. */
export class Roles {
  readonly #initial: readonly RoleOptions[];
  readonly #roles = new Map<string, Role>();

  constructor(initial: readonly RoleOptions[]) {
    this.#initial = initial;
    this.reset();
  }

  /** Replaces an earlier role of that name. */
  add({ name, statements, maxSessionSeconds = 3600, trusted }: RoleOptions): void {
    const arn = `acs:ram::${ACCOUNT_ID}:role/${name}`;
    const id = `3${String(this.#roles.size + 1).padStart(17, '0')}`;
    const role = { name, arn, id, maxSessionSeconds, trusted, statements };
    this.#roles.set(arn.toLowerCase(), structuredClone(role));
  }

  /** RAM lets the case of a role's name differ. */
  find(arn: string): Role | undefined {
    return this.#roles.get(arn.toLowerCase());
  }

  /** Back to the first roles. */
  reset(): void {
    this.#roles.clear();
    for (const role of this.#initial) this.add(role);
  }
}
