import type { AccessKeys } from '../authentication/access-keys.ts';
import { ACCOUNT_ID } from '../rights/account.ts';
import { judge, type Statement } from '../rights/policy.ts';
import { parseRamPolicy } from '../rights/ram-policy.ts';
import type { Requester } from '../rights/requester.ts';
import type { Role, Roles } from '../rights/roles.ts';
import type { TemporaryCredentials } from '../types.ts';
import type { RpcRequest } from './rpc-signature.ts';
import { requiredParameter } from './rpc-signature.ts';
import { StsError } from './sts-error.ts';
import type { StsLimits } from './sts-limits.ts';

/** What AssumeRole needs to know. */
export interface AssumeRoleContext {
  readonly keys: AccessKeys;
  readonly roles: Roles;
  readonly limits: StsLimits;
  readonly requester: Requester;
}

/** What AssumeRole answers, but for the request id. */
export interface AssumedRole {
  readonly arn: string;
  readonly id: string;
  readonly credentials: TemporaryCredentials;
}

/**
 * Issues credentials with the rights of a role, narrowed by a session policy if there is one (RAM docs, AssumeRole). Throws
 * StsError.
 */
export function assumeRole(request: RpcRequest, context: AssumeRoleContext): AssumedRole {
  const { keys, limits, requester } = context;
  if (requester.kind !== 'user') throw new StsError('NoPermission', ROOT_MESSAGE);
  const arn = requiredParameter(request, 'RoleArn');
  if (!/^acs:ram::\d+:role\/[\w.@-]{1,64}$/i.test(arn))
    throw new StsError('InvalidParameter.RoleArn');
  const sessionName = readSessionName(request, limits);
  const sessionPolicy = readPolicy(request, limits);
  const role = readRole(arn, requester, context);
  const seconds = readDuration(request, role, limits);
  const { statements } = role;
  const credentials = keys.issue(seconds, (accessKeyId) => ({
    kind: 'user',
    accessKeyId,
    statements,
    ...(sessionPolicy && { sessionPolicy }),
  }));
  return { arn: `${role.arn}/${sessionName}`, id: `${role.id}:${sessionName}`, credentials };
}

const ROOT_MESSAGE = 'Roles may not be assumed by root accounts.';

const UNTRUSTED_MESSAGE =
  'No permission perform sts:AssumeRole on this Role. Maybe you are not authorized to perform sts:AssumeRole or the specified role does not trust you';

/** A role is there for those who may assume it, and whom it trusts. */
function readRole(
  arn: string,
  requester: Extract<Requester, { kind: 'user' }>,
  { roles }: AssumeRoleContext,
): Role {
  if (judge(requester.statements, 'sts:AssumeRole', arn) !== 'allow')
    throw new StsError('NoPermission');
  if (!arn.startsWith(`acs:ram::${ACCOUNT_ID}:`))
    throw new StsError('NoPermission', UNTRUSTED_MESSAGE);
  const role = roles.find(arn);
  if (role === undefined) throw new StsError('EntityNotExist.Role');
  if (role.trusted === undefined || role.trusted.includes(requester.accessKeyId)) return role;
  throw new StsError('NoPermission', UNTRUSTED_MESSAGE);
}

function readSessionName(request: RpcRequest, { roleSessionNameLength }: StsLimits): string {
  const name = requiredParameter(request, 'RoleSessionName');
  const isLegal =
    name.length >= 2 && name.length <= roleSessionNameLength && /^[A-Za-z0-9.@_-]+$/.test(name);
  if (isLegal) return name;
  throw new StsError('InvalidParameter.RoleSessionName');
}

function readPolicy(
  { parameters }: RpcRequest,
  { policyLength }: StsLimits,
): Statement[] | undefined {
  const text = parameters.get('Policy') ?? '';
  if (text === '') return undefined;
  if (text.length > policyLength)
    throw new StsError(
      'InvalidParameter.PolicySize',
      `The size of Policy must be smaller than ${policyLength} bytes.`,
    );
  const statements = parseRamPolicy(text);
  if (statements === undefined) throw new StsError('InvalidParameter.PolicyGrammar');
  return statements;
}

function readDuration(
  { parameters }: RpcRequest,
  role: Role,
  { minSessionSeconds }: StsLimits,
): number {
  const text = parameters.get('DurationSeconds') ?? '';
  if (text === '') return Math.min(3600, role.maxSessionSeconds);
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (seconds >= minSessionSeconds && seconds <= role.maxSessionSeconds) return seconds;
  throw new StsError('InvalidParameter.DurationSeconds');
}
