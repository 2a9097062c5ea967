import type { Statement } from './policy.ts';

/** Who a request comes from, once its signature was found good. */
export type Requester =
  | { readonly kind: 'anonymous' }
  /** The account that owns all buckets. */
  | { readonly kind: 'owner'; readonly accessKeyId: string }
  /** A user of the account, or a role that somebody has assumed. */
  | {
      readonly kind: 'user';
      readonly accessKeyId: string;
      readonly statements: readonly Statement[];
      /** What AssumeRole was given: narrows the role's rights. */
      readonly sessionPolicy?: readonly Statement[];
    };

export const ANONYMOUS: Requester = { kind: 'anonymous' };
