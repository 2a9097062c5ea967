import { wildcardExpression } from '../wildcards.ts';

/** One statement of a policy; actions and resources may hold `*` and `?` (RAM docs, "Policy structure and syntax"). */
export interface Statement {
  readonly effect: 'allow' | 'deny';
  /** Such as `oss:PutObject`; case does not matter. */
  readonly actions: readonly string[];
  /** Such as `acs:oss:*:*:bucket/prefix/*`. */
  readonly resources: readonly string[];
}

/** What statements say about one action on one resource; a denial wins over everything. */
export function judge(
  statements: readonly Statement[],
  action: string,
  resource: string,
): 'allow' | 'deny' | 'silent' {
  const applying = statements.filter(
    ({ actions, resources }) =>
      actions.some((pattern) => wildcardExpression(pattern, 'i').test(action)) &&
      resources.some((pattern) => wildcardExpression(pattern).test(resource)),
  );
  if (applying.some(({ effect }) => effect === 'deny')) return 'deny';
  return applying.length > 0 ? 'allow' : 'silent';
}
